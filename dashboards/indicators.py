"""HR's own monthly figures under the themes, and which theme ran ahead of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isnan

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from dashboards.addresses import number
from dashboards.charts.months import MonthChart, month_chart
from orgunits.access import RESULT_ROLES, Scope, ScopedRequest, needs
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.tables import LARGEST_FILE
from orgunits.models import OrgUnit, OrgUnitQuerySet, Role
from results.lagging import queries
from results.lagging.models import Indicator, LeadLag
from results.lagging.series import calendar, monthly_themes
from results.lagging.services import remove, take_over
from surveys.models import Theme

TOLD = 3  # themes per indicator


@dataclass(frozen=True, slots=True)
class Link:
    """A theme that moved with the indicator, in words; `sure` says how often chance does as much."""

    sentence: str
    sure: str


@dataclass(frozen=True, slots=True)
class Card:
    """`theme`: the one that moved with it most clearly, of which `theme_chart` is drawn above it.

    `tells`: whether links are for this viewer.
    """

    indicator: Indicator
    chart: MonthChart | None
    theme: Theme | None
    theme_chart: MonthChart | None
    links: list[Link]
    tells: bool


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """`units`: to choose from, those with figures. `may_change`: upload; `may_remove`: for everyone."""

    unit: OrgUnit | None
    whole: OrgUnit | None
    units: list[OrgUnit]
    cards: list[Card]
    may_change: bool
    may_remove: bool


def indicator_page(scope: Scope, unit_id: int | None) -> IndicatorPage:
    """Of the unit asked for, or else of the highest in reach that has figures."""
    indicators = list(queries.indicators_of(scope.organisation))
    units = list(queries.units_with_values(scope.units()))
    unit = next((one for one in units if one.pk == unit_id), units[0] if units else None)
    whole = next((one for one in units if one.is_root() and one != unit), None)
    told = queries.clear_links(scope.organisation) if scope.is_whole_organisation else {}
    lines = _Lines(scope.organisation, [one for one in (unit, whole) if one], has_themes=bool(told))
    cards = [_card(one, lines, told.get(one.pk, [])[:TOLD], scope) for one in indicators if unit]
    cards.sort(key=lambda card: not card.links)  # what has something to tell comes first
    return IndicatorPage(unit, whole, units, cards, scope.has(Role.HR), scope.has_on_root(Role.HR))


def _card(indicator: Indicator, lines: _Lines, links: list[LeadLag], scope: Scope) -> Card:
    series = lines.of_indicator(indicator)
    months = calendar([month for values in series for month in values])
    theme = links[0].theme if links else None
    return Card(
        indicator,
        month_chart(months, *series),
        theme,
        month_chart(months, *lines.of_theme(theme, months)) if theme else None,
        [_link(indicator, one) for one in links],
        scope.is_whole_organisation,
    )


class _Lines:
    """Figures by month of the unit and, where that is another one, of the organisation."""

    def __init__(self, organisation: Organisation, units: list[OrgUnit], *, has_themes: bool) -> None:
        self.ids = [one.pk for one in units]
        self.values = queries.monthly_values(organisation, self.ids)
        self.months = calendar([month for values in self.values.values() for month in values])
        themes = monthly_themes(organisation, self.ids, self.months) if has_themes else ()
        self.themes = {theme.pk: series.tolist() for theme, series in themes}

    def of_indicator(self, indicator: Indicator) -> list[dict[date, float]]:
        return [self.values.get((indicator.pk, unit), {}) for unit in self.ids]

    def of_theme(self, theme: Theme, months: list[date]) -> list[dict[date, float]]:
        """Of these months, so that it can be laid over an indicator."""
        if theme.pk not in self.themes:  # its figures were withheld after it was compared
            return [{} for _unit in self.ids]
        return [
            {
                month: value
                for month, value in zip(self.months, row, strict=True)
                if month in months and not isnan(value)
            }
            for row in self.themes[theme.pk]
        ]


def _link(indicator: Indicator, found: LeadLag) -> Link:
    words = {"theme": found.theme.name, "indicator": indicator.name}
    return Link(f"{_when(found) % words} {_way(found) % words}", _how_sure(found))


def _when(found: LeadLag) -> str:
    if found.months == 0:
        return _("%(theme)s and %(indicator)s moved in the same month.")
    months = abs(found.months)
    if found.months > 0:
        told = ngettext(
            "%(theme)s ran about one month ahead of %(indicator)s.",
            "%(theme)s ran about {months} months ahead of %(indicator)s.",
            months,
        )
    else:
        told = ngettext(
            "%(indicator)s ran about one month ahead of %(theme)s.",
            "%(indicator)s ran about {months} months ahead of %(theme)s.",
            months,
        )
    return told.replace("{months}", str(months))


def _way(found: LeadLag) -> str:
    if found.correlation < 0:
        return _("Where %(theme)s fell more than elsewhere, %(indicator)s rose.")
    return _("Where %(theme)s fell more than elsewhere, %(indicator)s fell too.")


def _how_sure(found: LeadLag) -> str:
    first, last = sorted((abs(found.earliest), abs(found.latest)))
    between = (
        _("In 9 of 10 cases it is between %(first)s and %(last)s months.") % {"first": first, "last": last}
        if first != last and found.earliest * found.latest >= 0
        else ""
    )
    often = _round(1 / found.chance) if found.chance else 1
    chance = _("Chance alone shows as much in 1 of %(often)s cases.") % {"often": often}
    basis = ngettext("It rests on %(count)s unit.", "It rests on %(count)s units.", found.units) % {
        "count": found.units
    }
    return " ".join(filter(None, (between, chance, basis)))


def _round(number: float) -> int:
    """To two digits: how often chance does something is known no better."""
    digits = len(str(int(number)))
    return max(int(round(number, min(2 - digits, 0))), 1)


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File with monthly figures"),
        help_text=gettext_lazy(
            "A CSV or Excel file (.xlsx) with the columns unit_path, month, indicator and value, and perhaps "
            "measured_in. A month is written as 2026-03. Figures that are there already are replaced."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        allow_empty_file=True,  # the reader says it better
    )


@needs(*RESULT_ROLES)
def indicators(request: ScopedRequest) -> HttpResponse:
    """A POST is HR's file; a refused one says why, line by line, and changes nothing."""
    form = FileForm(request.POST or None, request.FILES or None)
    problems: ImportRefusedError | None = None
    if request.method == "POST" and request.scope.has(Role.HR) and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = take_over(
                request.scope.organisation,
                file_name=file.name,
                content=file.read(LARGEST_FILE + 1),
                units=_units_of_hr(request.scope),
                by=request.user,
                now=timezone.now(),
            )
        except ImportRefusedError as error:
            problems = error
        else:
            messages.success(
                request,
                ngettext("%(count)s figure was taken over.", "%(count)s figures were taken over.", taken)
                % {"count": taken},
            )
            return redirect("indicators")
    page = indicator_page(request.scope, number(request.GET.get("unit", "")))
    refused = problems is not None or bool(form.errors)
    return render(
        request,
        "dashboards/indicators.html",
        {"page": page, "form": form, "problems": problems.problems if problems else []},
        status=422 if refused else 200,
    )


@needs(Role.HR, on_root=True)
@require_POST
def remove_indicator(request: ScopedRequest, indicator_id: int) -> HttpResponse:
    indicator = get_object_or_404(queries.indicators_of(request.scope.organisation), pk=indicator_id)
    remove(indicator, by=request.user, now=timezone.now())
    messages.success(request, _("‘%(name)s’ has been removed.") % {"name": indicator.name})
    return redirect("indicators")


def _units_of_hr(scope: Scope) -> OrgUnitQuerySet:
    own: OrgUnitQuerySet = OrgUnit.objects.filter(organisation=scope.organisation)
    return own.at_or_below(scope.paths(Role.HR))
