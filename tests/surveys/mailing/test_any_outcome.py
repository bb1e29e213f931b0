"""Whatever servers, workers and people do, in any order: one mail of a kind at most, and none forgotten."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail import EmailMessage
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from surveys.answering.tickets import has_answered
from surveys.mailing.services import release_stuck_mail, send_due_mail
from surveys.mailing.smtp import EmailBackend
from surveys.models import Mail, Wave
from tests.answered import have_answered

from .factories import NOW, make_mails, make_organisation, make_wave, queue

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Goes through our code as a kill would: none of it may still change a row."""


LOST = SMTPServerDisconnected("Connection unexpectedly closed")


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to one mail at the server, and what the worker notices of it."""

    accepted: bool = False
    body_sent: bool = False
    error: BaseException | None = None


EVENTS = {
    "accepted": Event(accepted=True, body_sent=True),
    "accepted, and the reply lost": Event(accepted=True, body_sent=True, error=LOST),
    "lost after the message": Event(body_sent=True, error=LOST),
    "lost before the message": Event(error=LOST),
    "no such person": Event(error=SMTPRecipientsRefused({"": (550, b"No such person")})),
    "greylisted": Event(error=SMTPRecipientsRefused({"": (451, b"Later")})),
    "sender refused": Event(error=SMTPSenderRefused(421, b"Too many", "")),
    "message refused": Event(body_sent=True, error=SMTPDataError(554, b"Spam")),
    "message put off": Event(body_sent=True, error=SMTPDataError(451, b"Later")),
    "killed before": Event(error=Killed()),
    "killed after": Event(accepted=True, body_sent=True, error=Killed()),
}


class EventfulBackend(EmailBackend):
    """Our SMTP backend without the network: the events come from the plan, and then all is well."""

    plan: Iterator[str] = iter(())
    refuses_connections = False
    accepted: Counter[int] = Counter()  # times by mail
    body_sent = False

    def open(self) -> bool | None:
        if self.refuses_connections:
            raise ConnectionRefusedError
        return True

    def close(self) -> None:
        pass

    def send_messages(self, email_messages: Any) -> int:
        [message] = email_messages
        event = EVENTS[next(self.plan, "accepted")]
        self.body_sent = event.body_sent
        if event.accepted:
            self.accepted[row_of(message)] += 1
        if event.error:
            raise event.error
        return 1


def row_of(message: EmailMessage) -> int:
    return Mail.objects.get(message_id=message.extra_headers["Message-ID"]).pk


def steps() -> st.SearchStrategy[tuple[str, Any]]:
    person = st.integers(0, 3)
    return st.one_of(
        st.tuples(st.just("send"), st.lists(st.sampled_from(sorted(EVENTS)), max_size=4)),
        st.tuples(st.just("no server"), st.none()),
        st.tuples(st.just("wait"), st.sampled_from([1, 6, 30, 600])),
        st.tuples(st.just("release"), st.none()),
        st.tuples(st.just("remind"), person),
        st.tuples(st.just("answer"), person),
        st.tuples(st.just("stop reminders"), person),
    )


@dataclass(slots=True)
class World:
    wave: Wave
    people: list[Mail]
    now: datetime = NOW

    def do(self, step: str, detail: Any) -> None:
        invitation = self.people[detail].invitation if isinstance(detail, int) and detail < 4 else None
        match step:
            case "send":
                EventfulBackend.plan = iter(detail)
                with suppress(Killed):
                    send_due_mail(self.wave.organisation, now=self.now)
            case "no server":
                EventfulBackend.refuses_connections = True
                send_due_mail(self.wave.organisation, now=self.now)
                EventfulBackend.refuses_connections = False
            case "wait":
                self.now += timedelta(minutes=detail)
            case "release":
                release_stuck_mail(self.now)
            case "remind" if invitation and not invitation.mails.filter(kind="reminder").exists():
                queue(invitation, kind=Mail.Kind.REMINDER, due_at=self.now)
            case "answer" if invitation and not has_answered(self.wave, invitation.pk):
                have_answered([invitation])
            case "stop reminders" if invitation:
                self.wave.invitations.filter(pk=invitation.pk).update(reminders_stopped=True)

    def check(self) -> None:
        for mail in self.wave.mails.all():
            times = EventfulBackend.accepted[mail.pk]
            assert times <= 1, mail.state
            if times:
                assert mail.state in {"sending", "sent", "unconfirmed"}
            else:
                assert mail.state != "sent"
            assert (mail.sent_at is not None) == (mail.state == "sent")


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps(), min_size=3, max_size=14))
def test_any_course_of_events(settings: Settings, plan: list[tuple[str, Any]]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.EventfulBackend"
    EventfulBackend.accepted = Counter()
    wave = make_wave(make_organisation(), questions=0)
    world = World(wave, make_mails(wave, 4))
    for step, detail in plan:
        world.do(step, detail)
        world.check()
    for _ in range(4):
        world.now += timedelta(days=2)
        world.do("release", None)
        world.do("send", [])
    world.check()
    assert set(wave.mails.values_list("state", flat=True)) <= {"sent", "unconfirmed", "refused", "cancelled"}
