"""Asking for a report, fetching it once a worker made it (`making`), and erasing it after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from dashboards.models import ReportRun
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from surveys.models import Wave

KEPT = timedelta(days=1)
MOST_WAITING = 10  # of one user
Form, State = ReportRun.Form, ReportRun.State


class ReportError(ValidationError):
    """A report cannot be asked for or fetched; the message says why."""


@transaction.atomic
def order_report(
    scope: Scope, unit: OrgUnit, wave: Wave, form: ReportRun.Form, *, now: datetime
) -> ReportRun:
    """The one that is being made already, if there is such. Raises ReportError when too many wait."""
    waiting = ReportRun.objects.filter(user=scope.user, state=State.DUE)
    same = waiting.filter(unit=unit, wave=wave, form=form).first()
    if same:
        return same
    if waiting.count() >= MOST_WAITING:
        raise ReportError(_("Your other files are still being made. Ask for this one when they are ready."))
    run = ReportRun.objects.create(
        organisation=scope.organisation, user=scope.user, unit=unit, wave=wave, form=form, asked_at=now
    )
    audit.record(
        scope.organisation,
        "report.ordered",
        by=scope.user,
        now=now,
        target=run,
        unit=unit.pk,
        wave=wave.pk,
        form=form,
    )
    return run


@transaction.atomic
def fetch_report(run: ReportRun, *, by: User, now: datetime) -> bytes:
    """Raises ReportError while it is being made, and when figures are shown no more that it may tell of.

    Beside those of its wave these are of waves before it, and of those from which signals and effects of
    actions were found.
    """
    if not queries.released_waves(run.organisation).filter(pk=run.wave_id).exists():
        raise ReportError(_("The figures of this wave are not shown any more."))
    if run.state != State.READY or run.file is None or run.made_at is None:
        raise ReportError(_("There is no file yet. Look again in a moment."))
    if queries.withdrawn_since(run.organisation, run.made_at):
        raise ReportError(_("Figures were taken back since this file was made. Ask for it again."))
    audit.record(run.organisation, "report.fetched", by=by, now=now, target=run, form=run.form)
    return bytes(run.file)


def reports_for(scope: Scope) -> QuerySet[ReportRun]:
    """Those that the user asked for, of units that are still in reach."""
    runs = ReportRun.objects.filter(user=scope.user, organisation=scope.organisation, unit__in=scope.units())
    return runs.select_related("organisation", "unit", "wave").defer("file")


def reports_due(now: datetime) -> tuple[list[int], bool]:
    """What is still to be made, and whether there is something to erase; one query."""
    rows = ReportRun.objects.filter(Q(state=State.DUE) | _old(now)).order_by("pk").values_list("pk", "state")
    return [pk for pk, state in rows if state == State.DUE], any(state != State.DUE for _pk, state in rows)


def erase_old_reports(now: datetime) -> int:
    """Rows and all: that they were asked for and fetched stands in the audit log."""
    return ReportRun.objects.filter(_old(now)).delete()[0]


def _old(now: datetime) -> Q:
    return Q(state__in=[State.READY, State.FAILED], made_at__lte=now - KEPT)
