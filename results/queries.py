"""Released figures for pages, exports and mails. Callers pass only units that their viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, product
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from results.disclosure.cells import LIVE_FROM
from results.disclosure.pooling import Counts, enough_people, pool
from results.figures import ChoiceFigure, Chosen, Figure, Reason, Shares, Shown, Taking, Withheld, index
from results.lines import Lines, lines_of
from results.models import Atom, Participation, Release, WaveVerdict
from results.tallies import WaveFrame, invitation_counts
from surveys.models import Theme, Wave, WaveQuestion, WaveUnit
from surveys.waves.queries import people_at_or_below

ASKED = [one.attname for one in WaveQuestion._meta.concrete_fields if one.name not in ("id", "wave")]
OF_THEME = [one.attname for one in Theme._meta.concrete_fields]


VERDICTS = WaveVerdict.objects.filter(wave=OuterRef("pk")).order_by("-audited_at", "-pk")
NEWEST_VERDICT = Subquery(VERDICTS.values("passed")[:1])  # None where there is none yet
JUDGEABLE = Exists(Atom.objects.filter(wave=OuterRef("pk")))  # slow, so asked only without a verdict
RELEASED = Coalesce(NEWEST_VERDICT, ~JUDGEABLE, output_field=BooleanField())


def released_waves(organisation: Organisation | None = None) -> QuerySet[Wave]:
    """Closed waves (for the worker: of all organisations) that the auditor found to hold.

    Nobody sees figures of others.

    Waves from before the ledger named its atoms cannot be judged, and are shown.
    """
    waves = Wave.objects.closed().filter(RELEASED)
    return waves if organisation is None else waves.filter(organisation=organisation)


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
    """Of the last waves, by the end of their time; two queries, and one more where a verdict is due."""
    states = Wave.State.OPEN, Wave.State.CLOSED
    asked = Wave.objects.filter(units__unit=unit_id, organisation=organisation, state__in=states)
    newest = asked.annotate(holds=NEWEST_VERDICT).order_by("-closes_at", "-opened_at")[:last]
    waves = with_questions(list(newest)[::-1])
    opened = [wave for wave in waves if wave.state == Wave.State.OPEN]
    over = {wave: wave.holds for wave in waves if wave.state == Wave.State.CLOSED}  # type: ignore[attr-defined]
    unjudged = [wave.pk for wave, holds in over.items() if holds is None]
    judgeable = set(Atom.objects.filter(wave__in=unjudged).values_list("wave", flat=True).distinct())
    closed = [wave for wave, holds in over.items() if holds or (holds is None and wave.pk not in judgeable)]
    held_back = [
        HeldBack(wave, Reason.UNCHECKED if holds is None else Reason.BREACH)
        for wave, holds in over.items()
        if wave not in closed
    ]
    return WavesOfUnit(opened, held_back, closed)


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
    rows = WaveQuestion.objects.filter(wave__in=waves).order_by("position", "question_id")
    rows_alike = rows.values_list(*ASKED, *(f"theme__{name}" for name in OF_THEME))
    themes: dict[int, Theme] = {}
    asked: defaultdict[int, list[WaveQuestion]] = defaultdict(list)
    for *values, wave_ids in rows_alike.annotate(waves=ArrayAgg("wave_id")):
        one = WaveQuestion(**dict(zip(ASKED, values, strict=False)))
        theme = Theme.from_db(rows.db, OF_THEME, values[len(ASKED) :])
        one.theme = themes.setdefault(theme.pk, theme)
        for wave_id in wave_ids:
            asked[wave_id].append(one)
    for wave in waves:
        wave._prefetched_objects_cache = {"questions": asked[wave.pk]}  # type: ignore[attr-defined]  # as prefetching does
    return waves


@dataclass(frozen=True)
class Sheet:
    """All released final figures of some units in some waves, by wave, unit and question.

    Versions of a question that measure the same stand for each other: a wave's figure is found by any.
    """

    waves: Sequence[Wave]
    asked: frozenset[tuple[int, int]]
    by_question: dict[tuple[int, int, int], Shown] = field(repr=False)
    by_choice: dict[tuple[int, int, int], Chosen] = field(repr=False, default_factory=dict)
    lines: Lines = field(repr=False, default_factory=lambda: Lines({}, {}))

    @cached_property
    def _by_theme(self) -> Mapping[tuple[int, int], list[int]]:
        """Ids of the questions on a scale, by wave and theme."""
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for wave in self.waves:
            for one in questions(wave):
                found[wave.pk, one.theme_id].append(one.question_id)
        return found

    @cached_property
    def _by_line(self) -> Mapping[tuple[int, int], list[WaveQuestion]]:
        """What was asked, by wave and line, the newest first."""
        found: defaultdict[tuple[int, int], list[WaveQuestion]] = defaultdict(list)
        for wave in self.waves:
            for one in sorted((*questions(wave), *choices(wave)), key=lambda one: -one.question_id):
                found[wave.pk, self.lines.line(one.question_id)].append(one)
        return found

    def figure(self, wave: Wave, unit_id: int, question_id: int) -> Figure:
        """Of a question on a scale."""
        if shown := self.by_question.get((wave.id, unit_id, question_id)):
            return shown
        for one in self._versions(wave, question_id) if self.lines.has_versions(question_id) else ():
            if shown := self.by_question.get((wave.id, unit_id, one.question_id)):
                return shown
        return self._withheld(wave, unit_id)

    def choice(self, wave: Wave, unit_id: int, question_id: int) -> ChoiceFigure:
        """Of a single choice."""
        return self.by_choice.get((wave.id, unit_id, question_id)) or self._withheld(wave, unit_id)

    def units_shown(self, wave: Wave) -> set[int]:
        """Ids of the units that have a figure in this wave."""
        every = (*self.by_question, *self.by_choice)
        return {unit_id for wave_id, unit_id, _ in every if wave_id == wave.id}

    def version(self, wave: Wave, question_id: int) -> WaveQuestion | None:
        """What the wave asked that measures the same as this question, or is it."""
        versions = self._versions(wave, question_id)
        return next((one for one in versions if one.question_id == question_id), next(iter(versions), None))

    def _versions(self, wave: Wave, question_id: int) -> list[WaveQuestion]:
        """What the wave asked of the question's line, the newest first."""
        return self._by_line.get((wave.id, self.lines.line(question_id)), [])

    def index(self, wave: Wave, unit_id: int, theme_id: int) -> Figure:
        asked = self._by_theme.get((wave.id, theme_id))
        if not asked or (wave.id, unit_id) not in self.asked:
            return Withheld(Reason.NOT_ASKED)
        if len(asked) == 1 and (shown := self.by_question.get((wave.id, unit_id, asked[0]))):
            return shown.without_distribution()
        return index([self.figure(wave, unit_id, question_id) for question_id in asked])

    def _withheld(self, wave: Wave, unit_id: int) -> Withheld:
        return Withheld(Reason.TOO_FEW if (wave.id, unit_id) in self.asked else Reason.NOT_ASKED)


