from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboards.addresses import number
from dashboards.models import ReportRun
from dashboards.reports.jobs import start_soon
from dashboards.reports.services import fetch_report, order_report, reports_for
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from results import queries

CONTENT_TYPES = {
    ReportRun.Form.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ReportRun.Form.DOCUMENT: "application/pdf",
    ReportRun.Form.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportRun.Form.LIST: "text/csv; charset=utf-8",
}


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_POST
def order(request: ScopedRequest, unit_id: int) -> HttpResponse:
    unit = request.scope.unit_or_404(unit_id)
    wave_id, form = number(request.POST.get("wave", "")), request.POST.get("form", "")
    if form not in ReportRun.Form.values or wave_id is None:
        messages.error(request, _("Choose PowerPoint, PDF, Excel or CSV."))
        return redirect("unit", unit.pk)
    wave = get_object_or_404(queries.released_waves(request.scope.organisation), pk=wave_id)
    try:
        run = order_report(request.scope, unit, wave, ReportRun.Form(form), now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        start_soon(run)
    return redirect("reports")


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_safe
@never_cache
def reports(request: ScopedRequest) -> HttpResponse:
    """While one is being made the list is fetched again and again."""
    return _page(request)


def _page(request: ScopedRequest, *, status: int = 200) -> HttpResponse:
    runs = list(reports_for(request.scope))
    context = {"runs": runs, "making": any(run.is_due for run in runs)}
    return render(request, "dashboards/reports.html", context, status=status)


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_POST
@never_cache
def fetch(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = reports_for(request.scope).filter(pk=run_id).first()
    if run is None:
        messages.error(
            request, _("This file is not here any more: a file is kept for one day. Ask for it again.")
        )
        return _page(request, status=404)
    try:
        content = fetch_report(run, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("reports")
    response = HttpResponse(content, content_type=CONTENT_TYPES[ReportRun.Form(run.form)])
    response["Content-Disposition"] = f'attachment; filename="{file_name(run)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_name(run: ReportRun) -> str:
    day = timezone.localtime(run.wave.closes_at).date()
    return f"{slugify(run.unit.name) or 'report'}-{day.isoformat()}.{run.form}"
