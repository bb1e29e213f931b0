"""What HR fills in, and writing it on a cycle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.languages import supported
from accounts.models import Organisation, User
from orgunits.access import scope_of
from orgunits.models import OrgUnit, Role
from surveys.audience import topmost
from surveys.cycles.recurrence import RecurrenceError, schedule_of
from surveys.cycles.versions import versions_error
from surveys.models import Cycle, CycleQuestion, Question


class CycleError(ValidationError):
    """A cycle cannot be saved, or cannot take this step; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePlan:
    """What HR fills in.

    `recurrence` is the text of an RFC 5545 rule, `send_at` is local time. `rotating` holds ids of themes. Of
    `parts` of the people one is asked per wave. No `languages` means all. `intros` are texts by language.
    Of a journey, which is of another `kind`, people are asked `days_after` their own date.
    """

    name: str
    units: Sequence[OrgUnit]
    questions: Sequence[Question]
    recurrence: str
    starts_on: date
    send_at: time = time(9)
    days_open: int = 7
    reminder_after_days: int | None = None
    remind_again_after_days: int | None = None
    comment_allowed: bool = True
    excluded_units: Sequence[OrgUnit] = ()
    rotating: Collection[int] = ()
    return_within: int = 4
    parts: int = 1
    skip_weekends: bool = False
    skip_holidays: bool = False
    languages: Sequence[str] = ()
    sender_name: str = ""
    reply_to: str = ""
    intros: Mapping[str, str] = field(default_factory=dict)
    most_invitations: int | None = None
    most_within_days: int = 30
    kind: str = Cycle.Kind.RECURRING
    days_after: int = 0


PLAIN_FIELDS = (
    "starts_on",
    "days_open",
    "reminder_after_days",
    "remind_again_after_days",
    "comment_allowed",
    "return_within",
    "parts",
    "skip_weekends",
    "skip_holidays",
    "reply_to",
    "most_invitations",
    "most_within_days",
    "kind",
    "days_after",
)


def write_plan(cycle: Cycle, plan: CyclePlan, *, by: User | None, now: datetime, whole: bool) -> None:
    """Raises CycleError by field; unless `whole` is asked for, a plan may lack units and questions."""
    for name in PLAIN_FIELDS:
        setattr(cycle, name, getattr(plan, name))
    cycle.name = plan.name.strip()
    cycle.recurrence = plan.recurrence.strip()
    cycle.send_at = plan.send_at.replace(second=0, microsecond=0)
    cycle.sender_name = plan.sender_name.strip()
    cycle.languages = list(plan.languages)
    cycle.intros = {code: text.strip() for code, text in plan.intros.items() if text.strip()}
    _check_fields(cycle, plan, whole=whole)
    check_reach(cycle.organisation, plan.units, by=by, now=now)
    cycle.changed_by, cycle.changed_at = by, now
    cycle.save()
    cycle.units.set(topmost(plan.units))
    cycle.excluded_units.set(topmost(plan.excluded_units))
    _write_questions(cycle, plan)


def _write_questions(cycle: Cycle, plan: CyclePlan) -> None:
    cycle.cycle_questions.all().delete()
    CycleQuestion.objects.bulk_create(
        CycleQuestion(
            organisation=cycle.organisation,
            cycle=cycle,
            question=question,
            position=position,
            rotating=question.theme_id in plan.rotating,
        )
        for position, question in enumerate(plan.questions)
    )


def _check_fields(cycle: Cycle, plan: CyclePlan, *, whole: bool) -> None:
    """Raises CycleError with an entry for each field that is wrong."""
    errors: dict[str, list[ValidationError]] = {}
    try:
        cycle.clean_fields(exclude=["organisation", "created_by", "changed_by", "changed_at"])
    except ValidationError as error:
        errors.update(error.error_dict)
    found: dict[str, ValidationError | None] = {
        "units": _unit_error(cycle.organisation, [*plan.units, *plan.excluded_units]),
        "questions": _question_error(cycle.organisation, plan.questions),
        "languages": _language_error(plan),
    }
    if whole:
        no_units = None if plan.units else ValidationError(_("Choose at least one unit."))
        found |= {
            "units": found["units"] or no_units,
            "questions": found["questions"] or missing_questions(plan.questions),
            "reminder_after_days": reminder_error(cycle) if not errors else None,
            "recurrence": recurrence_error(cycle) if not errors else None,
        }
    for name, problem in found.items():
        if problem is not None:
            errors.setdefault(name, []).append(problem)
    if errors:
        raise CycleError(errors)


def _unit_error(organisation: Organisation, units: Sequence[OrgUnit]) -> ValidationError | None:
    if any(unit.organisation_id != organisation.pk for unit in units):
        return ValidationError(_("Choose units of your own organisation."))
    return None


def _question_error(organisation: Organisation, questions: Sequence[Question]) -> ValidationError | None:
    if any(question.organisation_id not in {None, organisation.pk} for question in questions):
        return ValidationError(_("Choose questions from the shared bank or of your own organisation."))
    if len({question.pk for question in questions}) < len(questions):
        return ValidationError(_("Choose each question once."))
    return versions_error(questions)


def _language_error(plan: CyclePlan) -> ValidationError | None:
    if all(map(supported, [*plan.languages, *plan.intros])):
        return None
    return ValidationError(_("Choose languages that the product has."))


def missing_questions(questions: Sequence[Question]) -> ValidationError | None:
    if not questions:
        return ValidationError(_("Choose at least one question."))
    if all(question.kind == Question.Kind.OPEN for question in questions):
        return ValidationError(_("Choose at least one question that is not open: only these give figures."))
    return None


def reminder_error(cycle: Cycle) -> ValidationError | None:
    first, last = cycle.reminder_after_days, cycle.remind_again_after_days
    if max(first or 0, last or 0) >= cycle.days_open:
        return ValidationError(
            _("A wave is open for %(days)d days, so send the reminder earlier."),
            params={"days": cycle.days_open},
        )
    if last is not None and (first is None or first >= last):
        return ValidationError(
            _("The second reminder comes after the first. Choose more days, or leave it empty.")
        )
    return None


def recurrence_error(cycle: Cycle) -> ValidationError | None:
    try:
        schedule_of(cycle).check()
    except RecurrenceError as error:
        return error
    return None


def check_reach(
    organisation: Organisation, units: Iterable[OrgUnit], *, by: User | None, now: datetime
) -> None:
    """HR works with the units they are HR administrator of, and with no others."""
    if by is None:
        return
    scope = scope_of(by, on=now.astimezone(organisation.zone).date())
    beyond = [unit.name for unit in units if not scope.reaches(unit, Role.HR)]
    if beyond:
        raise CycleError(
            _("You are not HR administrator of: %(units)s."), params={"units": ", ".join(beyond)}
        )


def plan_of(cycle: Cycle) -> dict[str, Any]:
    """The fields of the cycle's plan, to make a plan that differs in some of them."""
    chosen = list(cycle.cycle_questions.select_related("question__theme").order_by("position"))
    return {name: getattr(cycle, name) for name in PLAIN_FIELDS} | {
        "name": cycle.name,
        "recurrence": cycle.recurrence,
        "send_at": cycle.send_at,
        "sender_name": cycle.sender_name,
        "languages": cycle.languages,
        "intros": cycle.intros,
        "units": list(cycle.units.all()),
        "excluded_units": list(cycle.excluded_units.all()),
        "questions": [one.question for one in chosen],
        "rotating": {one.question.theme_id for one in chosen if one.rotating},
    }