def sheet(
    waves: Sequence[Wave],
    unit_ids: Collection[int],
    *,
    all_asked: bool = False,
    question_ids: Collection[int] | None = None,
    lines: Lines | None = None,
    beside: Collection[int] = (),
) -> Sheet:
    """Three queries, whatever the number of waves, units and questions; `waves` come from `closed_waves`.

    Two with `all_asked`: then no unit is looked up in the waves, and what is not shown counts as too few.
    `question_ids`: the only ones that the page is about. `lines`: when they were read already.
    `beside`: units of which only figures of the last wave are read, to compare with.
    """
    asked: Iterable[tuple[int, int]]
    if all_asked:
        pks = [wave.pk for wave in waves]
        asked = chain(product(pks, unit_ids), product(pks[-1:], beside))
    else:
        asked = WaveUnit.objects.filter(wave__in=waves, unit__in=unit_ids).values_list("wave_id", "unit_id")
    on_a_scale = {one.question_id: one for wave in waves for one in questions(wave)}
    scales = {question_id: Scale.of(one) for question_id, one in on_a_scale.items()}
    read = Q(wave__in=waves, unit__in=unit_ids)
    if beside:
        read |= Q(wave=waves[-1], unit__in=beside)
    if question_ids is not None:
        read &= Q(question__in=question_ids)
    shown: dict[tuple[int, int, int], Shown] = {}
    chosen: dict[tuple[int, int, int], Chosen] = {}
    releases = Release.objects.filter(read, step=Release.FINAL)
    for wave_id, unit_id, question_id, *values in releases.values_list(*RELEASE_FIELDS):
        key = wave_id, unit_id, question_id
        if scale := scales.get(question_id):
            shown[key] = _shown(scale, *values)
        elif released := _chosen(*values):
            chosen[key] = released
    if lines is None:
        lines = lines_of(waves[0].organisation_id) if waves else Lines({}, {})
    return Sheet(waves, frozenset(asked), shown, chosen, lines)


RELEASE_FIELDS = (
    "wave_id unit_id question_id n mean low middle high distribution covered invited".split()  # noqa: SIM905
)


class Scale(NamedTuple):
    """What a question says about its figures; looked up once for thousands of them."""

    lowest: int
    highest: int
    reversed: bool

    @classmethod
    def of(cls, question: WaveQuestion) -> Scale:
        return cls(question.lowest, question.highest, question.reversed)


def _shown(
    scale: Scale,
    n: int,
    mean: float,
    low: int | None,
    middle: int | None,
    high: int | None,
    distribution: list[int] | None,
    covered: int,
    invited: int,
) -> Shown:
    """Turn a release around where agreeing is unfavourable, so that higher is better everywhere."""
    shares = None
    if low is not None and middle is not None and high is not None:
        favourable, unfavourable = (low, high) if scale.reversed else (high, low)
        of = low + middle + high
        each = 100 * favourable / of, 100 * middle / of, 100 * unfavourable / of
        shares = Shares(*each, of=of if of < n else None)
    counts = tuple(distribution) if distribution else None
    if scale.reversed:
        mean = scale.lowest + scale.highest - mean
        counts = counts and counts[::-1]
    return Shown(mean, n, scale.lowest, scale.highest, shares, counts, covered, invited)


