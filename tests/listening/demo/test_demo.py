"""The demo is built once, through the product's services; its stories can be read from released figures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core import mail as mailbox
from django.db import connection
from django.db.models import QuerySet
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Organisation, User
from actions.models import Action
from listening.demo import build
from listening.demo.agreed import act_on_signal
from listening.demo.building import PASSWORD, SLUG, WAVES, logins
from listening.demo.indicators import MONTHS_BEHIND
from listening.embedded import DataFolder
from listening.tasks import Work, work_due
from orgunits.access import scope_of
from orgunits.models import ChangeEvent, Employee, OrgUnit, Role
from results.comments.queries import as_voices, pools_of, voices
from results.effects.comparing import Beginning
from results.effects.reading import before_and_after
from results.lagging.models import Indicator
from results.lagging.queries import clear_links
from results.lagging.services import compare_with_themes
from results.models import Release
from results.signals import queries as signals
from results.signals.digests import next_moment, queue_digests, send_digests
from results.signals.models import Signal
from results.signals.raising import read_wave
from results.signals.telling import why
from results.verdicts import judged_waves
from surveys.bank.hints import hints_of
from surveys.bank.rows import all_questions
from surveys.models import Cycle, Mail, Submission, Ticket, Wave
from tests import services
from tests.answered import who_answered
from tests.database import database_of_its_own
from tests.listening.test_supervisor import Run
from tests.processes import wait_until

pytestmark = pytest.mark.django_db
NOW = datetime.now(tz=UTC)
MAKE_DEMO = ["make", "--old-file=.venv/.as-locked", "demo"]
SECONDS_TO_START = 240  # when the machine is busy with other tests


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Run]:
    """Made once for this module, by the documented command, which was stopped halfway at first."""
    root = Path(tempfile.mkdtemp(prefix="polsslag-"))
    with django_db_blocker.unblock(), database_of_its_own("demo"):
        run = Run(DataFolder(root), command=MAKE_DEMO, environment=servers_of_its_own())
        run.start()
        wait_until(lambda: Wave.objects.count() >= 3, seconds=SECONDS_TO_START, what="a few waves")
        run.press_ctrl_c()
        assert Wave.objects.count() < WAVES
        run.start()
        run.wait_until_ready(SECONDS_TO_START)
        run.press_ctrl_c()
        assert run.left_over() == []
        yield run
    shutil.rmtree(root)


def servers_of_its_own() -> dict[str, str]:
    return {
        "DATABASE_URL": services.folder.database_url(str(connection.settings_dict["NAME"])),
        "REDIS_URL": settings.REDIS_URL,
        "TICK_SECONDS": "86400",  # nothing changes what has been made
    }


def test_servers_of_your_own_are_used_and_none_is_started(demo: Run) -> None:
    assert not demo.folder.postgres.exists()
    assert {log.stem for log in demo.folder.logs.iterdir()} == {"web", "worker", "beat"}


def test_what_a_start_that_was_stopped_left_half_made_is_completed(demo: Run) -> None:
    organisation = Organisation.objects.get()

    assert organisation.slug == SLUG
    assert list(pulses().order_by("number").values_list("number", flat=True)) == list(range(1, WAVES + 1))
    assert all(wave.passed for wave in judged_waves(organisation))


def test_it_prints_the_address_the_logins_and_the_mailbox(demo: Run) -> None:
    assert f"runs at http://127.0.0.1:{demo.port} " in demo.output
    assert f"Invitations to answer: http://127.0.0.1:{demo.port}/mailbox/" in demo.output
    assert PASSWORD in demo.output
    assert all(login.email in demo.output for login in logins().logins)


@pytest.fixture(scope="module")
def heads(demo: Run, django_db_blocker: DjangoDbBlocker) -> list[Signal]:
    """What signals tell in the end. Of the waves before, one in three is read: all take a minute more."""
    with django_db_blocker.unblock():
        organisation = Organisation.objects.get(slug=SLUG)
        for wave in signals.unread_waves(organisation):
            if wave.number % 3 == 0 or wave.number == WAVES - 1:
                read_wave(wave, now=NOW)
        return signals.heads(organisation, OrgUnit.objects.filter(organisation=organisation))


def pulses() -> QuerySet[Wave]:
    return Wave.objects.filter(organisation__slug=SLUG, kind=Cycle.Kind.RECURRING)


def means(unit: str, question: str) -> dict[int, float]:
    found = Release.objects.filter(unit__name=unit, question__code=question, wave__in=pulses()).order_by(
        "wave__number"
    )
    return {number: mean or 0.0 for number, mean in found.values_list("wave__number", "mean")}


def test_it_is_a_municipality_of_some_size(demo: Run) -> None:
    organisation = Organisation.objects.get(slug=SLUG)
    units = OrgUnit.objects.filter(organisation=organisation).current()

    assert 1_100 < Employee.objects.filter(organisation=organisation).count() < 1_300
    assert units.filter(depth=4).count() > 85
    assert ChangeEvent.objects.filter(organisation=organisation).count() == 9


def test_two_years_are_closed_and_one_wave_is_open_since_yesterday(demo: Run) -> None:
    waves = Wave.objects.filter(pk__in=pulses())
    open_wave = waves.open().get()

    assert waves.closed().count() == WAVES - 1
    assert timedelta(0) < NOW - open_wave.opened_at < timedelta(days=2)
    assert NOW - waves.earliest("opened_at").opened_at > timedelta(days=690)
    assert {cycle.state for cycle in Cycle.objects.filter(organisation__slug=SLUG)} == {Cycle.State.ACTIVE}


def test_some_have_answered_the_open_wave_and_the_others_have_mail_due(demo: Run) -> None:
    open_wave = pulses().get(state=Wave.State.OPEN)
    answered = len(who_answered(open_wave))

    assert Submission.objects.filter(wave=open_wave).count() == answered > 300
    assert set(Ticket.objects.filter(wave=open_wave).values_list("day", flat=True)) == {
        open_wave.opened_at.date()
    }
    assert Mail.objects.due(NOW).filter(wave=open_wave).count() == open_wave.invitations.count() - answered
    assert not Mail.objects.filter(organisation__slug=SLUG).due(NOW).exclude(wave=open_wave).exists()


def test_each_role_has_a_login_with_the_told_password(demo: Run) -> None:
    assert [login.role for login in logins().logins] == [
        Role.HR,
        Role.DIRECTOR,
        Role.MANAGER,
        Role.PRIVACY_OFFICER,
        Role.IT_ADMINISTRATOR,
    ]
    assert authenticate(email=logins().logins[0].email, password=PASSWORD) is not None
    for login in logins().logins:
        scope = scope_of(User.objects.get(email=login.email), on=NOW.date())
        assert scope.has(login.role)


def test_the_it_administrator_and_the_privacy_officer_see_no_results(demo: Run) -> None:
    for login in logins().logins:
        if login.role in {Role.IT_ADMINISTRATOR, Role.PRIVACY_OFFICER}:
            assert scope_of(User.objects.get(email=login.email), on=NOW.date()).result_paths == ()


def test_one_directorate_works_less_and_less_well_with_others(demo: Run) -> None:
    stadsbeheer = means("Directie Stadsbeheer", "cooperation_1")
    whole = means("Gemeente Lindewaard", "cooperation_1")

    assert abs(stadsbeheer[13] - stadsbeheer[1]) < 0.2
    assert stadsbeheer[25] - stadsbeheer[13] < -0.4
    assert whole[25] - whole[13] > -0.3


def test_the_new_system_brings_hassle_while_the_instructions_stay_clear(demo: Run) -> None:
    hassle = means("Vergunningen en Toezicht", "friction_3")
    clarity = means("Vergunningen en Toezicht", "clarity_on_paper_1")

    assert hassle[10] - hassle[9] > 0.5  # agreeing is unfavourable
    assert abs(clarity[10] - clarity[9]) < 0.3


def test_one_department_splits_over_its_priorities(demo: Run) -> None:
    def distance(wave: int) -> float:
        release = Release.objects.get(
            unit__name="Ruimtelijke Ontwikkeling",
            question__code="priorities_2",
            wave__in=pulses().filter(number=wave),
        )
        return (release.low or 0) / release.n

    assert distance(25) - distance(5) > 0.1


def test_care_loses_energy_slowly_and_one_team_recovers(demo: Run) -> None:
    care, team = means("Zorg en Wmo", "energy_1"), means("Telefonie Ochtend", "energy_1")

    assert care[25] - care[5] < -0.3
    assert team[25] - team[14] > 0.5


# What was planted: where, what it is told as, and the first wave in which it shows.
PLANTED = {
    ("Directie Stadsbeheer", "cooperation", "cooperation"): 14,
    ("Vergunningen en Toezicht", "friction", "friction"): 10,
    ("Publiekszaken", "friction", "friction"): 10,
    ("Zorg en Wmo", "drift", "energy"): 6,
    ("Zorg en Wmo", "drift", "change"): 6,
    ("Jeugd en Gezin", "drift", "energy"): 14,
    ("Ruimtelijke Ontwikkeling", "disagreement", "priorities"): 9,
    ("Werk en Inkomen", "topic", None): 22,
}


def test_each_story_is_told_of_its_unit_from_about_when_it_began_and_nothing_else_is(
    heads: list[Signal],
) -> None:
    likely = {
        (one.unit.name, one.kind, one.theme.code if one.theme else None): one.evidence
        for one in heads
        if one.evidence["probability"] > 0.8
    }
    assert likely.keys() == PLANTED.keys()
    for key, first in PLANTED.items():
        told = likely[key]
        assert told["earliest"] + 1 <= first <= told["latest"] + 1, key


@pytest.mark.parametrize(
    ("language", "turned"),
    [("nl", "(omgedraaid: hoger is beter)"), ("en", "(turned round: higher is better)")],
)
def test_hassle_that_grows_is_not_told_as_if_people_agreed_less_with_having_it(
    heads: list[Signal], language: str, turned: str
) -> None:
    questions = signals.questions_of(heads)
    with translation.override(language):
        told = {one: why(one, questions) for one in heads}
    assert {one.theme.code for one, words in told.items() if turned in words and one.theme} == {
        "cooperation",
        "friction",
    }


def test_a_team_that_acted_came_back_more_than_others_did(heads: list[Signal]) -> None:
    action = Action.objects.get(unit__name="Telefonie Ochtend")
    fallen = Signal.objects.get(unit=action.unit, kind=Signal.Kind.DRIFT, theme=action.theme)
    assert fallen.wave.closes_at.date() < action.starts_on
    assert fallen.fell_back_after is not None

    found = before_and_after(Beginning(action.unit, action.starts_on, theme=action.theme)).themes[0]
    assert found.theme == action.theme
    assert found.effect.lowest > 0


def test_units_did_something_with_what_they_saw(heads: list[Signal], settings: Settings) -> None:
    def state(unit: str) -> str:
        return Action.objects.get(unit__name=unit).state(NOW.date())

    states = {name: state(name) for name in ("Zorg en Wmo", "Directie Stadsbeheer", "Werk en Inkomen")}
    assert states == {
        "Zorg en Wmo": Action.State.OVERDUE,
        "Directie Stadsbeheer": Action.State.PLANNED,
        "Werk en Inkomen": Action.State.STOPPED,
    }

    settings.POLSSLAG_ENV = "demo"
    acting = Work("listening.tasks.act_on_signal")
    assert acting in work_due(NOW)
    act_on_signal(now=NOW)
    assert acting not in work_due(NOW)
    running = Action.objects.get(signal__isnull=False)
    assert running.state(NOW.date()) == Action.State.RUNNING
    assert running.signal == next(one for one in heads if one.unit == running.unit)


def test_sick_leave_followed_energy_and_nothing_else_ran_ahead_of_anything(demo: Run) -> None:
    organisation = Organisation.objects.get(slug=SLUG)
    indicators = Indicator.objects.filter(organisation=organisation)
    assert indicators.count() == 3
    for indicator in indicators:
        compare_with_themes(indicator.pk, now=NOW)
    [[link]] = clear_links(organisation).values()
    assert (link.indicator.name, link.theme.code) == ("Ziekteverzuim", "energy")
    assert link.earliest <= MONTHS_BEHIND <= link.latest
    assert link.correlation < 0


def test_the_question_that_returns_in_one_department_is_told_there_and_by_mail(
    heads: list[Signal],
) -> None:
    [signal] = [one for one in heads if one.kind == Signal.Kind.TOPIC]
    told = signal.evidence
    assert signal.unit.name == "Werk en Inkomen"
    assert told["terms"][0] == "energietoeslag"
    assert told["now"] > 0.5 * told["of_now"]
    assert told["before"] < 0.1 * told["of_before"]
    everywhere = OrgUnit.objects.filter(organisation=signal.organisation)
    parts = signals.parts(signal.organisation, everywhere, [signal])
    assert {part.unit.name for part in parts} >= {"Directie Sociaal Domein"}

    queue_digests(signal.wave, now=signal.wave.closes_at)
    send_digests(now=next_moment(signal.organisation, signal.wave.closes_at))
    [mail] = [one for one in mailbox.outbox if one.to == ["directeur@lindewaard.example"]]
    assert "energietoeslag" in str(mail.body)
    assert "Werk en Inkomen" in str(mail.body)


def test_newcomers_are_asked_and_a_quarter_of_them_has_figures(demo: Run) -> None:
    running, closed = Wave.objects.filter(organisation__slug=SLUG, kind=Cycle.Kind.ONBOARDING)

    assert (running.state, closed.state) == (Wave.State.OPEN, Wave.State.CLOSED)
    assert running.invitations.count() > 5
    assert Release.objects.filter(wave=closed, unit__name="Gemeente Lindewaard").exists()


def test_a_second_time_it_finds_what_is_there(demo: Run) -> None:
    before = Wave.objects.count()

    build(NOW + timedelta(days=3))
    assert Wave.objects.count() == before


def test_it_has_questions_of_its_own_in_both_languages(demo: Run) -> None:
    own = all_questions().filter(organisation__slug=SLUG)
    assert {question.kind for question in own} == {"agreement", "choice"}
    assert not any(hints_of(question) for question in own)


def test_what_people_wrote_can_be_read_with_names_taken_out(demo: Run) -> None:
    wave = pulses().filter(state=Wave.State.CLOSED).order_by("-number")[0]
    root = OrgUnit.objects.get(organisation__slug=SLUG, depth=1)
    pools = pools_of(wave, root)
    assert len(pools) >= 2
    texts = [one.text for one in as_voices(voices(pools, with_hidden_of=[one.pk for one in pools]))]
    assert len(texts) >= 50
    assert any("[na" in text for text in texts)
    assert len({text.split(".")[0] for text in texts}) > 20
