"""A small municipality with two closed waves and an open one, as the pages of a browser test show it."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts.models import Organisation, User
from orgunits.access import scope_of
from orgunits.imports.services import read_file, upload
from orgunits.imports.steps import take_next_step
from orgunits.models import ChangeEvent, Employee, ImportRun, OrgUnit, Role
from results.mixing import mix
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.answering.services import Answers, submit
from surveys.answering.tickets import answered_in
from surveys.cycles.drafts import empty_plan, start_draft
from surveys.cycles.services import CyclePlan, create_cycle, launch_cycle
from surveys.cycles.templates import TEMPLATES
from surveys.letters.services import fetch_letters, make_letters, order_letters
from surveys.mailing.recorded import count_as_sent
from surveys.mailing.refused import note_refused
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Cycle, Invitation, LetterRun, Mail, Question, QuietPeriod, Wave, WaveQuestion
from surveys.waves.services import open_wave, stop_accepting
from tests.factories import OrganisationFactory, RoleGrantFactory, UserFactory, unit_tree

SIZES = {
    "Waterveen": 3,
    "Waterveen/Zorg": 4,
    "Waterveen/Zorg/Wijkteam Noord": 14,
    "Waterveen/Zorg/Wijkteam Zuid": 3,
    "Waterveen/Openbare ruimte": 60,
}
TEAM, SMALL_TEAM, DEPARTMENT = (f"Waterveen/Zorg{name}" for name in ("/Wijkteam Noord", "/Wijkteam Zuid", ""))
LATER_QUESTIONS = ("workload_2", "workload_3", "energy_2")  # others: both ask the same people
QUESTIONS = ("cooperation_1", "cooperation_3", "priorities_1", "energy_1", "workload_1", "recommendation_1")
OPEN_QUESTION = "energy_open"
PASSWORD = "a-long-enough-password"
PEOPLE = b"""employee_id,email,first_name,last_name,unit_path,manager_email
E1,noor@waterveen.example,Noor,Bakker,Waterveen,
E2,sam@waterveen.example,Sam,Visser,Waterveen/Zorg,noor@waterveen.example
"""
WRONG_PEOPLE = b"""employee_id,email,first_name,last_name,unit_path,manager_email
E1,noor@waterveen,Noor,Bakker,Waterveen,
E1,sam@waterveen.example,Sam,Visser,Waterveen//Zorg,nobody@waterveen.example
"""


@dataclass
class Town:
    organisation: Organisation
    units: dict[str, OrgUnit]
    users: dict[str, User] = field(default_factory=dict)
    users_language: str = "en"

    @property
    def _usual(self) -> QuerySet[Cycle]:
        return Cycle.objects.filter(organisation=self.organisation, kind=Cycle.Kind.RECURRING)

    @property
    def cycle(self) -> Cycle:
        return self._usual.get(state=Cycle.State.ACTIVE)

    @property
    def draft(self) -> Cycle:
        return self._usual.get(name="Werkdruk")

    @property
    def wave(self) -> Wave:
        return Wave.objects.open().get(cycle__in=self._usual)

    def started(self, template: str = "") -> Cycle:
        """A draft as the builder begins it: from a template, or empty."""
        scope = scope_of(self.users["hr"], on=timezone.localdate())
        today = timezone.localdate()
        with translation.override("nl"):
            plans = {one.key: one.plan(scope, today=today) for one in TEMPLATES if one.key == template}
            plan = plans.get(template) or empty_plan([], today=today)
        return start_draft(self.organisation, plan=plan, by=self.users["hr"], now=timezone.now())

    def quiet(self, name: str, *, on: date, days: int) -> None:
        """A period without questions, made once."""
        last_day = on + timedelta(days=days - 1)
        QuietPeriod.objects.get_or_create(
            organisation=self.organisation, name=name, first_day=on, last_day=last_day
        )

    def changed(self, name: str, path: str) -> None:
        """Something that changed in the work of a unit ten days ago, recorded once."""
        ChangeEvent.objects.get_or_create(
            organisation=self.organisation,
            name=name,
            kind="system",
            on=timezone.localdate() - timedelta(days=10),
            unit=self.units[path],
        )

    def with_password(self, name: str) -> User:
        user = self.users[name]
        user.set_password(PASSWORD)
        user.save()
        return user

    def unit(self, path: str) -> OrgUnit:
        return self.units[path]

    def link(self, path: str, *, answered: bool = False) -> str:
        """The address of the answering page of someone in the unit who has no link yet."""
        wave = self.wave
        mails = Mail.objects.filter(wave=wave, token_hash=None).exclude(invitation__in=answered_in(wave))
        mail = mails.filter(invitation__unit=self.units[path]).select_related("invitation").order_by("pk")[0]
        token = new_token()
        Mail.objects.filter(pk=mail.pk).update(token_hash=token_hash(token))
        if answered:
            submit(wave, [answer(mail.invitation, wave, random.Random(1))], now=timezone.now())
        return f"/a/{token}/"

    def old_link(self, path: str) -> str:
        """The link of someone in the unit into the last wave that closed."""
        wave = self.cycle.waves.closed()[0]
        mail = Mail.objects.filter(wave=wave, invitation__unit=self.units[path], token_hash=None)[0]
        token = new_token()
        Mail.objects.filter(pk=mail.pk).update(token_hash=token_hash(token))
        return f"/a/{token}/"

    def letter(self, path: str) -> str:
        """The address in the QR code of someone's letter in the unit."""
        link = self._letters(path)[0]["link"]
        return link[link.index("/a/") :]

    def codes(self, path: str) -> list[str]:
        """The codes to type on letters to those in the unit who have not answered yet."""
        waiting = self.wave.invitations.exclude(pk__in=answered_in(self.wave))
        numbers = set(waiting.values_list("employee__employee_id", flat=True))
        return [row["code"] for row in self._letters(path) if row["employee_number"] in numbers]

    def _letters(self, path: str) -> list[dict[str, str]]:
        run = order_letters(
            self.wave,
            audience=LetterRun.Audience.UNITS,
            form=LetterRun.Form.CSV,
            units=[self.units[path]],
            by=self.users["hr"],
            now=timezone.now(),
        )
        make_letters(run.pk, now=timezone.now())
        run.refresh_from_db()
        rows = fetch_letters(run, by=None, now=timezone.now()).decode("utf-8-sig").splitlines()
        return list(csv.DictReader(rows, delimiter=";"))

    def refuse(self, path: str) -> None:
        """A mail server no longer knows someone of the unit."""
        mails = Mail.objects.filter(
            wave=self.wave, invitation__unit=self.units[path], kind=Mail.Kind.INVITATION
        )
        mail = mails.select_related("invitation").order_by("-pk")[0]
        words = "550 5.1.1 User unknown"
        Mail.objects.filter(pk=mail.pk).update(state=Mail.State.REFUSED, error=words)
        note_refused(mail, words, now=timezone.now())

    def refused_run(self, content: bytes) -> ImportRun:
        """As a preview makes it, but without forgetting what earlier files said."""
        with translation.override(self.users_language):
            problems = read_file(self.organisation, "people.csv", content).problems
        return ImportRun.objects.create(
            organisation=self.organisation,
            file_name="people.csv",
            uploaded_at=timezone.now(),
            state=ImportRun.State.REFUSED,
            errors=[problem.as_json() for problem in problems.in_order()],
            summary={"problems": problems.count},
        )

    def previewed_run(self, content: bytes) -> ImportRun:
        run = upload(self.organisation, file_name="people.csv", content=content, by=None, now=timezone.now())
        take_next_step(timezone.now())
        run.refresh_from_db()
        return run