def _chosen(
    n: int,
    mean: None,
    low: None,
    middle: None,
    high: None,
    distribution: list[int] | None,
    covered: int,
    invited: int,
) -> Chosen | None:
    return Chosen(tuple(distribution), n, covered, invited) if distribution else None


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


# Units are brought together before they are compared with those in reach: not each of their figures.
UNITS_WITH_FIGURES = """
    SELECT wave_id, count(*)
    FROM (
        SELECT wave_id, unit_id FROM results_release WHERE wave_id = ANY(%s) AND step = %s
        GROUP BY wave_id, unit_id
    ) AS shown
    JOIN unnest(%s::bigint[]) AS in_reach(unit_id) USING (unit_id)
    GROUP BY wave_id
"""


def units_with_figures(waves: Sequence[Wave], unit_ids: Collection[int]) -> dict[int, int]:
    """Per wave, how many of the units have at least one figure."""
    in_reach = f"{{{','.join(map(str, unit_ids))}}}"  # an array; the driver takes long over thousands
    with connection.cursor() as cursor:
        cursor.execute(UNITS_WITH_FIGURES, [[wave.pk for wave in waves], Release.FINAL, in_reach])
        return dict(cursor.fetchall())


def units_asked(waves: Sequence[Wave], units: Collection[int] | QuerySet[Any]) -> dict[int, int]:
    """Per wave, how many of the units took part; a wave that asked none of them is left out.

    Thousands of units come as a query.
    """
    asked = WaveUnit.objects.filter(wave__in=waves, unit__in=units).values_list("wave_id")
    return dict(asked.annotate(number=Count("*")).order_by())


def participation(waves: Sequence[Wave], unit_ids: Collection[int]) -> dict[tuple[int, int], Taking]:
    """By wave and unit, for units in which enough people were invited; of closed waves only."""
    rows = Participation.objects.filter(wave__in=waves, unit__in=unit_ids)
    return {
        (wave_id, unit_id): Taking(answered, invited)
        for wave_id, unit_id, answered, invited in rows.values_list(
            "wave_id", "unit_id", "answered", "invited"
        )
    }


def participation_so_far(wave: Wave, *, now: datetime) -> dict[int, Taking]:
    """By unit, while the wave is open; small groups are left out of the units above them in the same way.

    Answers of today do not count yet, so that watching the number, or answering with the letter of someone
    else, shows nothing at once.
    Nothing of a journey: its people are asked one by one, so two looks at it would tell about one of them.
    """
    if wave.is_journey:
        return {}
    frame = WaveFrame(wave)
    people = pool(_counted_until_yesterday(wave, frame, now), frame.tree, enough_people(wave.minimum_group))
    sums = frame.tree.totals(people.counts)[:, 0].tolist()
    return {
        unit_id: Taking(answered, answered + silent)
        for unit_id, (answered, silent) in zip(frame.unit_ids, sums, strict=True)
        if answered + silent
    }


def _counted_until_yesterday(wave: Wave, frame: WaveFrame, now: datetime) -> Counts:
    return invitation_counts(wave, frame, before=now.astimezone(wave.organisation.zone).date())


def live_figures(wave: Wave, unit_id: int) -> list[tuple[Theme, Figure]] | None:
    """A unit's figure so far per theme of an open wave; None where too few were asked to show any."""
    if wave.is_journey or people_at_or_below(wave, unit_id) < LIVE_FROM:
        return None
    asked = questions(wave)
    scales = {one.question_id: Scale.of(one) for one in asked}
    releases = Release.objects.filter(wave=wave, unit=unit_id, step__gt=Release.FINAL)
    newest = releases.order_by("question_id", "-step").distinct("question_id").values_list(*RELEASE_FIELDS)
    shown = {question: _shown(scales[question], *values) for _wave, _unit, question, *values in newest}
    by_theme: defaultdict[Theme, list[Figure]] = defaultdict(list)
    for one in asked:
        by_theme[one.theme].append(shown.get(one.question_id, Withheld(Reason.TOO_FEW)))
    order = sorted(by_theme, key=lambda theme: (theme.position, theme.code))
    return [(theme, index(by_theme[theme])) for theme in order]


def unit_paths(wave: Wave) -> dict[int, str]:
    """Names from the root joined with `/`, as they were when the wave opened."""
    paths: dict[int, str] = {}
    by_position: defaultdict[int | None, str] = defaultdict(str)
    units = WaveUnit.objects.filter(wave=wave).order_by("position")
    for unit_id, position, parent, name in units.values_list(
        "unit_id", "position", "parent_position", "name"
    ):
        above = by_position[parent]
        by_position[position] = paths[unit_id] = f"{above}/{name}" if above else name
    return paths
