"""What HR does with a cycle: draft → active ⇄ paused → ended.

Each step locks the cycle's row. A step that has already been taken, by a double click or in another tab,
changes nothing; one that does not fit the state raises CycleError.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from orgunits.access import scope_of
from orgunits.models import OrgUnit, Role
from surveys.audience import employees_in, topmost
from surveys.cycles.recurrence import RecurrenceError, schedule_of
from surveys.models import Cycle, CycleQuestion, Question

State = Cycle.State


class CycleError(ValidationError):
    """A cycle cannot be saved, or cannot take this step; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePlan:
    """What HR fills in. `recurrence` is the text of an RFC 5545 rule, `send_at` is local time."""

    name: str
    units: Sequence[OrgUnit]
    questions: Sequence[Question]
    recurrence: str
    starts_on: date
    send_at: time = time(9)
    days_open: int = 7
    reminder_after_days: int | None = None
    comment_allowed: bool = True


@transaction.atomic
def create_cycle(organisation: Organisation, *, plan: CyclePlan, by: User | None, now: datetime) -> Cycle:
    """Raises CycleError, by field of the plan."""
    cycle = Cycle(organisation=organisation, created_by=by, created_at=now)
    _save_plan(cycle, plan, by=by, now=now)
    audit.record(organisation, "cycle.created", by=by, now=now, target=cycle, name=cycle.name)
    return cycle


@transaction.atomic
def change_cycle(cycle: Cycle, *, plan: CyclePlan, by: User | None, now: datetime) -> Cycle:
    """Raises CycleError for a cycle that was launched, and by field of the plan."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state != State.DRAFT:
        raise CycleError(
            _("This cycle has been launched, so it cannot be changed. Make a new cycle instead.")
        )
    _save_plan(locked, plan, by=by, now=now)
    audit.record(locked.organisation, "cycle.changed", by=by, now=now, target=locked, name=locked.name)
    return locked


@transaction.atomic
def launch_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """From here on waves open by themselves. Raises CycleError with all that is missing."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.ACTIVE:
        return locked
    _require(locked, State.DRAFT, because=_("Only a draft can be launched."))
    locked.next_opens_at = _first_opening(locked, now)
    _check_audience(locked)
    return _move(locked, State.ACTIVE, "cycle.launched", by=by, now=now)


@transaction.atomic
def pause_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """No new waves for now; a wave that is open stays open until its own end."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.PAUSED:
        return locked
    _require(locked, State.ACTIVE, because=_("Only an active cycle can be paused."))
    locked.next_opens_at = None
    return _move(locked, State.PAUSED, "cycle.paused", by=by, now=now)


@transaction.atomic
def resume_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """Goes on with the next date of the rule; dates that passed during the pause are left out."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.ACTIVE:
        return locked
    _require(locked, State.PAUSED, because=_("Only a paused cycle can be resumed."))
    locked.next_opens_at = following_opening(locked, now)
    if locked.next_opens_at is None:
        raise CycleError(_("The rule of this cycle gives no more dates. End the cycle and make a new one."))
    return _move(locked, State.ACTIVE, "cycle.resumed", by=by, now=now)


