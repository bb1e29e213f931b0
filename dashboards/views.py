from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from dashboards.forecast import forecast_page
from dashboards.heatmap import View
from dashboards.heatmap import heatmap as heatmap_page
from dashboards.today import today as today_page
from dashboards.unit import unit_page
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles.queries import cycles_of


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
    return reverse("nothing")


@needs()
def nothing(request: ScopedRequest) -> HttpResponse:
    """For someone whose roles show no page: says so, and who can change that."""
    return render(request, "dashboards/nothing.html")


@needs(Role.HR)
def today(request: ScopedRequest) -> HttpResponse:
    return render(request, "dashboards/today.html", {"page": today_page(request.scope)})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def unit(request: ScopedRequest, unit_id: int) -> HttpResponse:
    found = request.scope.unit_or_404(unit_id)
    page = unit_page(request.scope, found, wave_id=_number(request.GET.get("wave", "")))
    return render(request, "dashboards/team.html", {"page": page})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
def heatmap(request: ScopedRequest) -> HttpResponse:
    opened = request.GET.get("open")
    view = View(
        wave_id=_number(request.GET.get("wave", "")),
        opened=None if opened is None else frozenset(_numbers(opened)),
        everything=opened == "all",
        sort=request.GET.get("sort", ""),
    )
    return render(request, "dashboards/heatmap.html", {"page": heatmap_page(request.scope, view)})


@needs(Role.HR)
def forecast(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    cycle = get_object_or_404(cycles_of(request.scope).select_related("organisation"), pk=cycle_id)
    percentage = _number(request.GET.get("percentage", ""))
    page = forecast_page(cycle, percentage if percentage and percentage <= 100 else None)
    return render(request, "dashboards/forecast.html", {"page": page})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _numbers(text: str) -> list[int]:
    return [number for part in text.split(",") if (number := _number(part)) is not None]
