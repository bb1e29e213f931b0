"""A mail to whoever asked for a long import, when it is done."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Organisation, User
from orgunits.imports import notices, steps
from orgunits.imports.services import ask_to_apply, ask_to_undo, upload
from orgunits.models import ImportRun
from tests.factories import OrganisationFactory, UserFactory
from tests.orgunits.people_files import MONDAY, as_csv, bring_in, person, preview_import, work
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

ROWS = [person("a", "City/Care"), person("b", "City/Care")]


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory.create(name="City", language="nl")


@pytest.fixture
def hr(city: Organisation) -> User:
    return UserFactory.create(organisation=city, email="hr@city.example", language="en")


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many here."""
    monkeypatch.setattr(notices, "LONG", 2)


def previewed(city: Organisation, by: User | None, rows: list[dict[str, object]] = ROWS) -> ImportRun:
    return preview_import(city, file_name="people.csv", content=as_csv(rows), by=by, now=MONDAY)


def subjects() -> list[str]:
    return [str(message.subject) for message in mail.outbox]


def test_a_short_import_sends_no_mail(city: Organisation, hr: User) -> None:
    previewed(city, hr)
    assert subjects() == []


@pytest.mark.usefixtures("long")
def test_each_step_of_a_long_one_sends_one_mail_to_who_asked(city: Organisation, hr: User) -> None:
    run = previewed(city, hr)
    assert subjects() == ["people.csv has been read"]
    colleague = UserFactory.create(organisation=city, email="it@city.example", language="nl")
    ask_to_apply(run, by=colleague, now=MONDAY)
    work()
    run.refresh_from_db()
    ask_to_undo(run, by=hr, now=MONDAY)
    work()
    assert [message.to for message in mail.outbox] == [
        ["hr@city.example"],
        ["it@city.example"],
        ["hr@city.example"],
    ]
    assert subjects()[1:] == [
        "people.csv is geïmporteerd",
        "The import of people.csv has been undone",
    ]


@pytest.mark.usefixtures("long")
def test_the_mail_leads_to_the_page_of_the_import_and_names_nobody(city: Organisation, hr: User) -> None:
    run = previewed(city, hr)
    (message,) = mail.outbox
    assert f"/people/import/{run.pk}/" in message.body
    assert "Nothing has changed yet." in message.body
    assert "Jansen" not in message.body


@pytest.mark.usefixtures("long")
def test_a_file_with_errors_says_so(city: Organisation, hr: User) -> None:
    previewed(city, hr, [person("a", email="no address"), person("b"), person("c")])
    assert subjects() == ["people.csv has errors"]
    assert "There is 1 problem in the file." in mail.outbox[0].body


@pytest.mark.usefixtures("long")
def test_a_second_worker_sends_no_second_mail(city: Organisation, hr: User) -> None:
    previewed(city, hr)
    steps.take_next_step(MONDAY)
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("long")
def test_a_worker_that_dies_before_the_step_is_written_down_sends_nothing(
    city: Organisation, hr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(city, file_name="people.csv", content=as_csv(ROWS), by=hr, now=MONDAY)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "read", lambda run: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            steps.take_next_step(MONDAY)
    assert subjects() == []
    work()
    assert subjects() == ["people.csv has been read"]


@pytest.mark.usefixtures("long")
def test_what_has_to_be_compared_anew_is_told_with_the_reason(city: Organisation, hr: User) -> None:
    run = previewed(city, hr)
    ask_to_apply(run, by=hr, now=MONDAY)
    bring_in(city, ROWS[0])
    work()
    assert subjects() == ["people.csv has been read", "Please look at your import of people.csv"]
    assert "changed since this preview" in mail.outbox[1].body


@pytest.mark.usefixtures("long")
def test_a_mail_server_that_is_down_does_not_undo_the_import(
    city: Organisation, hr: User, smtp_server: SmtpServer
) -> None:
    smtp_server.down()
    assert previewed(city, hr).state == ImportRun.State.PREVIEWED
