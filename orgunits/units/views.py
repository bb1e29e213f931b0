from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import OrgUnit, Role
from orgunits.units import queries, services
from orgunits.units.forms import MoveForm, RenameForm


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def units(request: ScopedRequest) -> HttpResponse:
    return show(request, get_object_or_404(OrgUnit, organisation=request.scope.organisation, depth=1))


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def unit(request: ScopedRequest, unit_id: int) -> HttpResponse:
    return show(request, current_unit(request, unit_id))


@needs(Role.HR, on_root=True)  # who renames units decides whose figures people think they read
@require_POST
def rename(request: ScopedRequest, unit_id: int) -> HttpResponse:
    unit = current_unit(request, unit_id)
    form = RenameForm(request.POST)

    def change() -> str:
        services.rename_unit(unit, form.cleaned_data["name"], by=request.user, now=timezone.now())
        return _("The unit is now called ‘%(name)s’.") % {"name": unit.name}

    if done(request, form, change):
        return redirect("orgunits:unit", unit.pk)
    unit.refresh_from_db()
    return show(request, unit, rename_form=form)


@needs(Role.HR, on_root=True)  # who moves a unit decides who sees its results
@require_POST
def move(request: ScopedRequest, unit_id: int) -> HttpResponse:
    unit = current_unit(request, unit_id)
    form = MoveForm(request.POST, unit=unit)

    def change() -> str:
        parent = form.cleaned_data["new_parent"]
        services.move_unit(unit, parent, by=request.user, now=timezone.now())
        return _("‘%(unit)s’ now is part of ‘%(parent)s’, with all units below it.") % {
            "unit": unit,
            "parent": parent,
        }

    if done(request, form, change):
        return redirect("orgunits:unit", unit.pk)
    return show(request, unit, move_form=form)


def current_unit(request: ScopedRequest, unit_id: int) -> OrgUnit:
    return get_object_or_404(OrgUnit.objects.current(), organisation=request.scope.organisation, pk=unit_id)


def done(request: ScopedRequest, form: forms.Form, change: Callable[[], str]) -> bool:
    """Whether the form was right and the service agreed; what went wrong stands in the form."""
    if not form.is_valid():
        return False
    try:
        messages.success(request, change())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def show(
    request: ScopedRequest,
    unit: OrgUnit,
    *,
    rename_form: RenameForm | None = None,
    move_form: MoveForm | None = None,
) -> HttpResponse:
    may_change = request.scope.has_on_root(Role.HR)
    context = {
        "page": queries.unit_page(unit),
        "rename_form": rename_form or (RenameForm(initial={"name": unit.name}) if may_change else None),
        "move_form": move_form or (MoveForm(unit=unit) if may_change and unit.depth > 1 else None),
        "refused": rename_form or move_form,
    }
    return render(request, "orgunits/unit.html", context, status=422 if context["refused"] else 200)