def town(*, closed_waves: int = 2, language: str = "") -> Town:
    """The open wave began today, the closed ones a week and two weeks ago. `language`: of everybody in it;
    else employees read Dutch and users English."""
    organisation = OrganisationFactory.create(
        name="Waterveen", reply_to="hr@waterveen.example", language=language or "nl"
    )
    units = unit_tree(*SIZES, organisation=organisation)
    built = Town(organisation, units, users_language=language or "en")
    hire(built)
    built.users = {
        "hr": user(built, "hr", Role.HR, "Waterveen"),
        "director": user(built, "director", Role.DIRECTOR, "Waterveen"),
        "lead": user(built, "lead", Role.MANAGER, TEAM),
        "small": user(built, "small", Role.MANAGER, SMALL_TEAM),
        "privacy": user(built, "privacy", Role.PRIVACY_OFFICER, "Waterveen"),
    }
    play(built, waves=closed_waves + 1)
    return built


def hire(built: Town) -> None:
    for path, size in SIZES.items():
        start = Employee.objects.count()
        Employee.objects.bulk_create(
            Employee(
                organisation=built.organisation,
                unit=built.units[path],
                employee_id=f"W{number}",
                email=f"w{number}@waterveen.example",
                first_name="Noor",
                last_name=f"Bakker {number}",
                language=built.organisation.language,
            )
            for number in range(start, start + size)
        )


