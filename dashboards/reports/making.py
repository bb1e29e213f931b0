"""Making what was ordered: the worker's part, with the libraries that write the files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.languages import default_language
from accounts.notices import send_notice
from accounts.speaking import language_of
from dashboards.models import ReportRun
from dashboards.reports.content import Report, report_of
from dashboards.reports.document import document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.slides import slides
from orgunits.access import scope_of

log = logging.getLogger(__name__)

TOO_LATE = timedelta(hours=1)  # what was not made by then perhaps brings down each worker that tries
LONG = timedelta(seconds=30)  # who waited longer gets a mail
Form, State = ReportRun.Form, ReportRun.State
MAKERS: dict[str, Callable[[Report], bytes]] = {
    Form.SLIDES: slides,
    Form.DOCUMENT: document,
    Form.WORKBOOK: workbook,
    Form.LIST: flat,
}


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
    if now - run.asked_at > TOO_LATE:
        log.error("Report %s was not made within an hour", run.pk)
        return None
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
    context = {"run": run, "url": f"{settings.BASE_URL}{reverse('reports')}"}
    send_notice(run.user, "dashboards/mail/report_made", context)
