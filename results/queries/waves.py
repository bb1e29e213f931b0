"""Which waves are shown, and what they asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from results.figures import Reason
from results.models import Atom, WaveVerdict
from surveys.models import Theme, Wave, WaveQuestion, WaveUnit

VERDICTS = WaveVerdict.objects.filter(wave=OuterRef("pk")).order_by("-audited_at", "-pk")
NEWEST_VERDICT = Subquery(VERDICTS.values("passed")[:1])  # None where there is none yet
JUDGEABLE = Exists(Atom.objects.filter(wave=OuterRef("pk")))  # slow, so asked only without a verdict
RELEASED = Coalesce(NEWEST_VERDICT, ~JUDGEABLE, output_field=BooleanField())

ASKED = [one.attname for one in WaveQuestion._meta.concrete_fields if one.name not in ("id", "wave")]
OF_THEME = "id code name_en name_nl description_en description_nl other_languages position".split()  # noqa: SIM905
OF_WAVE = "organisation cycle number name kind state scheduled_for opened_at closes_at minimum_group".split()  # noqa: SIM905


def released_waves(organisation: Organisation | None = None) -> QuerySet[Wave]:
    """Closed waves (for the worker: of all organisations) that the auditor found to hold.

    Nobody sees figures of others.

    Waves from before the ledger named its atoms cannot be judged, and are shown.
    """
    waves = Wave.objects.closed().filter(RELEASED)
    return waves if organisation is None else waves.filter(organisation=organisation)


def withdrawn_since(organisation: Organisation, moment: datetime) -> bool:
    """Whether a wave that was shown at that moment was judged again, and is not shown any more."""
    verdicts = WaveVerdict.objects.filter(wave=OuterRef("pk"))
    shown_then = Exists(verdicts.filter(audited_at__lte=moment, passed=True))
    judged_again = Exists(verdicts.filter(audited_at__gt=moment))
    waves = Wave.objects.closed().filter(shown_then, judged_again, organisation=organisation)
    return waves.annotate(holds=NEWEST_VERDICT).filter(holds=False).exists()


@dataclass(frozen=True, slots=True)
class HeldBack:
    wave: Wave
    reason: Reason


@dataclass(frozen=True, slots=True)
class WavesOfUnit:
    """Those that asked people of a unit or of one below it: open, and closed with or without figures."""

    opened: list[Wave]
    held_back: list[HeldBack]
    closed: list[Wave]


def waves_of_unit(organisation: Organisation, unit_id: int, *, last: int) -> WavesOfUnit:
    """Of the last waves, by the end of their time; two queries, and one more where a verdict is due.

    Without what no page about a unit shows of a wave, such as its mails.
    """
    states = Wave.State.OPEN, Wave.State.CLOSED
    asked = Wave.objects.filter(units__unit=unit_id, organisation=organisation, state__in=states)
    newest = asked.annotate(holds=NEWEST_VERDICT).order_by("-closes_at", "-opened_at").only(*OF_WAVE)[:last]
    waves = with_questions(list(newest)[::-1])
    over = [(wave, wave.holds) for wave in waves if wave.state == Wave.State.CLOSED]  # type: ignore[attr-defined]
    unjudged = _judgeable([wave.pk for wave, holds in over if holds is None])
    found = WavesOfUnit([wave for wave in waves if wave.state == Wave.State.OPEN], [], [])
    for wave, holds in over:
        if wave.pk in unjudged:
            found.held_back.append(HeldBack(wave, Reason.UNCHECKED))
        elif holds is False:
            found.held_back.append(HeldBack(wave, Reason.BREACH))
        else:
            found.closed.append(wave)
    return found


def _judgeable(wave_ids: Collection[int]) -> set[int]:
    """Those of these waves that the auditor can judge; one query, if there are any waves."""
    if not wave_ids:
        return set()
    return set(Atom.objects.filter(wave__in=wave_ids).values_list("wave", flat=True).distinct())


def _asked(unit_ids: Collection[int]) -> Exists:
    return Exists(WaveUnit.objects.filter(wave=OuterRef("pk"), unit__in=unit_ids))


def closed_waves(
    organisation: Organisation, *, last: int | None = None, asked: Collection[int] = ()
) -> list[Wave]:
    """Closed waves by the end of their time, the newest last; without those for which nobody's day came.

    `asked`: only waves that asked people of one of these units.
    """
    return with_questions(closed_waves_bare(organisation, last=last, asked=asked))


def closed_waves_bare(
    organisation: Organisation, *, last: int | None = None, asked: Collection[int] = ()
) -> list[Wave]:
    """The same without their questions, for pages that need those of a few waves only."""
    waves = released_waves(organisation).filter(_asked(asked)) if asked else _asked_of_anyone(organisation)
    return list(waves.order_by("-closes_at", "-opened_at")[:last])[::-1]


def closed_wave(organisation: Organisation, wave_id: int) -> Wave | None:
    """One of them, if it may be shown."""
    return next(iter(with_questions(list(_asked_of_anyone(organisation).filter(pk=wave_id)))), None)


def _asked_of_anyone(organisation: Organisation) -> QuerySet[Wave]:
    asked = WaveUnit.objects.filter(wave=OuterRef("pk"))
    return released_waves(organisation).filter(Exists(asked))


def with_questions(waves: list[Wave]) -> list[Wave]:
    """One query. What several waves asked in the same words is one object for all of them, and so is a theme.

    Two years of waves ask the same few questions: an object for each of hundreds of rows took longer than
    all else on a page. So these have no id and no wave of their own.
    """
    rows = WaveQuestion.objects.filter(wave__in=[wave.pk for wave in waves]).order_by(
        "position", "question_id"
    )
    rows_alike = rows.values_list(*ASKED, *(f"theme__{name}" for name in OF_THEME))
    themes: dict[int, Theme] = {}
    asked: defaultdict[int, list[WaveQuestion]] = defaultdict(list)
    for *values, wave_ids in rows_alike.annotate(waves=ArrayAgg("wave_id")):
        one = WaveQuestion(**dict(zip(ASKED, values, strict=False)))
        if one.theme_id not in themes:
            themes[one.theme_id] = Theme.from_db(rows.db, OF_THEME, values[len(ASKED) :])
        one.theme = themes[one.theme_id]
        for wave_id in wave_ids:
            asked[wave_id].append(one)
    for wave in waves:
        wave._prefetched_objects_cache = {"questions": asked[wave.pk]}  # type: ignore[attr-defined]  # as prefetching does
    return waves


def questions(wave: Wave) -> list[WaveQuestion]:
    """The wave's questions on a scale; from the prefetched ones of `closed_waves`."""
    return [question for question in wave.questions.all() if question.has_mean]


def choices(wave: Wave) -> list[WaveQuestion]:
    """The wave's single choices, which are in no mean and no index; from the same ones."""
    return [question for question in wave.questions.all() if question.kind == WaveQuestion.Kind.CHOICE]


def themes(waves: Iterable[Wave]) -> list[Theme]:
    """The themes of which the waves asked something on a scale, in the bank's order."""
    found = {question.theme_id: question.theme for wave in waves for question in questions(wave)}
    return sorted(found.values(), key=lambda theme: (theme.position, theme.code))


def questions_of(theme_id: int, waves: Iterable[Wave]) -> set[int]:
    """Ids of all that these waves asked about a theme."""
    return {one.question_id for wave in waves for one in questions(wave) if one.theme_id == theme_id}
