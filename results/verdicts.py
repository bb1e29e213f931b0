"""Keeping what the auditor found of each closed wave, and telling the privacy officer of a breach."""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Organisation, User
from accounts.webhooks.models import Webhook
from accounts.webhooks.outbox import announce
from orgunits.models import Role, RoleGrant
from results.audit import files
from results.audit.judging import judge
from results.audit.reading import read_wave
from results.audit.report import summary
from results.filter_figures import released_bands
from results.models import Atom, Release, WaveVerdict
from results.outcomes import Outcome, outcome_of
from results.queries import unit_paths
from results.queries.waves import NEWEST_VERDICT, RELEASED
from surveys.models import Wave

LINES_A_PAGE = 100
FILTERS = "filters.jsonl"
log = logging.getLogger(__name__)


def waves_to_audit() -> list[int]:
    """Closed waves without a verdict. Those from before the ledger named its atoms cannot be judged."""
    waves = Wave.objects.closed().filter(
        ~Exists(WaveVerdict.objects.filter(wave=OuterRef("pk"))),
        Exists(Atom.objects.filter(wave=OuterRef("pk"))),
    )
    return list(waves.order_by("pk").values_list("pk", flat=True))


def audited_after(organisation: OuterRef, moment: OuterRef) -> Exists:
    """Whether a wave of the organisation was judged since."""
    return Exists(WaveVerdict.objects.filter(organisation=organisation, audited_at__gt=moment))


def audit_wave(wave_id: int, *, now: datetime, again: bool = False) -> bool | None:
    """Judge a closed wave and keep the verdict; None when there is one or another worker is at it."""
    with transaction.atomic():
        waves = Wave.objects.closed().filter(pk=wave_id).select_for_update(skip_locked=True)
        wave = waves.first()
        if wave is None or (not again and WaveVerdict.objects.filter(wave=wave).exists()):
            return None
        evidence = read_wave(wave)
        verdict = judge(evidence)
        WaveVerdict.objects.create(
            organisation_id=wave.organisation_id,
            wave=wave,
            audited_at=now,
            passed=verdict.passed,
            report=summary(evidence, verdict),
        )
        if verdict.passed:
            announce_released(wave, now=now)
        else:
            record(wave.organisation, "wave.breach", by=None, now=now, target=wave)
            transaction.on_commit(partial(tell_privacy_officers, wave, now=now))
        return verdict.passed


def announce_released(wave: Wave, *, now: datetime) -> None:
    """To other systems, once, that its figures are seen from now on."""
    address = f"{settings.BASE_URL}{reverse('api:wave', args=[wave.pk])}"
    data = {"wave": wave.pk, "cycle": wave.cycle_id, "number": wave.number, "url": address}
    announce(wave.organisation, Webhook.Event.WAVE_RELEASED, about=str(wave.pk), data=data, now=now)


def tell_privacy_officers(wave: Wave, *, now: datetime) -> None:
    log.error("The audit of wave %s found a breach; its figures are withheld.", wave.pk)
    grants = RoleGrant.objects.valid_on(now.date()).filter(
        organisation=wave.organisation, role=Role.PRIVACY_OFFICER
    )
    officers = User.objects.filter(organisation=wave.organisation_id, is_active=True)
    for user in officers.filter(pk__in=grants.values("user")):
        with translation.override(user.language):
            subject = _("Figures withheld: %(wave)s") % {"wave": wave}
            text = _(
                "The audit of %(wave)s found figures that could give people away. They are withheld from "
                "everyone. The page Privacy says what was found."
            ) % {"wave": wave}
        try:
            send_mail(subject, text, None, [user.email])
        except OSError:
            log.exception("The privacy officer could not be told by mail.")


@dataclass(frozen=True, slots=True)
class JudgedWave:
    """`report` (None before the audit): figures, rows, wrong, count; see results.audit.report.summary."""

    wave: Wave
    audited_at: datetime | None
    passed: bool | None
    report: dict[str, Any] | None


