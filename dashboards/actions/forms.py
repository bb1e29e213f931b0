from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.day_input import DayInput
from accounts.models import User
from actions.models import Action
from actions.queries import possible_owners
from actions.services import Plan
from orgunits.access import Scope
from orgunits.models import OrgUnit
from orgunits.units.forms import UnitChoiceField
from surveys.bank.queries import themes_available
from surveys.models import Theme

USUALLY_TAKES = timedelta(weeks=6)


class UnitForm(forms.Form):
    unit = UnitChoiceField(label=_("For which unit?"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitChoiceField, self.fields["unit"]).queryset = scope.units().current()


class OwnerField(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class ActionForm(forms.Form):
    title = forms.CharField(
        label=_("What will be done?"),
        max_length=120,
        help_text=_("One step, small enough to begin soon. People of the unit may read it, so name nobody."),
    )
    why = forms.CharField(
        label=_("Why, and how?"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.none(), required=False, empty_label=_("No theme")
    )
    owner = OwnerField(
        label=_("Who sees to it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("who sees to it", "Nobody yet"),
        help_text=_("They get a mail a week before it should be ready, and one when that day has passed."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    due_on = forms.DateField(label=_("Ready by"), widget=DayInput())
    is_shared = forms.BooleanField(label=_("Tell those who were asked"), required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, unit: OrgUnit, on: date, owner: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = cast(forms.ModelChoiceField[Theme], self.fields["theme"])
        themes.queryset = themes_available(unit.organisation)
        people = cast(OwnerField, self.fields["owner"])
        known = Q(pk__in=possible_owners(unit, on=on).values("pk")) | Q(pk=owner and owner.pk)
        people.queryset = User.objects.filter(known, is_active=True).order_by("name", "email")

    @property
    def plan(self) -> Plan:
        return Plan(**{name: value for name, value in self.cleaned_data.items() if name != "form_key"})

    @staticmethod
    def of_new(on: date, *, theme: Theme | None, owner: User | None) -> dict[str, Any]:
        """What stands in it at first."""
        return {
            "theme": theme,
            "owner": owner,
            "starts_on": on,
            "due_on": on + USUALLY_TAKES,
            "is_shared": True,
            "form_key": uuid4(),
        }

    @staticmethod
    def of(action: Action) -> dict[str, Any]:
        names = ("title", "why", "theme", "owner", "starts_on", "due_on", "is_shared", "form_key")
        return {name: getattr(action, name) for name in names}


class ClosingForm(forms.Form):
    words = forms.CharField(
        label=_("What came of it?"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("A sentence or two. Needed when it stops."),
    )