def user(built: Town, name: str, role: Role, path: str) -> User:
    made = UserFactory.create(
        organisation=built.organisation, email=f"{name}@waterveen.example", language=built.users_language
    )
    RoleGrantFactory.create(user=made, role=role, unit=built.units[path])
    return made


def play(built: Town, *, waves: int) -> None:
    chance = random.Random(5)
    first_day = timezone.localdate() - timedelta(days=7 * (waves - 1))
    now = timezone.make_aware(datetime.combine(first_day, time(0))) - timedelta(days=1)
    questions = [*Question.objects.filter(organisation=None, code__in=[*QUESTIONS, OPEN_QUESTION])]
    plan = CyclePlan(
        name="Polsslag",
        units=[built.units["Waterveen"]],
        questions=questions,
        recurrence="FREQ=DAILY;INTERVAL=7",
        starts_on=first_day,
        send_at=time(0),
        days_open=6,
    )
    cycle = launch_cycle(create_cycle(built.organisation, plan=plan, by=None, now=now), by=None, now=now)
    create_cycle(built.organisation, plan=later(plan), by=None, now=now)
    for number in range(1, waves + 1):
        cycle.refresh_from_db()
        assert cycle.next_opens_at
        wave = open_wave(cycle, now=cycle.next_opens_at)
        assert wave
        count_as_sent(Mail.objects.filter(wave=wave), now=wave.opened_at)
        share = 0.8 if number < waves else 0.2
        answering = [one for one in wave.invitations.order_by("pk") if chance.random() < share]
        moment = wave.opened_at + timedelta(seconds=1)
        submit(wave, [answer(one, wave, chance) for one in answering], now=moment)
        if number < waves:
            mix(wave.pk)
            stop_accepting(wave.pk, now=wave.closes_at)
            assert close_wave(wave.pk, now=wave.closes_at)
            audit_wave(wave.pk, now=wave.closes_at)


def later(plan: CyclePlan) -> CyclePlan:
    return CyclePlan(
        name="Werkdruk",
        units=plan.units,
        questions=[*Question.objects.filter(organisation=None, code__in=LATER_QUESTIONS)],
        recurrence="FREQ=MONTHLY;BYDAY=1TU",
        starts_on=timezone.localdate() + timedelta(days=30),
    )


SAID = (
    "Het overleg op maandag helpt: iedereen weet wat er die week moet gebeuren.",
    "Bel Noor maar op 06-12345678, die weet er alles van.",
    "Het systeem loopt elke middag vast.\n\nDan wachten we een uur, en dat halen we niet meer in.",
)


def answer(invitation: Invitation, wave: Wave, chance: random.Random) -> Answers:
    scores = [score(question, chance) for question in wave.questions.all()]
    return Answers(invitation.pk, scores, {"": SAID[invitation.pk % len(SAID)]})


def score(question: WaveQuestion, chance: random.Random) -> int | None:
    if question.kind == WaveQuestion.Kind.OPEN:
        return None
    return chance.randint((question.lowest + question.highest) // 2 - 1, question.highest)
