from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.imports import queries, services
from orgunits.imports.forms import UploadForm
from orgunits.models import ImportRun, Role


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def imports(request: ScopedRequest) -> HttpResponse:
    """Upload a file, and see the earlier ones."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = services.preview_import(
            request.scope.organisation,
            file_name=file.name,
            content=file.read(),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("orgunits:import", run.pk)
    runs = queries.earlier_runs(request.scope.organisation)
    return render(request, "orgunits/imports.html", {"form": form, "runs": runs})


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def import_run(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, organisation=request.scope.organisation, pk=run_id)
    context = {
        "run": run,
        "can_be_applied": run.state == ImportRun.State.PREVIEWED and run.content is not None,
        "numbers": queries.numbers_of(run),
        "change_lists": queries.change_lists_of(run),
    }
    return render(request, "orgunits/import.html", context)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def apply_run(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, organisation=request.scope.organisation, pk=run_id)
    try:
        services.apply_import(run, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The changes have been applied."))
    return redirect("orgunits:import", run.pk)
