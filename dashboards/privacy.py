"""The privacy officer's pages: what the auditor found of each wave, and the ledger without answers."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.privacy_sheet import Privacy, Table, rows
from dashboards.privacy_drawing import drawn
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from results import verdicts


@needs(Role.PRIVACY_OFFICER, on_root=True)
def privacy(request: ScopedRequest) -> HttpResponse:
    waves = verdicts.judged_waves(request.scope.organisation)
    return render(request, "dashboards/privacy.html", {"waves": waves})


@needs(Role.PRIVACY_OFFICER, on_root=True)
def privacy_wave(request: ScopedRequest, wave_id: int) -> HttpResponse:
    judged = _judged(request, wave_id)
    page, lines = verdicts.ledger_page(judged.wave, request.GET.get("page"))
    context = {"judged": judged, "page": page, "lines": drawn(lines)}
    return render(request, "dashboards/privacy_wave.html", context)


@needs(Role.PRIVACY_OFFICER, on_root=True)
@require_POST
@never_cache
def privacy_export(request: ScopedRequest, wave_id: int) -> HttpResponse:
    wave = _judged(request, wave_id).wave
    content = verdicts.exported(wave, by=request.user, now=timezone.now())
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="ledger-{wave.pk}.zip"'
    return response


@needs()
@require_safe
def privacy_sheet(request: ScopedRequest) -> HttpResponse:
    """For everyone who signs in: nothing in it is about a person."""
    return render(request, "dashboards/privacy_sheet.html", {"rows": rows()})


def _judged(request: ScopedRequest, wave_id: int) -> verdicts.JudgedWave:
    judged = verdicts.judged_wave(request.scope.organisation, wave_id)
    if judged is None:
        raise Http404
    return judged


# What the table of this app holds, for the privacy sheet.
TABLES = {
    "dashboards.ReportRun": Table(
        what=_("A page as a file to take along, with figures and actions that its reader may see."),
        kept=_("one day"),
        read_by=_("who asked for it"),
        fields={
            Privacy.RELEASED: "file",
            Privacy.LOG: "user asked_at made_at",
            Privacy.TECHNICAL: "unit wave form state",
        },
    ),
}
