from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.day_input import DayInput
from accounts.models import Organisation
from orgunits.changes.kinds import ChangeKind
from orgunits.units.forms import UnitChoiceField, units_of


class ChangeForm(forms.Form):
    name = forms.CharField(label=_("What changed"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=ChangeKind.choices)
    on = forms.DateField(label=_("From which day"), widget=DayInput())
    unit = UnitChoiceField(label=_("Unit"), help_text=_("The change is for this unit and all below it."))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitChoiceField, self.fields["unit"]).queryset = units_of(organisation)


class ChangesFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Excel with the columns name, kind, date (2026-03-31) and unit_path (levels with ‘/’)."
        ),
    )
