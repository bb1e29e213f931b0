"""What HR does with a cycle: draft → active ⇄ paused → ended.

Each step locks the cycle's row. A step that has already been taken, by a double click or in another tab,
changes nothing; one that does not fit the state raises CycleError.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import Organisation, User
from orgunits.tree import lock_tree
from surveys.audience import audience_of
from surveys.cycles.overlap import Overlap, overlaps
from surveys.cycles.plans import (
    CycleError,
    CyclePlan,
    check_reach,
    missing_questions,
    recurrence_error,
    reminder_error,
    write_plan,
)
from surveys.cycles.recurrence import DAY, schedule_of
from surveys.cycles.rotation import Rotation, rotation_of
from surveys.cycles.versions import versions_error
from surveys.journeys.overlap import DAYS_APART, journeys_alike
from surveys.models import Cycle

__all__ = ["CycleError", "CyclePlan"]

State = Cycle.State


@transaction.atomic
def create_cycle(organisation: Organisation, *, plan: CyclePlan, by: User | None, now: datetime) -> Cycle:
    """Raises CycleError, by field of the plan."""
    cycle = Cycle(organisation=organisation, created_by=by, created_at=now)
    write_plan(cycle, plan, by=by, now=now, whole=True)
    audit.record(organisation, "cycle.created", by=by, now=now, target=cycle, name=cycle.name)
    return cycle


@transaction.atomic
def launch_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """From here on waves open by themselves. Raises CycleError with all that is missing."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.ACTIVE:
        return locked
    _require(locked, State.DRAFT, because=_("Only a draft can be launched."))
    lock_tree(locked.organisation)  # two launches at once would not see each other
    locked.next_opens_at = check_ready(locked, now)
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
    if problems := _overlap_problems(locked, overlaps(locked, now=now)):
        raise CycleError(problems)
    return _move(locked, State.ACTIVE, "cycle.resumed", by=by, now=now)


@transaction.atomic
def skip_next_wave(cycle: Cycle, *, opens_at: datetime | None, by: User | None, now: datetime) -> Cycle:
    """Leave out the wave that would open at `opens_at`, so that a double click skips one and not two."""
    locked = _lock(cycle, by=by, now=now)
    _require(locked, State.ACTIVE, because=_("Only an active cycle has a next wave."))
    if locked.is_journey:
        raise CycleError(_("A journey goes on from day to day. Pause it instead."))
    if locked.next_opens_at is None or locked.next_opens_at != opens_at:
        return locked
    locked.next_opens_at = schedule_of(locked).next_opening(opens_at)
    locked.skipped_at = opens_at
    if locked.next_opens_at is None:
        raise CycleError(_("This is the last wave of the rule. End the cycle instead."))
    return _move(locked, State.ACTIVE, "cycle.wave_skipped", by=by, now=now, skipped=opens_at.isoformat())


