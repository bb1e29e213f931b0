"""The documented command on an empty folder, and then by its pages alone to a mail that is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
import requests

from listening.embedded import DataFolder
from tests.listening.test_supervisor import Run
from tests.orgunits.people_files import as_csv, person
from tests.processes import wait_until
from tests.smtp import SmtpServer

PASSWORD = "a-long-enough-password"
PEOPLE = [person(f"care{number}", "Waterveen/Zorg", language="en") for number in range(6)]
# Without the step that brings the packages in, which other tests and all tests at once rely on.
MAKE_UP = ["make", "--old-file=.venv/.as-locked", "up"]


@dataclass
class Hands:
    """Opens pages and sends their forms, as a browser without script does."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)
    page: requests.Response = field(default_factory=requests.Response)

    def open(self, address: str) -> str:
        self.page = self.session.get(self.base + address, timeout=20)
        assert self.page.status_code == 200, (address, self.page.status_code)
        return self.page.text

    def send(self, fields: dict[str, str], action: str = "", *, file: bytes | None = None) -> str:
        """The form of the page that goes to this address, or else the page's own."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page.text)
        hidden = {"csrfmiddlewaretoken": token[1]} if token else {}
        address = self.base + action if action else self.page.url
        assert not action or f'action="{action}"' in self.page.text
        files = {"file": ("people.csv", file)} if file else None
        self.page = self.session.post(
            address, hidden | fields, files=files, headers={"referer": self.page.url}, timeout=20
        )
        assert self.page.status_code == 200, (address, self.page.status_code, self.page.text[:2000])
        return self.page.text

    def wait_for(self, words: str) -> str:
        """On this page, which someone would look at again."""
        address = self.page.url.removeprefix(self.base)
        wait_until(lambda: words in self.open(address), what=words)
        return self.page.text

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)


@pytest.fixture
def mails() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.up()
    yield server
    server.down()


@pytest.fixture
def up(folder: DataFolder, mails: SmtpServer) -> Iterator[Run]:
    run = Run(folder, command=MAKE_UP, environment={"EMAIL_URL": mails.url, "TICK_SECONDS": "1"})
    run.start()
    run.wait_until_ready()
    yield run
    run.press_ctrl_c()
    assert run.left_over() == []


def make_the_first_wave_due(folder: DataFolder) -> None:
    """As a week later."""
    with psycopg.connect(folder.database_url(), autocommit=True) as connection:
        changed = connection.execute("UPDATE surveys_cycle SET next_opens_at = now() WHERE state = 'active'")
    assert changed.rowcount == 1


@pytest.mark.processes
def test_make_up_leads_from_an_empty_folder_to_a_mail_that_is_answered(up: Run, mails: SmtpServer) -> None:
    hands = Hands(f"http://127.0.0.1:{up.port}")
    hands.session.headers["accept-language"] = "en"
    founder = {"organisation": "Waterveen", "name": "Noor Bakker", "email": "noor@waterveen.example"}
    founder |= {"language": "en", "password": PASSWORD, "password_again": PASSWORD}
    assert "Name of the organisation" in hands.open("/welcome/")
    hands.send(founder)
    assert hands.path == "/people/import/"

    hands.send({}, file=as_csv(PEOPLE))
    hands.wait_for("Apply these changes")
    hands.send({}, f"{hands.path}apply/")
    hands.wait_for("Applied on")

    hands.open("/cycles/new/")
    hands.send({"begin": "pulse"})
    assert "6 people in Waterveen" in hands.page.text
    hands.open(hands.path.replace("/edit/", "/launch/"))
    assert "The cycle has been launched." in hands.send({})
    make_the_first_wave_due(up.folder)
    wait_until(lambda: len(mails.mails) == len(PEOPLE), what="a mail to everyone")
    assert sorted(mails.addresses()) == sorted(str(one["email"]) for one in PEOPLE)

    [link] = set(re.findall(r"http://[\w.:]+(/a/[\w-]+/)(?=[\s#])", mails.mails[0].text))
    employee = Hands(hands.base)
    choices = re.findall(r'name="([\w-]+)"\s+value="4"', employee.open(link))
    assert choices
    employee.send(dict.fromkeys(choices, "4"))
    assert "?sent" in employee.page.url
    assert "Pulse 1" in hands.open("/today/")
