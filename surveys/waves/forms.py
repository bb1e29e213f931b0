from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from accounts.day_input import DayInput
from orgunits.models import OrgUnit
from surveys.models import LetterRun, Wave


class ExtendForm(forms.Form):
    until = forms.DateField(label=_("New last day"), widget=DayInput())

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = _("It closes on that day at %(time)s.") % {
            "time": time_format(timezone.localtime(wave.closes_at), str(_("H:i")))
        }


class LettersForm(forms.Form):
    """`units` are those of the wave, ticked in a tree."""

    audience = forms.ChoiceField(
        label=_("Who gets a letter?"),
        choices=LetterRun.Audience.choices,
        initial=LetterRun.Audience.WITHOUT_MAIL,
        widget=forms.RadioSelect,
    )
    units: forms.ModelMultipleChoiceField[OrgUnit] = forms.ModelMultipleChoiceField(
        label=_("Units"), queryset=None, required=False
    )
    form = forms.ChoiceField(
        label=_("As what?"),
        choices=LetterRun.Form.choices,
        initial=LetterRun.Form.PDF,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["units"]
        assert isinstance(units, forms.ModelMultipleChoiceField)  # noqa: S101
        units.queryset = OrgUnit.objects.filter(pk__in=wave.units.values("unit"))

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if filled.get("audience") == LetterRun.Audience.UNITS and not filled.get("units"):
            self.add_error("units", ValidationError(_("Choose at least one unit.")))
        return filled

    @classmethod
    def unchecked(cls, sent: QueryDict, wave: Wave) -> LettersForm:
        """As it was filled in so far, for who only wants to see more units."""
        return cls(initial={**sent.dict(), "units": sent.getlist("units")}, wave=wave)

    @property
    def chosen(self) -> set[str]:
        return {str(number) for number in self["units"].value() or ()}
