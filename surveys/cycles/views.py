from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles import queries, services
from surveys.cycles.forms import CycleForm, initial_of
from surveys.models import Cycle
from surveys.waves.services import close_early


@needs(Role.HR)
def cycles(request: ScopedRequest) -> HttpResponse:
    return render(request, "surveys/cycles.html", {"cycles": queries.cycle_rows(request.scope)})


@needs(Role.HR)
def new(request: ScopedRequest) -> HttpResponse:
    form = CycleForm(request.POST or None, scope=request.scope)
    if form.is_valid():
        try:
            cycle = services.create_cycle(
                request.scope.organisation, plan=form.plan(), by=request.user, now=timezone.now()
            )
            return redirect("surveys:cycle", cycle.pk)
        except ValidationError as error:
            form.refuse(error)
    return _form_page(request, form)


@needs(Role.HR)
def edit(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    cycle = _cycle(request, cycle_id)
    if cycle.state != Cycle.State.DRAFT:
        messages.error(request, _("Only a draft can be changed. Make a new cycle instead."))
        return redirect("surveys:cycle", cycle.pk)
    form = CycleForm(request.POST or None, scope=request.scope, initial=initial_of(cycle))
    if form.is_valid():
        try:
            services.change_cycle(cycle, plan=form.plan(), by=request.user, now=timezone.now())
            return redirect("surveys:cycle", cycle.pk)
        except ValidationError as error:
            form.refuse(error)
    return _form_page(request, form, cycle)


@needs(Role.HR)
def cycle(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    return render(request, "surveys/cycle.html", _page(_cycle(request, cycle_id)))


@needs(Role.HR)
def launch(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """Says how many people get a mail, and asks for the one confirmation."""
    if request.method == "POST":
        return _step(request, cycle_id, services.launch_cycle, _("The cycle has been launched."))
    return render(request, "surveys/cycle_launch.html", _page(_cycle(request, cycle_id)))


@needs(Role.HR)
@require_POST
def pause(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    return _step(request, cycle_id, services.pause_cycle, _("The cycle has been paused."))


@needs(Role.HR)
@require_POST
def resume(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    return _step(request, cycle_id, services.resume_cycle, _("The cycle goes on."))


@needs(Role.HR)
@require_POST
def end(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    return _step(request, cycle_id, services.end_cycle, _("The cycle has ended."))


@needs(Role.HR)
@require_POST
def close_wave(request: ScopedRequest, wave_id: int) -> HttpResponse:
    wave = get_object_or_404(queries.waves_of(request.scope), pk=wave_id)
    close_early(wave, by=request.user, now=timezone.now())
    messages.success(request, _("The wave has been closed. Its figures follow in a few minutes."))
    return redirect("wave", wave.pk)


def _cycle(request: ScopedRequest, cycle_id: int) -> Cycle:
    return get_object_or_404(queries.cycles_of(request.scope).select_related("organisation"), pk=cycle_id)


def _step(request: ScopedRequest, cycle_id: int, step: Callable[..., Cycle], done: str) -> HttpResponse:
    cycle = _cycle(request, cycle_id)
    try:
        step(cycle, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("surveys:cycle", cycle.pk)


def _page(cycle: Cycle) -> dict[str, Any]:
    page = queries.cycle_page(cycle, now=timezone.now())
    return {
        "cycle": page.row,
        "plan": cycle,
        "units": page.units,
        "questions": page.questions,
        "openings": page.openings,
        "waves": page.waves,
        "can_edit": cycle.state == Cycle.State.DRAFT,
        "can_launch": cycle.state == Cycle.State.DRAFT,
        "can_pause": cycle.state == Cycle.State.ACTIVE,
        "can_resume": cycle.state == Cycle.State.PAUSED,
        "can_end": cycle.state in {Cycle.State.ACTIVE, Cycle.State.PAUSED},
    }


def _form_page(request: ScopedRequest, form: CycleForm, cycle: Cycle | None = None) -> HttpResponse:
    context = {
        "form": form,
        "cycle": cycle,
        "units": queries.unit_choices(request.scope, form.chosen("units")),
        "themes": queries.theme_choices(request.scope.organisation, form.chosen("questions")),
        "unit_errors": form.errors.get("units", []),
        "question_errors": form.errors.get("questions", []),
    }
    return render(request, "surveys/cycle_form.html", context)