def judged_waves(organisation: Organisation) -> list[JudgedWave]:
    """Closed waves, the newest first, each with its newest verdict."""
    waves = list(Wave.objects.closed().filter(organisation=organisation).order_by("-opened_at"))
    found = {
        one.wave_id: one for one in WaveVerdict.objects.filter(wave__in=waves).order_by("audited_at", "pk")
    }
    return [_judged(wave, found.get(wave.pk)) for wave in waves]


def judged_wave(organisation: Organisation, wave_id: int) -> JudgedWave | None:
    wave = Wave.objects.closed().filter(organisation=organisation, pk=wave_id).first()
    if wave is None:
        return None
    return _judged(wave, WaveVerdict.objects.filter(wave=wave).order_by("audited_at", "pk").last())


def _judged(wave: Wave, verdict: WaveVerdict | None) -> JudgedWave:
    if verdict is None:
        return JudgedWave(wave, None, None, None)
    return JudgedWave(wave, verdict.audited_at, verdict.passed, verdict.report)


def outcomes(wave_ids: Iterable[int]) -> dict[int, Outcome]:
    """By id, of those of these waves that are not open any more; one query."""
    rows = _judged_over(Wave.objects.filter(pk__in=list(wave_ids)).order_by())
    found = rows.values_list("pk", "state", "passed", "released")
    return {pk: outcome_of(state, passed, released=released) for pk, state, passed, released in found}


def with_outcomes(waves: QuerySet[Wave], *, most: int) -> list[tuple[Wave, Outcome]]:
    """The first of these waves that are not open any more; one query."""
    return [
        (one, outcome_of(one.state, one.passed, released=one.released)) for one in _judged_over(waves)[:most]
    ]


def _judged_over(waves: QuerySet[Wave]) -> QuerySet[Any]:
    return waves.exclude(state=Wave.State.OPEN).annotate(passed=NEWEST_VERDICT, released=RELEASED)


class Line(NamedTuple):
    """One row of the ledger, without what was answered: over how many answers each statistic is."""

    unit: str
    question: str
    n: int
    shares: int | None
    distribution: int | None
    covered: int
    invited: int


COUNTED = "unit__name question__code n low middle high distribution covered invited".split()  # noqa: SIM905


def ledger_page(wave: Wave, number: str | None) -> tuple[Page[Any], list[Line]]:
    """The page, and the lines on it."""
    rows = Release.objects.filter(wave=wave).order_by("pk").values_list(*COUNTED)
    page = Paginator(rows, LINES_A_PAGE).get_page(number)
    return page, [_line(*row) for row in page.object_list]


def _line(
    unit: str,
    question: str,
    n: int,
    low: int | None,
    middle: int | None,
    high: int | None,
    distribution: list[int] | None,
    covered: int,
    invited: int,
) -> Line:
    """Low, middle and high are known together or not at all."""
    shares = None if low is None or middle is None or high is None else low + middle + high
    spread = None if distribution is None else sum(distribution)
    return Line(unit, question, n, shares, spread, covered, invited)


def exported(wave: Wave, *, by: User, now: datetime) -> bytes:
    """The files for an auditor from outside, as a ZIP; with values once the wave was found to hold."""
    record(wave.organisation, "ledger.exported", by=by, now=now, target=wave)
    verdict = WaveVerdict.objects.filter(wave=wave).order_by("audited_at", "pk").last()
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        passed = verdict is not None and verdict.passed
        files.write(read_wave(wave, with_tallies=False), Path(folder), with_values=passed)
        files.write_lines(Path(folder) / FILTERS, _filter_rows(wave, with_values=passed))
        for name in (files.TREE, files.ATOMS, files.RELEASES, files.COMMENTS, FILTERS):
            archive.write(Path(folder) / name, name)
    return packed.getvalue()


def _filter_rows(wave: Wave, *, with_values: bool) -> Iterator[dict[str, Any]]:
    """What is shown by trait. Not which people of which team are in a band: that would tell of single people
    that they answered, so the proof of it is in the operator's files only.
    """
    paths = unit_paths(wave)
    for band, code, figure in released_bands(wave):
        yield {
            "wave": wave.pk,
            "released_at": figure.released_at.isoformat(),
            "unit": paths[band.unit_id],
            "trait": band.trait,
            "values": band.values,
            "question": code,
            "n": figure.n,
            "value": figure.mean if with_values else None,
        }
