"""Before and after something began, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from orgunits.access import RESULT_ROLES, Scope, ScopedRequest, needs
from orgunits.models import ChangeEvent
from results.effects.comparing import Beginning
from results.effects.effect import Caution, Effect
from results.effects.reading import before_and_after
from surveys.models import Theme

CAUTIONS: dict[Caution, Promise] = {
    Caution.FEW_OTHERS: gettext_lazy("There are few units to compare with."),
    Caution.FEW_WAVES: gettext_lazy("There are fewer than two waves before or after it."),
    Caution.ALREADY_MOVING: gettext_lazy("It was already moving before."),
    Caution.EXTREME_START: gettext_lazy(
        "It began unusually low or high. How far such figures come back by themselves is taken off, but is "
        "never known exactly."
    ),
    Caution.OTHER_CHANGES: gettext_lazy("Something else changed here within half a year."),
    Caution.BECAUSE_LOW: gettext_lazy(
        "It began because these figures fell. How far such figures come back by themselves is taken off; "
        "where the fall was no chance, more was gained than this says."
    ),
}


@dataclass(frozen=True, slots=True)
class ThemeLine:
    theme: Theme
    effect: Effect
    sentence: str
    cautions: list[Promise]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `components/comparison.html` shows; `before` and `after`: numbers of waves."""

    lines: list[ThemeLine]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class EffectPage:
    event: ChangeEvent
    comparison: Comparison


def effect_page(scope: Scope, change_id: int) -> EffectPage | None:
    """None for a change of a unit that is out of reach."""
    events = ChangeEvent.objects.filter(organisation=scope.organisation, unit__in=scope.units())
    event = events.select_related("unit__organisation").filter(pk=change_id).first()
    if event is None:
        return None
    return EffectPage(event, comparison(Beginning.of_change(event)))


def comparison(beginning: Beginning) -> Comparison:
    """Callers see to it that their viewer reaches the unit."""
    found = before_and_after(beginning)
    lines = [effect_line(one.theme, one.effect) for one in found.themes]
    return Comparison(lines, before=len(found.before), after=len(found.after))


def effect_line(theme: Theme, found: Effect) -> ThemeLine:
    return ThemeLine(theme, found, str(found.moved.label), [CAUTIONS[one] for one in found.cautions])


@needs(*RESULT_ROLES)
def change_effect(request: ScopedRequest, change_id: int) -> HttpResponse:
    page = effect_page(request.scope, change_id)
    if page is None:
        raise Http404
    return render(request, "dashboards/effect.html", {"page": page})