@transaction.atomic
def end_cycle(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    """For good; a wave that is open stays open until its own end, or that of the last who were asked."""
    locked = _lock(cycle, by=by, now=now)
    if locked.state == State.ENDED:
        return locked
    _require(locked, State.ACTIVE, State.PAUSED, because=_("A draft cannot be ended, as it has not begun."))
    locked.next_opens_at = None
    stop_gathering(locked, now)
    return _move(locked, State.ENDED, "cycle.ended", by=by, now=now)


def following_opening(cycle: Cycle, now: datetime) -> datetime | None:
    """The next date that is not past, used or skipped: a clock that was set back gives no date twice."""
    latest = cycle.waves.order_by("-scheduled_for").values_list("scheduled_for", flat=True).first()
    schedule = schedule_of(cycle)
    if cycle.is_journey:  # the period that runs now counts too: its wave opens late, for who comes after
        return schedule.next_opening(latest) if latest else schedule.first_opening()
    return schedule.next_opening(max(filter(None, [now, latest, cycle.skipped_at])))


def stop_gathering(cycle: Cycle, now: datetime) -> None:
    """A journey's wave takes answers as long as someone who was asked today has to answer."""
    gathering = cycle.waves.open().filter(adds_until__gt=now)
    schedule = schedule_of(cycle)
    for wave in gathering.select_for_update(no_key=True):
        wave.adds_until = now
        wave.closes_at = min(wave.closes_at, schedule.personal_end(now))
        wave.save(update_fields=["adds_until", "closes_at"])


def lock_draft(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    locked = _lock(cycle, by=by, now=now)
    if locked.state != State.DRAFT:
        raise CycleError(
            _("This cycle has been launched, so it cannot be changed. Make a new cycle instead.")
        )
    return locked


def _lock(cycle: Cycle, *, by: User | None, now: datetime) -> Cycle:
    locked = Cycle.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=cycle.pk)
    check_reach(locked.organisation, locked.units.all(), by=by, now=now)
    return locked


def _require(cycle: Cycle, *states: Cycle.State, because: str) -> None:
    if cycle.state not in states:
        raise CycleError(
            _("%(because)s This cycle is: %(state)s."),
            params={"because": because, "state": cycle.get_state_display()},
        )


def _move(
    cycle: Cycle, state: Cycle.State, action: str, *, by: User | None, now: datetime, **detail: str
) -> Cycle:
    cycle.state = state
    cycle.save(update_fields=["state", "next_opens_at", "skipped_at"])
    opens_at = cycle.next_opens_at.isoformat() if cycle.next_opens_at else None
    audit.record(cycle.organisation, action, by=by, now=now, target=cycle, next_opens_at=opens_at, **detail)
    return cycle


def check_ready(
    cycle: Cycle,
    now: datetime,
    *,
    meeting: Sequence[Overlap] | None = None,
    people: int | None = None,
    rotation: Rotation | None = None,
) -> datetime:
    """The first opening. Raises CycleError with all that stands in the way of a launch.

    For whoever knows already: `meeting`, the cycles that it meets; `people`, how many are in its units; and
    its `rotation`.
    """
    everyone = audience_of(cycle).count() if people is None else people
    found = [
        *_unit_problems(cycle, everyone),
        *_question_problems(rotation or rotation_of(cycle)),
        reminder_error(cycle),
        recurrence_error(cycle),
        _size_problem(cycle, everyone),
    ]
    errors = [problem for problem in found if problem is not None]
    first = None if errors else schedule_of(cycle).first_opening()
    if not errors and (first is None or first < now):
        errors = [CycleError(_("The first day and time have passed. Choose a later first day."))]
    if not errors and cycle.is_journey:
        errors = _journey_problems(cycle)
    elif not errors:
        errors = _overlap_problems(cycle, overlaps(cycle, now=now) if meeting is None else meeting)
    if errors or first is None:
        raise CycleError(errors)
    return first


def _unit_problems(cycle: Cycle, everyone: int) -> Iterator[ValidationError]:
    units = list(cycle.units.all())
    ended = [unit.name for unit in units if unit.ended_on is not None]
    if not units:
        yield CycleError(_("Choose at least one unit."))
        return
    if ended:
        yield CycleError(_("These units no longer exist: %(units)s."), params={"units": ", ".join(ended)})
    if not everyone:
        yield CycleError(_("Nobody works in the chosen units. Choose other units or import people."))


def _size_problem(cycle: Cycle, everyone: int) -> ValidationError | None:
    """Parts differ by one person at most."""
    minimum = cycle.organisation.minimum_group
    people = everyone // cycle.parts
    if people >= minimum or not everyone:  # nobody at all is said elsewhere
        return None
    return CycleError(
        _(
            "A wave would ask %(people)d people. With fewer than %(minimum)d nothing can ever be shown, to "
            "anyone. Choose more units, or ask more of the people each time."
        ),
        params={"people": people, "minimum": minimum},
    )


def _overlap_problems(cycle: Cycle, meeting: Sequence[Overlap]) -> list[ValidationError]:
    return [*_asked_twice(meeting), *_nearly_the_same_people(cycle, meeting)]


def _asked_twice(meeting: Sequence[Overlap]) -> Iterator[ValidationError]:
    for one in meeting:
        if one.asked_twice:
            yield CycleError(
                ngettext(
                    "“%(other)s” asks %(number)d of these questions too, of the same people in the week of "
                    "%(day)s. Whoever compares the figures of both would learn about the few who answer only "
                    "one of them. Choose another question or other weeks.",
                    "“%(other)s” asks %(number)d of these questions too, of the same people in the week of "
                    "%(day)s. Whoever compares the figures of both would learn about the few who answer only "
                    "one of them. Choose other questions or other weeks.",
                    one.asked_twice,
                ),
                params={
                    "other": one.other.name,
                    "number": one.asked_twice,
                    "day": date_format(one.day, str(DAY)),
                },
            )


def _nearly_the_same_people(cycle: Cycle, meeting: Sequence[Overlap]) -> list[ValidationError]:
    """Where one part is asked at a time, whom a wave asks differs too much to be subtracted."""
    minimum = cycle.organisation.minimum_group
    return [
        CycleError(
            _(
                "“%(other)s” asks nearly the same people in the week of %(day)s: %(people)d people are asked "
                "by one of the two only. Whoever compares the figures of both would learn about these few. "
                "Choose the same units as “%(other)s”, let at least %(minimum)d people differ, or choose "
                "other weeks."
            ),
            params={
                "other": one.other.name,
                "day": date_format(one.day, str(DAY)),
                "people": one.alone,
                "minimum": minimum,
            },
        )
        for one in meeting
        if one.too_few(minimum) and cycle.parts == one.other.parts == 1
    ]


def _journey_problems(cycle: Cycle) -> list[ValidationError]:
    return [
        CycleError(
            _(
                "“%(other)s” also asks people %(kind)s, in some of the same units and within a week of the "
                "same day. Whoever compares the figures of both would learn about the few whom only one of "
                "them asks. Choose other units, choose a day at least %(days)d days earlier or later, or end "
                "“%(other)s” first."
            ),
            params={"other": other.name, "kind": other.get_kind_display(), "days": DAYS_APART},
        )
        for other in journeys_alike(cycle)
    ]


def _question_problems(rotation: Rotation) -> list[ValidationError | None]:
    """Once each: the waves of a rotation may lack the same."""
    sets = map(missing_questions, rotation.sets())
    by_words = {str(problem.message): problem for problem in sets if problem is not None}
    return [*by_words.values(), versions_error([choice.question for choice in rotation.choices])]
