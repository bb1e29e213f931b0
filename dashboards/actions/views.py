from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from actions import services
from actions.models import Action
from actions.queries import actions_in_reach
from dashboards.actions.forms import ActionForm, ClosingForm, UnitForm
from dashboards.actions.pages import action_list, action_page, standing_of_actions
from dashboards.actions.writing import written_rows
from dashboards.addresses import number
from orgunits.access import RESULT_ROLES, Scope, ScopedRequest, needs
from orgunits.models import OrgUnit
from results.signals.models import Signal
from results.signals.queries import signals_in_reach
from surveys.bank.queries import themes_available
from surveys.models import Theme


@needs(*RESULT_ROLES)
@require_safe
def actions(request: ScopedRequest) -> HttpResponse:
    asked = request.GET
    unit_id = number(asked.get("unit", ""))
    within = request.scope.unit_or_404(unit_id) if unit_id is not None else None
    page = action_list(
        request.scope, within, asked.get("state", ""), asked.get("page", ""), on=timezone.localdate()
    )
    return render(request, "dashboards/actions.html", {"page": page, "rows": written_rows(page.lines)})


@needs(*RESULT_ROLES)
@require_safe
def actions_standing(request: ScopedRequest) -> HttpResponse:
    """A line for a page about something else, which fetches it by itself."""
    standing = standing_of_actions(request.scope, on=timezone.localdate())
    return render(request, "dashboards/actions_standing.html", {"standing": standing})


@dataclass(frozen=True, slots=True)
class Occasion:
    """What someone came from: a signal, or a theme of a unit, or only the unit."""

    unit: OrgUnit
    theme: Theme | None = None
    signal: Signal | None = None


@needs(*RESULT_ROLES)
@never_cache  # so that going back gives a new form, and a new action
def action_new(request: ScopedRequest) -> HttpResponse:
    """The address says what for; first for which unit, when it does not tell."""
    occasion = _occasion(request.scope, request.GET)
    if occasion is None:
        choice = UnitForm(scope=request.scope, initial={"unit": request.scope.home_unit()})
        return render(request, "dashboards/actions_unit.html", {"form": choice})
    on, unit = timezone.localdate(), occasion.unit
    owner = request.user if unit == request.scope.home_unit() else None  # of another one not by themselves
    initial = ActionForm.of_new(on, theme=occasion.theme, owner=owner)
    form = ActionForm(request.POST or None, initial=initial, unit=unit, on=on, owner=None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan_action(
                unit,
                form.plan,
                by=request.user,
                now=timezone.now(),
                signal=occasion.signal,
                form_key=form.cleaned_data["form_key"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Agreed. Whoever leads this unit sees it here."))
            return redirect("action", made.pk)
    return render(request, "dashboards/actions_form.html", {"form": form, "occasion": occasion})


def _occasion(scope: Scope, asked: QueryDict) -> Occasion | None:
    """None when no unit is named and there is more than one."""
    signal_id, unit_id = number(asked.get("signal", "")), number(asked.get("unit", ""))
    if signal_id is not None:
        signal = signals_in_reach(scope).filter(pk=signal_id).first()
        if signal is None:
            raise Http404
        return Occasion(_unit_now(scope, signal.unit_id), signal.theme, signal)
    if unit_id is None:
        only = list(scope.units().current()[:2])
        return Occasion(only[0]) if len(only) == 1 else None
    themes = themes_available(scope.organisation)
    return Occasion(_unit_now(scope, unit_id), themes.filter(code=asked.get("theme", "")).first())


def _unit_now(scope: Scope, unit_id: int) -> OrgUnit:
    """One that has not ended."""
    unit = scope.unit_or_404(unit_id)
    if unit.ended_on:
        raise Http404
    return unit


@needs(*RESULT_ROLES)
@require_safe
def action(request: ScopedRequest, action_id: int) -> HttpResponse:
    found = _action_or_404(request.scope, action_id)
    return _page(request, found, ClosingForm(initial={"words": found.what_came_of_it}))


@needs(*RESULT_ROLES)
def action_change(request: ScopedRequest, action_id: int) -> HttpResponse:
    found = _action_or_404(request.scope, action_id)
    form = ActionForm(
        request.POST or None,
        initial=ActionForm.of(found),
        unit=found.unit,
        on=timezone.localdate(),
        owner=found.owner,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_action(found, form.plan, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("action", found.pk)
    context = {"form": form, "occasion": Occasion(found.unit), "action": found}
    return render(request, "dashboards/actions_form.html", context)


@needs(*RESULT_ROLES)
@require_POST
def action_close(request: ScopedRequest, action_id: int) -> HttpResponse:
    found, form = _action_or_404(request.scope, action_id), ClosingForm(request.POST)
    outcome = request.POST.get("outcome", "")
    if outcome not in Action.Outcome.values:
        raise Http404
    if form.is_valid():
        try:
            services.close_action(found, outcome, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("action", found.pk)
    return _page(request, found, form)


@needs(*RESULT_ROLES)
@require_POST
def action_reopen(request: ScopedRequest, action_id: int) -> HttpResponse:
    found = _action_or_404(request.scope, action_id)
    services.reopen_action(found, by=request.user, now=timezone.now())
    messages.success(request, _("It goes on."))
    return redirect("action", found.pk)


def _page(request: ScopedRequest, found: Action, form: ClosingForm) -> HttpResponse:
    page = action_page(request.scope, found, on=timezone.localdate())
    return render(request, "dashboards/actions_one.html", {"page": page, "form": form})


def _action_or_404(scope: Scope, action_id: int) -> Action:
    return get_object_or_404(actions_in_reach(scope).select_related("unit__organisation"), pk=action_id)
