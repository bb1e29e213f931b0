from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgunits.access import Scope
from surveys.cycles.forms import CycleForm, initial_of
from surveys.cycles.plans import CyclePlan
from surveys.journeys.periods import LAST_DAY, Period, period_of, rule_for
from surveys.models import Cycle, Question

SIDES = [("before", _("before the last day")), ("after", _("after the last day"))]
NOT_IN_A_JOURNEY = (
    "parts",
    "most_invitations",
    "most_within_days",
    "rotating",
    "return_within",
    "rhythm",
    "recurrence",
)
DAYS = {
    Cycle.Kind.ONBOARDING: _("Days after the first day"),
    Cycle.Kind.MOVED: _("Days after the move"),
    Cycle.Kind.LEAVING: _("How many days"),
}


class JourneyForm(CycleForm):
    """The same, but for when people are asked: so many days after, or before, a date of their own."""

    days = forms.IntegerField(min_value=0, max_value=365)
    side = forms.ChoiceField(label=_("Before or after"), choices=SIDES)
    period = forms.ChoiceField(
        label=_("Results together"),
        choices=Period.choices,
        help_text=_("With few people, choose a longer period: nothing is shown under the minimum."),
    )

    def __init__(self, *args: Any, scope: Scope, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.kind = kind
        for name in NOT_IN_A_JOURNEY:
            del self.fields[name]
        if kind != Cycle.Kind.LEAVING:
            del self.fields["side"]
        self.fields["days"].label = DAYS[Cycle.Kind(kind)]
        self.fields["days_open"].label = _("Days to answer")
        self.fields["starts_on"].help_text = _("The periods are counted from here.")

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day.day > LAST_DAY:
            raise ValidationError(_("Choose a day of the month from 1 to 28, which every month has."))
        return day

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if days > 90 and self.data.get("side") == "before":
            raise ValidationError(_("Choose at most 90 days before."))
        return days

    def plan(self, stored: CyclePlan) -> CyclePlan:
        read = self.cleaned_data
        first_day = read.get("starts_on", stored.starts_on)
        period = read.get("period") or period_of(stored.recurrence, stored.starts_on)
        days = stored.days_after
        if "days" in read:
            days = -read["days"] if read.get("side") == "before" else read["days"]
        return replace(
            super().plan(stored),
            starts_on=first_day,
            recurrence=rule_for(Period(period), first_day),
            days_after=days,
        )


def journey_initial(plan: CyclePlan) -> dict[str, Any]:
    return initial_of(plan) | {
        "days": abs(plan.days_after),
        "side": "before" if plan.days_after < 0 else "after",
        "period": period_of(plan.recurrence, plan.starts_on),
    }


def form_for(
    cycle: Cycle, scope: Scope, *args: Any, kept: Iterable[Question] = (), plan: CyclePlan | None = None
) -> CycleForm:
    """For the draft's kind; filled in with `plan`, or with what was sent. `kept`: see `CycleForm`."""
    options: dict[str, Any] = {"scope": scope, "kept": kept}
    if cycle.is_journey:
        options |= {"initial": journey_initial(plan)} if plan else {}
        return JourneyForm(*args, kind=cycle.kind, **options)
    options |= {"initial": initial_of(plan)} if plan else {}
    return CycleForm(*args, **options)
