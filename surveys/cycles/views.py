from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles import queries, services
from surveys.cycles.checks import checks
from surveys.cycles.date_lines import date_lines
from surveys.cycles.months import months, weekdays
from surveys.cycles.outlook import Outlook, outlook
from surveys.cycles.renewal import renewals_of
from surveys.cycles.words import in_words
from surveys.models import Cycle
from surveys.waves.services import close_early


@needs(Role.HR)
def cycles(request: ScopedRequest) -> HttpResponse:
    return render(request, "surveys/cycles.html", {"cycles": queries.cycle_rows(request.scope)})


@needs(Role.HR)
def cycle(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    return render(request, "surveys/cycle.html", _page(_cycle(request, cycle_id)))


@needs(Role.HR)
def launch(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """Says how many people get a mail, and asks for the one confirmation."""
    if request.method == "POST":
        return _step(request, cycle_id, services.launch_cycle, _("The cycle has been launched."))
    cycle = _cycle(request, cycle_id)
    if cycle.state != Cycle.State.DRAFT:
        messages.info(request, _("This cycle was launched before. Nothing has been sent again."))
        return redirect("surveys:cycle", cycle.pk)
    now = timezone.now()
    planned = _planned(cycle, now)
    found = checks(planned["outlook"], now=now)
    blocked = any(check.blocking for check in found)
    return render(request, "surveys/cycle_launch.html", planned | {"checks": found, "blocked": blocked})


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
def skip(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """The form says which opening it is about, so that a second click does not skip the one after it."""
    try:
        opens_at = parse_datetime(request.POST.get("opens_at", ""))
    except ValueError:  # such as a thirteenth month
        opens_at = None
    step = partial(services.skip_next_wave, opens_at=opens_at)
    return _step(request, cycle_id, step, _("The next wave is skipped. The cycle goes on after it."))


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


def _planned(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """What the cycle will do; its units and closed days are read once."""
    prefetch_related_objects([cycle], "units", "excluded_units", "organisation__quiet_periods")
    found = outlook(cycle, now=now)
    return {"cycle": cycle, "outlook": found, "sentence": in_words(found)}


def _page(cycle: Cycle) -> dict[str, Any]:
    planned = _planned(cycle, timezone.now())
    found: Outlook = planned["outlook"]
    ended = cycle.state == Cycle.State.ENDED
    return planned | {
        "dates": date_lines(found),
        "months": months(found),
        "weekdays": weekdays(),
        "waves": queries.wave_rows(cycle),
        "renewals": [] if ended else renewals_of(cycle, found.rotation.all_questions),
        "can_edit": cycle.state == Cycle.State.DRAFT,
        "can_launch": cycle.state == Cycle.State.DRAFT,
        "can_pause": cycle.state == Cycle.State.ACTIVE,
        "can_resume": cycle.state == Cycle.State.PAUSED,
        "can_end": cycle.state in {Cycle.State.ACTIVE, Cycle.State.PAUSED},
    }
