from __future__ import annotations

from collections.abc import Collection
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgunits.access import Scope
from orgunits.models import OrgUnit
from surveys.cycles.queries import questions_for, units_of
from surveys.cycles.recurrence import Rhythm, rhythm_of, rule_for
from surveys.cycles.services import CyclePlan
from surveys.models import Cycle, Question


class CycleForm(forms.Form):
    """Parses what HR fills in; what may be in a cycle is decided by the services."""

    name = forms.CharField(label=_("Name"), max_length=200)
    units: forms.ModelMultipleChoiceField[OrgUnit] = forms.ModelMultipleChoiceField(
        label=_("Who is asked"),
        queryset=None,
        error_messages={"required": _("Choose at least one unit.")},
    )
    questions: forms.ModelMultipleChoiceField[Question] = forms.ModelMultipleChoiceField(
        label=_("What is asked"),
        queryset=None,
        error_messages={"required": _("Choose at least one question.")},
    )
    rhythm = forms.ChoiceField(
        label=_("How often"),
        choices=Rhythm.choices,
        initial=Rhythm.TWO_WEEKS,
        help_text=_("On the weekday of the first day."),
    )
    recurrence = forms.CharField(
        label=_("My own rule"),
        required=False,
        max_length=200,
        help_text=_("Only for “my own rule”. Example: FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"),
    )
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    send_at = forms.TimeField(
        label=_("Time of sending"),
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    days_open = forms.IntegerField(label=_("Days open"), min_value=1, max_value=60, initial=7)
    reminder_after_days = forms.IntegerField(
        label=_("Reminder after (days)"),
        min_value=1,
        required=False,
        initial=3,
        help_text=_("Sent once, to those who have not answered. Leave empty for no reminder."),
    )
    comment_allowed = forms.BooleanField(label=_("Ask for a comment"), required=False, initial=True)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("units").queryset = units_of(scope)
        self._choices("questions").queryset = questions_for(scope.organisation)

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if filled.get("rhythm") == Rhythm.OWN and not filled.get("recurrence"):
            self.add_error("recurrence", _("Write a rule, or choose how often above."))
        return filled

    def plan(self) -> CyclePlan:
        filled = dict(self.cleaned_data)
        rhythm = Rhythm(filled.pop("rhythm"))
        if rhythm is not Rhythm.OWN:
            filled["recurrence"] = rule_for(rhythm, filled["starts_on"])
        return CyclePlan(**filled | {"units": list(filled["units"]), "questions": list(filled["questions"])})

    def refuse(self, error: ValidationError) -> None:
        """Show what a service found wrong at the field where it can be mended."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, problems in by_field.items():
            if name == "recurrence" and self.cleaned_data.get("rhythm") != Rhythm.OWN:
                name = "rhythm"
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)

    def chosen(self, name: str) -> Collection[str]:
        """The numbers ticked in the field, as they were sent or as they were before."""
        return {str(number) for number in self[name].value() or ()}

    def _choices(self, name: str) -> forms.ModelMultipleChoiceField[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        return field


def initial_of(cycle: Cycle) -> dict[str, Any]:
    rhythm = rhythm_of(cycle.recurrence, cycle.starts_on)
    return {
        "name": cycle.name,
        "units": list(cycle.units.values_list("pk", flat=True)),
        "questions": list(cycle.questions.values_list("pk", flat=True)),
        "rhythm": rhythm,
        "recurrence": cycle.recurrence if rhythm is Rhythm.OWN else "",
        "starts_on": cycle.starts_on,
        "send_at": cycle.send_at,
        "days_open": cycle.days_open,
        "reminder_after_days": cycle.reminder_after_days,
        "comment_allowed": cycle.comment_allowed,
    }
