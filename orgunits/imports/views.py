from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.imports import queries, services
from orgunits.imports.approval import waits_for_hr
from orgunits.imports.forms import ColumnsForm, LineageForm, UploadForm
from orgunits.imports.reorganisation import Fate
from orgunits.imports.tables import LARGEST_FILE
from orgunits.models import ImportRun, Role

State = ImportRun.State
PEOPLE_A_PAGE = 50


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def imports(request: ScopedRequest) -> HttpResponse:
    """Upload a file, and see the earlier ones."""
    organisation = request.scope.organisation
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = services.upload(
            organisation, file_name=file.name, content=file.read(), by=request.user, now=timezone.now()
        )
        return redirect("orgunits:import", run.pk)
    context = {
        "form": form,
        "runs": queries.earlier_runs(organisation),
        "undoable": services.undoable(organisation),
        "columns": queries.remembered_columns(organisation),
        "without_email": queries.without_email(organisation).count(),
        "largest_file": LARGEST_FILE,
    }
    return render(request, "orgunits/imports.html", context)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def import_run(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = own_run(request, run_id)
    if run.state in ImportRun.WAITING:
        return render(
            request, "orgunits/import_busy.html", {"run": run, "progress": queries.progress_on(run)}
        )
    if run.state == State.MAPPING:
        form = ColumnsForm(run.summary["columns"])
        return render(request, "orgunits/import_columns.html", {"run": run, "form": form})
    return render(request, "orgunits/import.html", run_context(request, run))


def run_context(request: ScopedRequest, run: ImportRun) -> dict[str, Any]:
    kind, words = request.GET.get("kind", ""), request.GET.get("words", "")
    page = queries.lines_of(run, kind=kind, words=words, page=request.GET.get("page"))
    can_be_applied = run.state == State.PREVIEWED and run.content is not None
    return {
        "run": run,
        "can_be_applied": can_be_applied,
        "waits_for_hr": waits_for_hr(run, request.scope),
        "can_be_undone": services.undoable(run.organisation) == run.pk,
        "undecided": can_be_applied and services.is_undecided(run),
        "asked": queries.asked_units(run) if can_be_applied else [],
        "more_asked": len(run.summary.get("findings", [])) - queries.ASKED_AT_ONCE,
        "numbers": queries.numbers_of(run),
        "kind": kind,
        "words": words,
        "page": page,
        "lines": queries.shown_lines(page),
        "has_lines": bool(page.paginator.count or kind or words),
        "problems": Paginator(run.errors, queries.LINES_A_PAGE).get_page(request.GET.get("page")),
    }


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def import_progress(request: ScopedRequest, run_id: int) -> HttpResponse:
    """The bar, for a page that asks every second; once the work is done the page is asked to reload."""
    run = own_run(request, run_id)
    if run.state not in ImportRun.WAITING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"run": run, "progress": queries.progress_on(run)}
    return render(request, "orgunits/import_busy.html#bar", context)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def name_columns(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = own_run(request, run_id)
    if run.state != State.MAPPING:
        return redirect("orgunits:import", run.pk)
    form = ColumnsForm(run.summary["columns"], request.POST)
    if form.is_valid():
        try:
            services.name_columns(run, form.meanings(), by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("orgunits:import", run.pk)
    return render(request, "orgunits/import_columns.html", {"run": run, "form": form}, status=422)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def forget_columns(request: ScopedRequest) -> HttpResponse:
    services.forget_columns(request.scope.organisation, by=request.user, now=timezone.now())
    messages.success(request, _("The next file asks what its columns mean."))
    return redirect("orgunits:imports")


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def confirm_lineage(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = own_run(request, run_id)
    units = [finding["unit"] for finding in run.summary.get("findings", [])]
    form = LineageForm(units, request.POST)
    fates = form.fates() if form.is_valid() else {}
    if "separate" in request.POST:
        fates = dict.fromkeys(units, Fate.SEPARATE)
    return done(
        request, run, lambda: services.confirm_lineage(run, fates, by=request.user, now=timezone.now())
    )


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def apply_run(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = own_run(request, run_id)
    return done(request, run, lambda: services.ask_to_apply(run, by=request.user, now=timezone.now()))


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_POST
def undo_run(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = own_run(request, run_id)
    return done(request, run, lambda: services.ask_to_undo(run, by=request.user, now=timezone.now()))


def done(request: ScopedRequest, run: ImportRun, ask: Callable[[], object]) -> HttpResponse:
    """Back to the page of the import, with the reason when it was refused."""
    try:
        ask()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("orgunits:import", run.pk)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def without_email(request: ScopedRequest) -> HttpResponse:
    people = queries.without_email(request.scope.organisation)
    page = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "orgunits/without_email.html", {"page": page})


def own_run(request: ScopedRequest, run_id: int) -> ImportRun:
    return get_object_or_404(ImportRun, organisation=request.scope.organisation, pk=run_id)
