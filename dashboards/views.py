from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from dashboards.actions.pages import unit_actions
from dashboards.addresses import number
from dashboards.changes import change_timeline
from dashboards.forecast import forecast_page
from dashboards.guide.page import guide as guide_page
from dashboards.heatmap import View, drawn, rows_below
from dashboards.heatmap import heatmap as heatmap_page
from dashboards.layers import layer_page
from dashboards.open_waves import open_wave, unit_takings
from dashboards.polling import polled
from dashboards.today import today as today_page
from dashboards.trends.page import trend_page
from dashboards.unit import unit_page
from dashboards.wave import live_part, outcome_of, wave_page
from dashboards.waves import waves_page
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles.queries import cycles_of, waves_of
from surveys.models import Wave


@needs()
def home(request: ScopedRequest) -> HttpResponse:
    """Everyone starts at the page that answers their own question."""
    scope = request.scope
    if scope.has(Role.HR):
        return redirect("today")
    unit = scope.home_unit()
    if unit is None:
        return HttpResponseRedirect(_without_results(request))
    return redirect("heatmap") if scope.has(Role.DIRECTOR) else redirect("unit", unit.pk)


def _without_results(request: ScopedRequest) -> str:
    if request.scope.has(Role.IT_ADMINISTRATOR):
        return reverse("orgunits:imports")
    if request.scope.has_on_root(Role.PRIVACY_OFFICER):
        return reverse("privacy")
    return reverse("nothing")


@needs()
def nothing(request: ScopedRequest) -> HttpResponse:
    """For someone whose roles show no page: says so, and who can change that."""
    return render(request, "dashboards/nothing.html")


@needs(Role.HR)
def today(request: ScopedRequest) -> HttpResponse:
    page = today_page(request.scope, now=timezone.now())
    return render(request, "dashboards/today.html", {"page": page})


@needs(Role.HR)
@polled
def today_numbers(request: ScopedRequest, wave_id: int) -> HttpResponse:
    found = open_wave(request.scope, wave_id, now=timezone.now())
    if found is None:
        raise Http404
    return render(request, "dashboards/wave_numbers.html", {"open": found})


@needs(Role.HR)
def today_units(request: ScopedRequest, wave_id: int) -> HttpResponse:
    """Of a wave with many units, all of them, some at a time."""
    found = unit_takings(request.scope, wave_id, page=request.GET.get("page"), now=timezone.now())
    if found is None:
        raise Http404
    watched, page = found
    return render(request, "dashboards/today_units.html", {"wave": watched, "page": page})


@needs(Role.HR)
def wave(request: ScopedRequest, wave_id: int) -> HttpResponse:
    watched = get_object_or_404(waves_of(request.scope).select_related("organisation", "cycle"), pk=wave_id)
    page = wave_page(request.scope, watched, unit_id=number(request.GET.get("unit", "")), now=timezone.now())
    return render(request, "dashboards/wave.html", {"page": page})


@needs(Role.HR)
@polled
def wave_live(request: ScopedRequest, wave_id: int) -> HttpResponse:
    watched = get_object_or_404(waves_of(request.scope).select_related("organisation"), pk=wave_id)
    if watched.state != Wave.State.OPEN:
        is_same = outcome_of(watched) == request.GET.get("was")
        return HttpResponse(status=204) if is_same else HttpResponseClientRefresh()
    live = live_part(watched, unit_id=number(request.GET.get("unit", "")), now=timezone.now())
    return render(request, "dashboards/wave_live.html", {"live": live})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def unit(request: ScopedRequest, unit_id: int) -> HttpResponse:
    found = request.scope.unit_or_404(unit_id)
    wave_id, theme = number(request.GET.get("wave", "")), request.GET.get("theme", "")
    page = unit_page(request.scope, found, wave_id=wave_id, theme=theme)
    context = {"page": page, "actions": unit_actions(found, on=timezone.localdate())}
    return render(request, "dashboards/team.html", context)


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def unit_theme(request: ScopedRequest, unit_id: int, theme: str) -> HttpResponse:
    found = request.scope.unit_or_404(unit_id)
    page = trend_page(request.scope, found, theme, wave_id=number(request.GET.get("wave", "")))
    return render(request, "dashboards/unit_trend.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def guide(request: ScopedRequest, unit_id: int, theme: str) -> HttpResponse:
    found = request.scope.unit_or_404(unit_id)
    page = guide_page(request.scope, found, theme, wave_id=number(request.GET.get("wave", "")))
    return render(request, "dashboards/guide.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def heatmap(request: ScopedRequest) -> HttpResponse:
    page = heatmap_page(request.scope, View.asked(request.GET))
    return render(request, "dashboards/heatmap.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def heatmap_branch(request: ScopedRequest, unit_id: int) -> HttpResponse:
    """The rows that the heatmap fetches when a unit is unfolded."""
    after = number(request.GET.get("after", "")) or 0
    rows = rows_below(request.scope, View.asked(request.GET), unit_id, after=after)
    return HttpResponse(drawn(rows))


@needs(Role.HR)
def waves(request: ScopedRequest) -> HttpResponse:
    top = request.scope.home_unit()
    if top is None:
        raise Http404
    chosen = {name: number(request.GET.get(name, "")) for name in ("unit", "wave")}
    page = waves_page(request.scope, top, unit_id=chosen["unit"], wave_id=chosen["wave"])
    return render(request, "dashboards/waves.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR)
def layers(request: ScopedRequest) -> HttpResponse:
    page = layer_page(request.scope, wave_id=number(request.GET.get("wave", "")))
    return render(request, "dashboards/layers.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def changes(request: ScopedRequest) -> HttpResponse:
    page = change_timeline(request.scope, today=timezone.localdate())
    return render(request, "dashboards/changes.html", {"page": page})


@needs(Role.HR)
def forecast(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    cycle = get_object_or_404(cycles_of(request.scope).select_related("organisation"), pk=cycle_id)
    percentage = number(request.GET.get("percentage", ""))
    page = forecast_page(cycle, percentage if percentage and percentage <= 100 else None, now=timezone.now())
    return render(request, "dashboards/forecast.html", {"page": page})
