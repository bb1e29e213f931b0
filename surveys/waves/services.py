"""Opening a wave, reminding, and the end of accepting answers. Each is safe to run twice, late and at once.

A wave copies all that it needs: its questions, the unit tree and the people with their bands. The copying of
people is done inside PostgreSQL, so it takes the same few queries for ten and for a hundred thousand.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from itertools import takewhile

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from orgunits.models import EmployeeQuerySet
from orgunits.tree import lock_tree
from surveys.answering.tickets import without_those_who_answered
from surveys.audience import asked_enough, audience_of
from surveys.cycles.recurrence import DAY, Schedule, schedule_of
from surveys.cycles.texts import news_is_told
from surveys.models import LONGEST_OPEN, Cycle, Invitation, Mail, Wave
from surveys.waves.snapshot import copy_people, copy_questions, copy_tree, queue_mails
from surveys.waves.turns import deal_turns, part_of_wave

logger = logging.getLogger(__name__)


class WaveError(ValidationError):
    """A wave cannot take this step; the message says what to do."""


def open_due_waves(now: datetime) -> int:
    """Open what is due, each wave in a transaction of its own; returns how many were opened.

    A cycle that fails does not hold up the others: the failures are raised together at the end.
    """
    opened = 0
    failures = []
    for cycle in Cycle.objects.due(now).order_by("next_opens_at", "pk"):
        try:
            opened += open_wave(cycle, now=now) is not None
        except Exception as error:
            logger.exception("the wave of cycle %s could not be opened", cycle.pk)
            failures.append(error)
    if failures:
        raise ExceptionGroup("waves that could not be opened", failures)
    return opened


@transaction.atomic
def open_wave(cycle: Cycle, *, now: datetime) -> Wave | None:
    """The wave that is due, if any. None as well when another worker has the cycle in hand.

    Of dates that were missed only the last counts, and only when its wave would still be open.
    """
    claimed = _claim(cycle, now)
    if claimed is None or claimed.next_opens_at is None:
        return None
    lock_tree(claimed.organisation)
    schedule = schedule_of(claimed)
    *missed, scheduled_for = _due(schedule, claimed.next_opens_at, now)
    _plan_next(claimed, schedule.next_opening(max(now, scheduled_for)))
    if missed:
        _skip(claimed, missed, "missed", now=now)
    previous = claimed.waves.order_by("-number").first()
    reason = _reason_to_skip(claimed, previous, closes_at=schedule.closing(scheduled_for), now=now)
    if reason:
        _skip(claimed, [scheduled_for], reason, now=now)
        return None
    number = previous.number + 1 if previous else 1
    return _open(claimed, schedule, scheduled_for, number=number, now=now)


@transaction.atomic
def queue_due_reminders(now: datetime) -> int:
    """Queue a mail to each person who was invited by mail and has not answered; returns how many.

    People who left, and those who want no reminders, get none.
    """
    # Not FOR UPDATE: that would have to wait for everyone who is answering at this moment.
    due = Wave.objects.due_to_remind(now).select_for_update(no_key=True, skip_locked=True)
    waves = list(due)
    if not waves:
        return 0
    last = [wave for wave in waves if wave.remind_again_at and wave.remind_again_at <= now]
    first = [wave for wave in waves if wave not in last]
    kinds = {Mail.Kind.REMINDER: first, Mail.Kind.LAST_REMINDER: last}
    queued = sum(queue_mails(to_remind(due), kind, now=now) for kind, due in kinds.items() if due)
    Wave.objects.filter(pk__in=[wave.pk for wave in waves]).update(reminded_at=now)
    return queued


@transaction.atomic
def stop_accepting(wave_id: int, *, now: datetime) -> Wave | None:
    """Move a wave that is over from open to closing and cancel its waiting mails.

    Returns the wave when it is closing, also when it was already; None when it is still open, or closed.
    The lock waits for people whose answer is being saved and keeps out those who come after.
    """
    wave = Wave.objects.select_for_update().due_to_close(now).filter(pk=wave_id).first()
    if wave is None or wave.state == Wave.State.CLOSING:
        return wave
    return _stop(wave)


@transaction.atomic
def close_early(wave: Wave, *, by: User | None, now: datetime) -> Wave:
    """HR ends a wave before its time. A wave that is over already is left as it is."""
    locked = _lock(wave)
    if locked.state != Wave.State.OPEN or locked.closes_at <= now:
        return locked
    audit.record(
        locked.organisation,
        "wave.closed_early",
        by=by,
        now=now,
        target=locked,
        planned_end=locked.closes_at.isoformat(),
    )
    locked.closes_at = now
    return _stop(locked)


@transaction.atomic
def extend_wave(wave: Wave, *, until: date, by: User | None, now: datetime) -> Wave:
    """Let an open wave go on until that day, at the time of day at which it would have closed.

    Raises WaveError for a wave that is over, and for a day that is too early or too late.
    """
    locked = _lock(wave)
    if locked.state != Wave.State.OPEN or locked.closes_at <= now:
        raise WaveError(_("This wave is over, so it cannot be extended."))
    if locked.is_journey:
        raise WaveError(_("In a journey each person has days of their own, so there is nothing to extend."))
    schedule = schedule_of(locked.cycle)
    closes_at = schedule.at(until)
    if closes_at <= locked.closes_at:
        raise WaveError(_("Choose a day after the one on which the wave closes now."))
    following = locked.cycle.next_opens_at  # a paused cycle has none: its next wave then waits for this one
    if following is not None and closes_at > following:
        raise WaveError(
            _("The next wave opens on %(day)s. Choose a day before that, or skip the next wave first."),
            params={"day": date_format(schedule.day_of(following), str(DAY))},
        )
    if closes_at > locked.opened_at + timedelta(days=LONGEST_OPEN):
        raise WaveError(_("A wave can be open for 60 days at most."))
    planned_end = locked.closes_at.isoformat()
    locked.closes_at = closes_at
    locked.save(update_fields=["closes_at"])
    audit.record(
        locked.organisation,
        "wave.extended",
        by=by,
        now=now,
        target=locked,
        planned_end=planned_end,
        closes_at=closes_at.isoformat(),
    )
    return locked


def _lock(wave: Wave) -> Wave:
    waves = Wave.objects.select_related("organisation", "cycle__organisation")
    return waves.select_for_update(of=("self",)).get(pk=wave.pk)


def _stop(wave: Wave) -> Wave:
    wave.state = Wave.State.CLOSING
    wave.save(update_fields=["state", "closes_at"])
    unsent = wave.mails.filter(state__in=[Mail.State.DUE, Mail.State.CLAIMED])
    unsent.update(state=Mail.State.CANCELLED, claim=None, claimed_until=None)
    return wave


def _claim(cycle: Cycle, now: datetime) -> Cycle | None:
    due = Cycle.objects.due(now).filter(pk=cycle.pk).select_related("organisation")
    claimed = due.select_for_update(skip_locked=True, of=("self",)).first()
    if claimed is not None:
        models.prefetch_related_objects([claimed], "units", "excluded_units")
    return claimed


def _due(schedule: Schedule, first: datetime, now: datetime) -> list[datetime]:
    return [first, *takewhile(lambda opening: opening <= now, schedule.openings(first))]


def _plan_next(cycle: Cycle, opening: datetime | None) -> None:
    cycle.next_opens_at = opening
    if opening is None:
        cycle.state = Cycle.State.ENDED
    cycle.save(update_fields=["state", "next_opens_at"])


def _reason_to_skip(cycle: Cycle, previous: Wave | None, *, closes_at: datetime, now: datetime) -> str | None:
    if cycle.is_journey:
        return None  # two may be open at once, and people come later
    if closes_at <= now:
        return "missed"
    if previous is not None and previous.state == Wave.State.OPEN and previous.closes_at > now:
        return "previous_wave_open"
    if not audience_of(cycle).exists():
        return "no_people"
    return None


def _skip(cycle: Cycle, dates: list[datetime], reason: str, *, now: datetime) -> None:
    audit.record(
        cycle.organisation,
        "wave.skipped",
        by=None,
        now=now,
        target=cycle,
        reason=reason,
        count=len(dates),
        first=dates[0].isoformat(),
        last=dates[-1].isoformat(),
    )


def _open(cycle: Cycle, schedule: Schedule, scheduled_for: datetime, *, number: int, now: datetime) -> Wave:
    closes_at = schedule.closing(scheduled_for)
    first, last, *_ = [*schedule.reminders(max(scheduled_for, now), closes_at), None, None]
    wave = Wave.objects.create(
        organisation=cycle.organisation,
        cycle=cycle,
        number=number,
        name=cycle.name,
        kind=cycle.kind,
        days_after=cycle.days_after,
        adds_until=schedule.next_opening(scheduled_for) if schedule.gathers else None,
        round_at=max(now, schedule.at(schedule.day_of(now))) if schedule.gathers else None,
        scheduled_for=scheduled_for,
        opened_at=now,
        closes_at=closes_at,
        remind_at=first,
        remind_again_at=last,
        minimum_group=cycle.organisation.minimum_group,
        comment_allowed=cycle.comment_allowed,
        parts=cycle.parts,
        languages=cycle.languages,
        sender_name=cycle.sender_name,
        reply_to=cycle.reply_to,
        intros=cycle.intros,
        mail_texts=cycle.mail_texts,
    )
    news_is_told(cycle)
    copy_questions(wave)
    if wave.is_journey:
        audit.record(cycle.organisation, "wave.opened", by=None, now=now, target=wave)
        return wave
    people = _whose_turn(wave)
    tired = _tired(wave, people)
    invited = copy_people(wave, people.exclude(pk__in=tired))
    copy_tree(wave)
    mails = queue_mails(wave.invitations.all(), Mail.Kind.INVITATION, now=now)
    audit.record(
        cycle.organisation,
        "wave.opened",
        by=None,
        now=now,
        target=wave,
        invited=invited,
        mails=mails,
        asked_enough=len(tired),
    )
    return wave


def _whose_turn(wave: Wave) -> EmployeeQuerySet:
    people = audience_of(wave.cycle)
    if wave.parts == 1:
        return people
    deal_turns(wave.cycle, people)
    part = part_of_wave(wave.number, wave.parts)
    return people.filter(pk__in=wave.cycle.turns.filter(part=part).values("employee"))


def _tired(wave: Wave, people: EmployeeQuerySet) -> list[int]:
    """Those who have had as many invitations lately as the cycle allows, of all cycles together."""
    cycle = wave.cycle
    if cycle.most_invitations is None:
        return []
    enough = asked_enough(
        cycle.organisation, most=cycle.most_invitations, days=cycle.most_within_days, at=wave.opened_at
    )
    return list(people.filter(pk__in=enough).values_list("pk", flat=True))


def to_remind(waves: list[Wave]) -> models.QuerySet[Invitation]:
    """Everyone who may have had the invitation and has not answered; not who left or wants no reminders.

    Nor whose invitation HR had sent once more: that may be to an address of HR's own choice, where a reminder
    would tell that the person has not answered.
    """
    invited_by_mail = Mail.objects.filter(
        invitation=models.OuterRef("pk"),
        kind=Mail.Kind.INVITATION,
        state__in=[Mail.State.SENT, Mail.State.UNCONFIRMED],
        again=False,
    )
    people = Invitation.objects.filter(
        models.Exists(invited_by_mail),
        wave__in=waves,
        reminders_stopped=False,
        employee__isnull=False,
        employee__left_on=None,
    )
    return without_those_who_answered(people, waves)