@transaction.atomic
def end_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """For good; a wave that is open stays open until its own end."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.ENDED:
        return locked
    _require(locked, State.ACTIVE, State.PAUSED, because=_("A draft cannot be ended, as it has not begun."))
    locked.next_opens_at = None
    return _move(locked, State.ENDED, "cycle.ended", by=by, now=now)


def following_opening(cycle: Cycle, now: datetime) -> datetime | None:
    """The next date that is neither past nor used: a clock that was set back gives no date twice."""
    latest = cycle.waves.order_by("-scheduled_for").values_list("scheduled_for", flat=True).first()
    return schedule_of(cycle).next_opening(max(now, latest) if latest else now)


def _lock(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    locked = Cycle.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=cycle.pk)
    _check_reach(locked.organisation, locked.units.all(), by=by, now=now)
    return locked


def _require(cycle: Cycle, *states: Cycle.State, because: str) -> None:
    if cycle.state not in states:
        raise CycleError(
            _("%(because)s This cycle is: %(state)s."),
            params={"because": because, "state": cycle.get_state_display()},
        )


def _move(cycle: Cycle, state: Cycle.State, action: str, *, by: User | None, now: datetime) -> Cycle:
    cycle.state = state
    cycle.save(update_fields=["state", "next_opens_at"])
    opens_at = cycle.next_opens_at.isoformat() if cycle.next_opens_at else None
    audit.record(cycle.organisation, action, by=by, now=now, target=cycle, next_opens_at=opens_at)
    return cycle


def _first_opening(cycle: Cycle, now: datetime) -> datetime:
    schedule = schedule_of(cycle)
    schedule.check()
    first = schedule.first_opening()
    if first is None or first < now:
        raise CycleError(_("The first day and time have passed. Choose a later first day."))
    return first


def _check_audience(cycle: Cycle) -> None:
    units = list(cycle.units.all())
    ended = [unit.name for unit in units if unit.ended_on is not None]
    errors = []
    if ended:
        errors.append(
            CycleError(_("These units no longer exist: %(units)s."), params={"units": ", ".join(ended)})
        )
    if not cycle.cycle_questions.exists():
        errors.append(CycleError(_("Choose at least one question.")))
    if not employees_in(units).exists():
        errors.append(CycleError(_("Nobody works in the chosen units. Choose other units or import people.")))
    if errors:
        raise CycleError(errors)


def _save_plan(cycle: Cycle, plan: CyclePlan, *, by: User | None, now: datetime) -> None:
    cycle.name = plan.name.strip()
    cycle.recurrence = plan.recurrence.strip()
    cycle.starts_on = plan.starts_on
    cycle.send_at = plan.send_at.replace(second=0, microsecond=0)
    cycle.days_open = plan.days_open
    cycle.reminder_after_days = plan.reminder_after_days
    cycle.comment_allowed = plan.comment_allowed
    _check_plan(cycle, plan)
    _check_reach(cycle.organisation, plan.units, by=by, now=now)
    cycle.save()
    cycle.units.set(topmost(plan.units))
    cycle.cycle_questions.all().delete()
    CycleQuestion.objects.bulk_create(
        CycleQuestion(organisation=cycle.organisation, cycle=cycle, question=question, position=position)
        for position, question in enumerate(plan.questions)
    )


def _check_plan(cycle: Cycle, plan: CyclePlan) -> None:
    """Raises CycleError with an entry for each field that is wrong."""
    errors: dict[str, list[ValidationError]] = {}
    try:
        cycle.clean_fields(exclude=["organisation", "created_by"])
    except ValidationError as error:
        errors.update(error.error_dict)
    found = {
        "units": _unit_error(cycle.organisation, plan.units),
        "questions": _question_error(cycle.organisation, plan.questions),
        "reminder_after_days": _reminder_error(plan),
        "recurrence": _recurrence_error(cycle) if not errors else None,
    }
    for field, problem in found.items():
        if problem is not None:
            errors.setdefault(field, []).append(problem)
    if errors:
        raise CycleError(errors)


def _unit_error(organisation: Organisation, units: Sequence[OrgUnit]) -> ValidationError | None:
    if not units:
        return ValidationError(_("Choose at least one unit."))
    if any(unit.organisation_id != organisation.pk for unit in units):
        return ValidationError(_("Choose units of your own organisation."))
    return None


def _question_error(organisation: Organisation, questions: Sequence[Question]) -> ValidationError | None:
    if not questions:
        return ValidationError(_("Choose at least one question."))
    if any(question.organisation_id not in {None, organisation.pk} for question in questions):
        return ValidationError(_("Choose questions from the shared bank or of your own organisation."))
    if all(question.kind == Question.Kind.OPEN for question in questions):
        return ValidationError(_("Choose at least one question that is not open: only these give figures."))
    if len({question.pk for question in questions}) < len(questions):
        return ValidationError(_("Choose each question once."))
    return None


def _reminder_error(plan: CyclePlan) -> ValidationError | None:
    if plan.reminder_after_days is not None and plan.reminder_after_days >= plan.days_open:
        return ValidationError(
            _("A wave is open for %(days)d days, so send the reminder earlier."),
            params={"days": plan.days_open},
        )
    return None


def _recurrence_error(cycle: Cycle) -> ValidationError | None:
    try:
        schedule_of(cycle).check()
    except RecurrenceError as error:
        return error
    return None


def _check_reach(
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
