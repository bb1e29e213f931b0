"""The demo's journey: who began in the last year, a wave of a quarter with figures, and one that runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from numpy.random import Generator

from accounts.models import User
from orgunits.models import Employee, OrgUnit
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.cycles.recurrence import schedule_of
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.journeys.periods import Period, rule_for
from surveys.journeys.rounds import make_due_rounds
from surveys.mailing.recorded import count_as_sent
from surveys.models import Cycle, Mail, Question, Wave
from surveys.waves.services import open_wave, stop_accepting

EVERY = 16  # one of so many people began in the last year
DAY = 30
QUESTIONS = (
    "priorities_1",
    "clarity_on_paper_1",
    "friction_1",
    "team_1",
    "voice_1",
    "energy_1",
    "recommendation_1",
)
SHARE_ANSWERING = 0.8


def ask_newcomers(pulse: Cycle, *, now: datetime, chance: Generator) -> Cycle:
    """In the units of the pulse. Its first period is over; rounds are made on the days that matter."""
    root: OrgUnit = pulse.units.get()
    start(root, now)
    first_day = (now - relativedelta(months=4)).date().replace(day=1)
    cycle = launch(
        root, pulse.created_by, first_day=datetime.combine(first_day, now.time(), tzinfo=now.tzinfo)
    )
    for _period in range(2):
        cycle.refresh_from_db()
        if cycle.next_opens_at is None or cycle.next_opens_at > now:
            break
        wave = open_wave(cycle, now=cycle.next_opens_at)
        if wave is not None:
            gather(wave, until=min(wave.adds_until or now, now))
            answer(wave, chance)
            finish(wave, now)
    return cycle


def start(root: OrgUnit, now: datetime) -> None:
    """On the first of a month, as most people do."""
    people = list(Employee.objects.filter(organisation=root.organisation).order_by("pk")[::EVERY])
    for number, person in enumerate(people):
        person.joined_on = (now - relativedelta(months=number % 12)).date().replace(day=1)
    Employee.objects.bulk_update(people, ["joined_on"])


def launch(root: OrgUnit, by: User | None, *, first_day: datetime) -> Cycle:
    before = first_day - timedelta(days=10)
    shared = Question._default_manager.filter(organisation=None, retired_at=None, code__in=QUESTIONS)
    plan = CyclePlan(
        name="Nieuw in Lindewaard: dag 30",
        kind=Cycle.Kind.ONBOARDING,
        days_after=DAY,
        units=[root],
        questions=sorted([*shared], key=lambda question: QUESTIONS.index(question.code)),
        recurrence=rule_for(Period.QUARTER, first_day.date()),
        starts_on=first_day.date(),
        days_open=14,
        reminder_after_days=5,
    )
    return launch_cycle(create_cycle(root.organisation, plan=plan, by=by, now=before), by=by, now=before)


def gather(wave: Wave, *, until: datetime) -> None:
    """On the days on which someone is asked: for who began in the months before."""
    schedule = schedule_of(wave.cycle)
    for month in range(-1, 3):
        began = (wave.opened_at + relativedelta(months=month)).date().replace(day=1)
        now = schedule.at(began + timedelta(days=DAY))
        if wave.opened_at <= now < until:
            make_due_rounds(now)
            count_as_sent(Mail.objects.filter(wave=wave), now=now)


def answer(wave: Wave, chance: Generator) -> None:
    invitations = list(wave.invitations.order_by("pk"))
    questions = list(wave.questions.order_by("position"))
    given = []
    for invitation in invitations:
        if chance.random() < SHARE_ANSWERING:
            scores = [int(chance.integers(one.highest - 2, one.highest, endpoint=True)) for one in questions]
            given.append(Answers(invitation.pk, [*scores]))
    wave.invitations.update(closes_at=None)
    submit(wave, given, now=wave.opened_at + timedelta(days=1))


def finish(wave: Wave, now: datetime) -> None:
    if wave.closes_at <= now and stop_accepting(wave.pk, now=wave.closes_at):
        close_wave(wave.pk, now=wave.closes_at)
        audit_wave(wave.pk, now=wave.closes_at)
