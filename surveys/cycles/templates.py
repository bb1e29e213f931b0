"""Ways to begin: cycles that work well, made of the questions that come with the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgunits.access import Scope
from surveys.cycles.drafts import empty_plan, first_day_from
from surveys.cycles.plans import CyclePlan
from surveys.cycles.queries import questions_for, top_units
from surveys.cycles.recurrence import Rhythm, rule_for
from surveys.models import Question


@dataclass(frozen=True, slots=True)
class Template:
    """`fixed` and `rotating` are codes of themes; of each the short form is asked."""

    key: str
    name: str | Promise
    description: str | Promise
    rhythm: Rhythm
    fixed: tuple[str, ...] = ()
    rotating: tuple[str, ...] = ()
    more: tuple[tuple[str, Any], ...] = ()

    def plan(self, scope: Scope, *, today: date) -> CyclePlan:
        codes = (*self.fixed, *self.rotating)
        asked = [
            one for one in questions_for(scope.organisation) if one.theme.code in codes and is_short(one)
        ]
        return empty_plan(
            top_units(scope),
            today=today,
            name=str(self.name),
            questions=asked,
            rotating={one.theme_id for one in asked if one.theme.code in self.rotating},
            recurrence=rule_for(self.rhythm, first_day_from(today)),
            **dict(self.more),
        )


def is_short(question: Question) -> bool:
    return question.organisation_id is None and question.short


TEMPLATES = (
    Template(
        "pulse",
        _("Pulse"),
        _("Every two weeks, five to ten questions. Energy each time, six other themes in turn."),
        Rhythm.TWO_WEEKS,
        fixed=("energy",),
        rotating=("cooperation", "priorities", "friction", "change", "voice", "workload"),
        more=(("return_within", 6),),
    ),
    Template(
        "monthly_quarter",
        _("A quarter each week"),
        _("Every week another quarter of the people, so that everyone is asked once in four weeks."),
        Rhythm.WEEK,
        fixed=("energy", "friction"),
        more=(("parts", 4), ("days_open", 6)),
    ),
    Template(
        "quarterly",
        _("Four times a year"),
        _("Every three months, about trust, engagement, workload and wanting to stay. Open for two weeks."),
        Rhythm.QUARTER,
        fixed=("trust", "engagement", "retention", "workload"),
        more=(("days_open", 14), ("reminder_after_days", 5), ("remind_again_after_days", 10)),
    ),
)
