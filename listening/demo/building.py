"""Makes the demo through the same services as the web: two years of waves, and one that is open now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from numpy.random import Generator

from accounts.models import Organisation, User
from accounts.services import user_for
from listening.replay.engine import Replay
from listening.replay.recording import RecordedQuestion, Recording, Reply, people_file
from orgunits.founding.services import found_organisation
from orgunits.imports.people import Person
from orgunits.imports.services import import_people
from orgunits.models import OrgUnit, Role
from orgunits.roles.services import grant_role
from surveys.answering.tickets import answered_in
from surveys.cycles.recurrence import Rhythm, rule_for
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.mailing.recorded import count_as_sent
from surveys.models import Cycle, Question, Wave

from . import comments, municipality, stories
from .agreed import plan_agreed
from .finishing import Finishing, beside_where_possible
from .indicators import upload_indicators
from .newcomers import ask_newcomers
from .own_questions import add_own_questions

SLUG = municipality.SLUG
UNFINISHED = f"{SLUG}-in-aanbouw"
PASSWORD = "kijk-rond-2026"  # noqa: S105 - printed at every start; the demo holds nothing real
SEED = 22
WAVES = stories.WAVES
WEEKS_APART = stories.WEEKS_APART
DAYS_OPEN = 7
FIRST_DAY = 8  # hours
REMINDER_AFTER = 3
SHARE_ALREADY_IN = 0.45  # of those who will answer the open wave
TRAITS_BEFORE = WAVES - 1  # the wave before which HR first told contracts, places and the like
PREPARATION = timedelta(days=30)
GRANTED = {
    "hr": Role.HR,
    "directeur": Role.DIRECTOR,
    "privacy": Role.PRIVACY_OFFICER,
    "it": Role.IT_ADMINISTRATOR,
}


@dataclass(frozen=True, slots=True)
class DemoLogin:
    role: Role
    email: str


@dataclass(frozen=True, slots=True)
class DemoLogins:
    password: str
    logins: tuple[DemoLogin, ...]


def logins() -> DemoLogins:
    roles = {**GRANTED, "teamleider": Role.MANAGER}
    order = ("hr", "directeur", "teamleider", "privacy", "it")
    return DemoLogins(PASSWORD, tuple(DemoLogin(roles[name], address(name)) for name in order))


def address(name: str) -> str:
    return f"{name}@{municipality.MAIL_DOMAIN}"


def build(now: datetime, *, finishing: Finishing = beside_where_possible) -> DemoLogins:
    """Make what is not there yet of the municipality. When it is whole, nothing happens."""
    if not is_whole():
        fill(now, finishing)
        Organisation.objects.filter(slug=UNFINISHED).update(slug=SLUG)
    return logins()


def is_whole() -> bool:
    return Organisation.objects.filter(slug=SLUG).exists()


def fill(now: datetime, finishing: Finishing) -> None:
    """In a transaction for each step, so that one who stops can go on later from where it was.

    Reading the waves for signals is left to the worker: that is a minute that nobody need wait for.
    """
    begun = Cycle.objects.filter(organisation__slug=UNFINISHED, kind=Cycle.Kind.RECURRING).first()
    first_day = begun.starts_on if begun else first_day_before(now)
    recording = record(np.random.default_rng(SEED), first_day)
    without = replace(recording, people=[replace(one, traits={}) for one in recording.people])
    with finishing() as give:
        cycle = begun or found(without, first_day)
        replay = Replay(cycle, without, rounds=1)
        there = {wave.number: wave for wave in cycle.waves.all()}
        for number in range(1, WAVES):
            if number == TRAITS_BEFORE and number not in there:
                tell_traits(cycle.organisation, recording.people_before(number))
            wave = there.get(number) or replay.open(number)
            if wave.state == Wave.State.OPEN:
                replay.gather(wave)
            give(wave)
        if WAVES not in there:
            leave_open(replay, now)


def first_day_before(now: datetime) -> date:
    """So that the last wave opened yesterday."""
    return now.date() - timedelta(days=1, weeks=WEEKS_APART * (WAVES - 1))


# The recording


def record(chance: Generator, first_day: date) -> Recording:
    people = municipality.employ(municipality.own_groups(chance), chance, today=first_day)
    return Recording(
        people=people,
        questions=[RecordedQuestion(code, code, code, theme="") for code in stories.QUESTIONS],
        replies=replies(people, chance),
        moves=stories.moves(people),
        events=stories.events(people),
    )


def replies(people: list[Person], chance: Generator) -> dict[int, list[Reply]]:
    scores = stories.answers(people, chance)
    taking_part = stories.taking_part(people, chance)
    taking_part[-1] &= chance.random(len(people)) < SHARE_ALREADY_IN
    given = scores.astype(object)
    given[stories.skipped(people, chance)] = None
    texts = Texts(people, scores, chance)
    return {
        wave + 1: [
            Reply(people[place].employee_id, tuple(given[wave, place]), texts.of(wave, place))
            for place in np.flatnonzero(taking_part[wave]).tolist()
        ]
        for wave in range(WAVES)
    }


class Texts:
    """Who writes a comment, and about what: the question on which the person is furthest from its level.

    Or about what returns in one department.
    """

    def __init__(self, people: list[Person], scores: stories.Scores, chance: Generator) -> None:
        turned = np.array([code in stories.REVERSED for code in stories.QUESTIONS])
        distance = np.where(turned, 6 - scores, scores) - stories.levels()
        self.strongest = np.abs(distance).argmax(axis=2)
        self.is_satisfied = np.take_along_axis(distance, self.strongest[:, :, None], axis=2)[:, :, 0] > 0
        self.writes = chance.random(self.strongest.shape) < stories.writing(people)
        self.returns = chance.random(self.strongest.shape) < stories.returning(people)
        self.people = people
        self.chance = chance

    def of(self, wave: int, place: int) -> dict[str, str]:
        if not self.writes[wave, place]:
            return {}
        code = stories.QUESTIONS[self.strongest[wave, place]]
        is_satisfied = bool(self.is_satisfied[wave, place])
        language, name = self.people[place].language, self.people[place - 1].name
        if self.returns[wave, place]:
            return {"": comments.about_what_returns(self.chance, language=language)}
        return {"": comments.comment(code, is_satisfied, self.chance, language=language, name=name)}


# The organisation


@transaction.atomic
def found(recording: Recording, first_day: date) -> Cycle:
    """With its people, its users and a launched cycle."""
    now = datetime.combine(first_day, time(9), tzinfo=UTC) - PREPARATION
    organisation = found_organisation(municipality.NAME, founder=None, now=now, slug=UNFINISHED)
    import_people(organisation, content=people_file(recording.people), by=None, now=now)
    root: OrgUnit = OrgUnit.objects.get(organisation=organisation, depth=1)
    users = dict(grant_roles(root, now))
    plan = CyclePlan(
        name="Polsslag van Lindewaard",
        units=[root],
        questions=bank_questions(),
        recurrence=rule_for(Rhythm.FOUR_WEEKS, first_day),
        starts_on=first_day,
        days_open=DAYS_OPEN,
        reminder_after_days=REMINDER_AFTER,
    )
    add_own_questions(organisation, by=users[Role.HR], now=now)
    cycle = create_cycle(organisation, plan=plan, by=users[Role.HR], now=now)
    return launch_cycle(cycle, by=users[Role.HR], now=now)


def tell_traits(organisation: Organisation, people: list[Person]) -> None:
    """Only now, as filters take a second a wave to make: enough that the newest waves have them."""
    now = organisation.waves.get(number=TRAITS_BEFORE - 1).closes_at
    import_people(organisation, content=people_file(people), by=None, now=now)


def bank_questions() -> list[Question]:
    shared = Question._default_manager.filter(organisation=None, retired_at=None, code__in=stories.QUESTIONS)
    return sorted([*shared], key=lambda question: stories.QUESTIONS.index(question.code))


def grant_roles(root: OrgUnit, now: datetime) -> Iterator[tuple[Role, User]]:
    """The manager already has the role, from the import."""
    for name, role in GRANTED.items():
        user = user_for(root.organisation, address(name), by=None, now=now)
        grant_role(root, role, user=user, by=None, now=now)
        yield role, user
    # A weak hash, made in no time, of a password that is printed anyhow; signing in makes it a strong one.
    hasher = PBKDF2PasswordHasher()
    addresses = [login.email for login in logins().logins]
    User.objects.filter(email__in=addresses).update(
        password=hasher.encode(PASSWORD, hasher.salt(), iterations=1)
    )


@transaction.atomic
def leave_open(replay: Replay, now: datetime) -> None:
    """The last wave, with some answers in. The worker sends the others their mail, as with any wave."""
    wave = replay.open(WAVES)
    evening = wave.opened_at + timedelta(hours=FIRST_DAY)  # participation is counted up to an evening
    replay.answer(wave, replay.recording.replies[WAVES], until=evening)
    count_as_sent(wave.mails.filter(invitation__in=answered_in(wave)), now=wave.opened_at)
    chance = np.random.default_rng(SEED)
    ask_newcomers(replay.cycle, now=now, chance=chance)
    hr = User.objects.get(email=address("hr"))
    upload_indicators(replay.cycle, by=hr, now=now, chance=chance)
    plan_agreed(replay.cycle, now=now)
