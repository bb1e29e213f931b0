"""Asking for a report, making it in the background, fetching it, and erasing it after a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.languages import default_language
from accounts.models import User
from accounts.speaking import language_of
from dashboards.models import ReportRun
from dashboards.reports.content import Report, report_of
from dashboards.reports.document import document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.slides import slides
from orgunits.access import Scope, scope_of
from orgunits.models import OrgUnit
from results import queries
from surveys.models import Wave

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)
LONG = timedelta(seconds=30)  # who waited longer gets a mail
MOST_WAITING = 10  # of one user
Form, State = ReportRun.Form, ReportRun.State
MAKERS: dict[str, Callable[[Report], bytes]] = {
    Form.SLIDES: slides,
    Form.DOCUMENT: document,
    Form.WORKBOOK: workbook,
    Form.LIST: flat,
}


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
def make_report(run_id: int, *, now: datetime) -> ReportRun | None:
    """Of what the one who asked may see at this moment; None when another worker is at it or it is done."""
    runs = ReportRun.objects.filter(pk=run_id, state=State.DUE)
    run = (
        runs.select_related("user__organisation", "unit", "wave__organisation")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if run is None:
        return None
    run.file = _file(run, now)
    run.state = State.FAILED if run.file is None else State.READY
    run.made_at = now
    run.save(update_fields=["file", "state", "made_at"])
    return run


def _file(run: ReportRun, now: datetime) -> bytes | None:
    """None when it cannot be made, or may not be any more."""
    if not run.user.is_active or run.user.organisation_id != run.organisation_id:
        return None
    zone = run.wave.organisation.zone
    scope = scope_of(run.user, on=now.astimezone(zone).date())
    if not scope.reaches(run.unit):
        return None
    try:
        with (
            transaction.atomic(),
            translation.override(language_of(run.user) or default_language()),
            timezone.override(zone),
        ):
            report = report_of(scope, run.unit, run.wave, now=now)
            return MAKERS[run.form](report) if report else None
    except Exception:  # it would fail again at each tick; the page says that it could not be made
        log.exception("Report %s could not be made", run.pk)
        return None


def tell_who_waited(run: ReportRun, *, now: datetime) -> None:
    """Once it has been written down: a worker that dies in between sends nothing, and nothing goes twice."""
    if now - run.asked_at < LONG or not run.user.is_active:
        return
    with translation.override(language_of(run.user) or default_language()):
        context = {"run": run, "url": f"{settings.BASE_URL}{reverse('reports')}"}
        subject = render_to_string("dashboards/mail/report_made_subject.txt", context)
        text = render_to_string("dashboards/mail/report_made.txt", context)
        message = EmailMessage(" ".join(subject.split()), text.strip() + "\n", to=[run.user.email])
    try:
        message.send()
    except Exception as error:  # of any backend; the page says too that the file is there
        log.warning("No mail about report %s: %s", run.pk, type(error).__name__)


@transaction.atomic
def fetch_report(run: ReportRun, *, by: User, now: datetime) -> bytes:
    """Raises ReportError while it is being made, and when its wave is shown no more."""
    if not queries.released_waves(run.organisation).filter(pk=run.wave_id).exists():
        raise ReportError(_("The figures of this wave are not shown any more."))
    if run.state != State.READY or run.file is None:
        raise ReportError(_("There is no file yet. Look again in a moment."))
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
