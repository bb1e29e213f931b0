"""Journeys to begin with, made of the questions that come with the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgunits.access import Scope
from surveys.cycles.drafts import empty_plan
from surveys.cycles.plans import CyclePlan
from surveys.cycles.queries import questions_for, top_units
from surveys.journeys.periods import Period, first_of_next_month, rule_for
from surveys.models import Cycle, CycleKind

DAYS_OPEN = 14


@dataclass(frozen=True, slots=True)
class JourneyTemplate:
    """`questions` are codes of the shared bank."""

    key: str
    name: str | Promise
    description: str | Promise
    kind: CycleKind
    days_after: int
    questions: tuple[str, ...]

    def plan(self, scope: Scope, *, today: date) -> CyclePlan:
        asked = {one.code: one for one in questions_for(scope.organisation) if one.organisation_id is None}
        first_day = first_of_next_month(today)
        return empty_plan(
            top_units(scope),
            today=today,
            name=str(self.name),
            kind=self.kind,
            days_after=self.days_after,
            questions=[asked[code] for code in self.questions if code in asked],
            recurrence=rule_for(Period.QUARTER, first_day),
            starts_on=first_day,
            days_open=DAYS_OPEN,
            reminder_after_days=5,
        )


JOURNEYS = (
    JourneyTemplate(
        "onboarding_30",
        _("New here: day 30"),
        _("To everyone who started, 30 days after their first day: is the start going well?"),
        Cycle.Kind.ONBOARDING,
        30,
        (
            "priorities_1",
            "clarity_on_paper_1",
            "friction_1",
            "team_1",
            "voice_1",
            "energy_1",
            "recommendation_1",
        ),
    ),
    JourneyTemplate(
        "onboarding_90",
        _("New here: day 90"),
        _("To everyone who started, 90 days after their first day: is it what they hoped for?"),
        Cycle.Kind.ONBOARDING,
        90,
        (
            "priorities_1",
            "cooperation_1",
            "voice_1",
            "workload_1",
            "engagement_1",
            "retention_1",
            "recommendation_1",
        ),
    ),
    JourneyTemplate(
        "moved",
        _("In another team"),
        _("To everyone who came to another unit, 60 days after the move."),
        Cycle.Kind.MOVED,
        60,
        ("change_1", "priorities_1", "cooperation_1", "team_1", "voice_1", "energy_1"),
    ),
    JourneyTemplate(
        "leaving",
        _("Before you go"),
        _("To everyone who leaves, 14 days before the last day. Who has gone already gets a letter."),
        Cycle.Kind.LEAVING,
        -14,
        (
            "trust_1",
            "voice_1",
            "workload_1",
            "cooperation_1",
            "friction_1",
            "engagement_1",
            "recommendation_1",
        ),
    ),
)
