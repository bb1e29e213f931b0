from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.day_input import DayInput
from accounts.models import Organisation
from orgunits.models import Role
from orgunits.units.forms import UnitChoiceField, units_of

GRANTED_BY_HAND = (Role.DIRECTOR, Role.HR, Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR)


class GrantForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "Someone who is new here signs in with a code that is sent to this address. An address that "
            "signs in for another organisation cannot be used here; then take another one."
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in GRANTED_BY_HAND])
    unit = UnitChoiceField(label=_("Unit"), help_text=_("The role is for this unit and all below it."))
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("Empty is today."),
        widget=DayInput(),
    )
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=DayInput())

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitChoiceField, self.fields["unit"]).queryset = units_of(organisation)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
