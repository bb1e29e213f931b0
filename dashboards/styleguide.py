"""`/styleguide/`: every component with sample values; in the demo and the tests only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.day_input import DayInput
from dashboards.change import Change
from dashboards.charts.heat import heat_key, heat_step
from dashboards.charts.interval import Axis
from dashboards.charts.sparkline import common_range, sparkline
from dashboards.charts.trend import Beside, trend
from dashboards.choices import ChoiceLine, OptionLine
from dashboards.effect import Comparison, effect_line
from dashboards.heatmap.cells import Cell
from dashboards.heatmap.drawing import drawn_cells
from orgunits.access import public
from results.effects.effect import Caution, Effect
from results.figures import Chosen, Figure, Reason, Shares, Shown, Taking, Withheld
from surveys.models import Theme
from surveys.unit_tree import Unit, unit_tree

ICONS = "chevron-down chevron-right user people calendar mail shield upload plus warning check".split()  # noqa: SIM905
LABELS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Employees see this name.")
    how_often = forms.ChoiceField(label="How often", choices=[("2", "Every second week")])
    first_day = forms.DateField(label="First day", widget=DayInput())
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    language = forms.ChoiceField(
        label="Language", choices=[("nl", "Nederlands"), ("en", "English")], widget=forms.RadioSelect
    )
    comment = forms.BooleanField(label="Ask for a comment", required=False)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str = ""
    current: bool = False
    count: int | None = None


def sample_figure(mean: float, *, n: int = 34, left_out: int = 0) -> Shown:
    return Shown(mean, n, 1, 5, Shares(62, 22, 16), None, covered=41 - left_out, invited=41)


def sample_cells() -> list[Cell]:
    up, down = Change("up", 0.2), Change("down", 0.3)
    means = (2.1, 2.6, 3.0, 3.4, 3.8, 4.2, 4.6)
    changes = (None, down, None, up, None, None, up)
    figures = [sample_figure(mean) for mean in means]
    shown = [
        Cell(figure, str(figure.mean), heat_step(figure), figure.mean, change)
        for figure, change in zip(figures, changes, strict=True)
    ]
    marked = shown[0]._replace(mark="#")
    return [marked, *shown[1:], Cell(Withheld(Reason.TOO_FEW), "", hidden=True)]


def sample_trend() -> dict[str, object]:
    """Two years of a wave every four weeks, one of them withheld."""
    means = [3.6, 3.5, 3.6, 3.4, 3.5, 3.2, 3.3, 3.2, 3.0, 3.1, 3.0, 2.9, 3.1]
    own: list[Figure] = [sample_figure(mean) for mean in means * 2]
    own[9] = Withheld(Reason.TOO_FEW)
    whole = [sample_figure(3.5 + place % 3 / 10, n=900) for place in range(len(own))]
    days = [date(2025, 1, 6) + timedelta(weeks=4 * place) for place in range(len(own))]
    common = common_range([own, whole])
    return {
        "line": sparkline(own, common),
        "trend": trend(
            "Energy and motivation over time",
            days,
            own,
            label="Public desk",
            beside=[Beside("Waterveen", whole)],
            common=common,
        ),
    }


def sample_choice() -> ChoiceLine:
    labels = ("At home", "In the office", "On the road")
    figure = Chosen(counts=(31, 22, 9), n=62, covered=80, invited=80)
    above = (46.0, 41.0, 13.0)
    options = zip(labels, figure.percentages, above, strict=True)
    return ChoiceLine(
        "Where do you like to work most?", "Energy", figure, [OptionLine(*option) for option in options]
    )


def sample_comparison() -> Comparison:
    found = Effect(0.24, 0.06, 0.42, 0.21, -0.03, 1, 12, (Caution.BECAUSE_LOW,))
    return Comparison([effect_line(Theme(name_en="Energy"), found)], before=6, after=3)


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    units = [
        Unit(1, "Waterveen", 1, 1240),
        Unit(2, "Services", 2, 310),
        Unit(3, "Public desk", 2, 41),
        Unit(4, "Passports", 3, 9),
    ]
    context: dict[str, object] = {
        "icons": ICONS,
        "form": SampleForm({"how_often": "2"}),
        "tree": unit_tree(units, {"2"}),
        "labels": LABELS,
        "scale": range(11),
        "shown": sample_figure(3.6),
        "shares_of_fewer": Shares(58, 25, 17, of=28),
        "partial": sample_figure(3.1, n=31, left_out=3),
        "withheld": Withheld(Reason.TOO_FEW),
        "changes": [
            Change("up", 0.4),
            Change("down", 0.3, clear=False),
            Change("same", 0.0, clear=False),
            None,
        ],
        "taking": Taking(34, 41),
        "interval": Axis(2, 5).interval(sample_figure(3.6), sample_figure(3.3), sample_figure(3.9)),
        "segments": [Link("Average", "#", True), Link("Favourable", "#"), Link("Change", "#")],
        "key": heat_key(1, 5),
        "cells": sample_cells(),
        "cells_drawn": drawn_cells(sample_cells()),
        "choice": sample_choice(),
        "hints": [{"text": "Two ideas in one? Ask two questions."}],
        "path": [Link("Waterveen", "#"), Link("Services", "#"), Link("Public desk")],
        "tabs": [Link("Open", "#", True, 2), Link("Closed", "#")],
        "page": Paginator(range(50), 10).page(2),
        "comparison": sample_comparison(),
        **sample_trend(),
    }
    return render(request, "styleguide/index.html", context)
