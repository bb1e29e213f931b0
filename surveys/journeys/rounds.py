"""The daily round of a journey's open wave: people whose day has come are invited, others are reminded.

State stands in the wave: `round_at`, when the next round is due, and `adds_until`, the end of its period. A
round is one transaction that ends with the next one's time, so one that is late, run twice, or by two workers
at once invites nobody twice.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When

from accounts import audit
from orgunits.models import EmployeeQuerySet
from orgunits.tree import lock_tree
from surveys.cycles.closed_days import ClosedDays, closed_days_of
from surveys.cycles.recurrence import Schedule, schedule_of
from surveys.journeys.moments import everyone_with_a_date, newcomers, same_event
from surveys.models import Cycle, Invitation, Link, Mail, Wave
from surveys.waves.services import to_remind
from surveys.waves.snapshot import copy_people, copy_tree, queue_mails

logger = logging.getLogger(__name__)

UNSENT = (Mail.State.DUE, Mail.State.CANCELLED)


def make_due_rounds(now: datetime) -> int:
    """Each in a transaction of its own; returns how many people were invited."""
    invited = 0
    failures = []
    for wave_id in Wave.objects.due_for_round(now).order_by("round_at", "pk").values_list("pk", flat=True):
        try:
            invited += make_round(wave_id, now=now)
        except Exception as error:
            logger.exception("the round of wave %s could not be made", wave_id)
            failures.append(error)
    if failures:
        raise ExceptionGroup("rounds that could not be made", failures)
    return invited


@transaction.atomic
def make_round(wave_id: int, *, now: datetime) -> int:
    """Returns how many people were invited; 0 as well when another worker is at it."""
    due = Wave.objects.due_for_round(now).filter(pk=wave_id).select_related("cycle__organisation")
    # Not FOR UPDATE: that would have to wait for everyone who is answering at this moment.
    wave = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if wave is None:
        return 0
    cycle = wave.cycle
    schedule, closed = schedule_of(cycle), closed_days_of(cycle)
    today = schedule.day_of(now)
    if now < schedule.at(today):  # late, from an earlier day: the time of sending holds for it too
        return _next_round(wave, schedule.at(today))
    invited = 0
    if now < (wave.adds_until or now) and cycle.state == Cycle.State.ACTIVE:
        invited = _gather(wave, schedule, closed, now=now)
    if today not in closed.with_weekends():
        remind(wave, today=today, now=now)
    _next_round(wave, schedule.at(today + timedelta(days=1)))
    return invited


def _next_round(wave: Wave, moment: datetime) -> int:
    Wave.objects.filter(pk=wave.pk).update(round_at=moment)
    return 0


def _gather(wave: Wave, schedule: Schedule, closed: ClosedDays, *, now: datetime) -> int:
    cycle, today = wave.cycle, schedule.day_of(now)
    lock_tree(cycle.organisation)
    taken_back = take_back(wave)
    invited = 0
    if today not in closed:
        invited = invite(wave, schedule, newcomers(cycle, today=today, closed=closed), now=now)
    if invited or taken_back:
        wave.units.all().delete()
        copy_tree(wave)
        audit.record(
            cycle.organisation,
            "wave.people_added",
            by=None,
            now=now,
            target=wave,
            invited=invited,
            taken_back=taken_back,
        )
    return invited


def invite(wave: Wave, schedule: Schedule, people: EmployeeQuerySet, *, now: datetime) -> int:
    """With a mail each. Who has left has no work address any more: that takes a letter."""
    today = schedule.day_of(now)
    gone = models.Q(left_on__isnull=False) | models.Q(leaves_on__lt=today)
    no_mail = gone | models.Q(email="")
    invited = copy_people(
        wave,
        people,
        email=Case(When(gone, then=Value("")), default=F("email"), output_field=models.EmailField()),
        event_on=F("event_on"),
        invited_on=Value(today),
        closes_at=Case(
            When(no_mail, then=Value(None, output_field=models.DateTimeField())),
            default=Value(schedule.personal_end(now)),
        ),
    )
    queue_mails(wave.invitations.filter(invited_on=today), Mail.Kind.INVITATION, now=now)
    return invited


def take_back(wave: Wave) -> int:
    """Invitations that never went out, of people whose date was called off in the meantime.

    A mail that HR sends once more went out before, and so did a letter whose code was made worthless: who has
    either may have answered, and an answer without its invitation would stand alone.
    """
    went_out = Mail.objects.filter(invitation=OuterRef("pk")).exclude(state__in=UNSENT, again=False)
    on_paper = Link.objects.filter(invitation=OuterRef("pk"))
    still = everyone_with_a_date(wave.cycle).filter(same_event(), pk=OuterRef("employee"))
    called_off = wave.invitations.filter(~Exists(went_out), ~Exists(on_paper), ~Exists(still))
    ids = list(called_off.values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=ids).delete()
    return len(ids)


def remind(wave: Wave, *, today: date, now: datetime) -> None:
    """Each so many days after their own invitation; of two that are due only the last goes out."""
    cycle = wave.cycle
    people = to_remind([wave]).filter(closes_at__gt=now).exclude(employee__leaves_on__lt=today)
    last, first = cycle.remind_again_after_days, cycle.reminder_after_days
    if last is not None:
        asked_by = today - timedelta(days=last)
        queue_mails(people.filter(invited_on__lte=asked_by), Mail.Kind.LAST_REMINDER, now=now)
        people = people.filter(invited_on__gt=asked_by)
    if first is not None:
        asked_by = today - timedelta(days=first)
        queue_mails(people.filter(invited_on__lte=asked_by), Mail.Kind.REMINDER, now=now)
