"""The first question stands in the mail, its choices as links; nothing is recorded by following one."""

from __future__ import annotations

import re

import pytest

from surveys.mailing.services import send_due_mail
from surveys.models import Wave, WaveQuestion
from tests.smtp import ReceivedMail, SmtpServer

from .factories import NOW, make_mail

pytestmark = pytest.mark.django_db(transaction=True)


def sent(wave: Wave, server: SmtpServer) -> ReceivedMail:
    make_mail(wave)
    send_due_mail(wave.organisation, now=NOW)
    return server.mails[0]


def html(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_each_choice_leads_to_itself_on_the_answering_page(wave: Wave, smtp_server: SmtpServer) -> None:
    page = html(sent(wave, smtp_server))
    links = re.findall(r'href="[^"]+/a/([\w-]+)/#(q1-\d)"', page)
    assert [choice for _token, choice in links] == [f"q1-{score}" for score in range(1, 6)]
    assert len({token for token, _choice in links}) == 1
    assert "Strongly agree" in page


def test_no_choice_stands_where_a_server_would_see_it(wave: Wave, smtp_server: SmtpServer) -> None:
    """What is behind the # stays in the browser."""
    mail = sent(wave, smtp_server)
    for text in (mail.text, html(mail)):
        assert not re.search(r"/a/[\w-]+/?\?", text)


def test_the_plain_text_asks_it_too(wave: Wave, smtp_server: SmtpServer) -> None:
    text = sent(wave, smtp_server).text
    assert "I can." in text
    assert re.search(r"Strongly agree:\s+http\S+#q1-5\s", text)


def test_an_open_question_is_passed_over(wave: Wave, smtp_server: SmtpServer) -> None:
    wave.questions.filter(position=0).update(kind=WaveQuestion.Kind.OPEN)
    assert "#q2-5" in html(sent(wave, smtp_server))


def test_a_wave_of_open_questions_only_asks_none(wave: Wave, smtp_server: SmtpServer) -> None:
    wave.questions.update(kind=WaveQuestion.Kind.OPEN)
    assert "first question" not in html(sent(wave, smtp_server))


def test_a_scale_shows_its_numbers_and_ends(wave: Wave, smtp_server: SmtpServer) -> None:
    wave.questions.update(kind=WaveQuestion.Kind.SCALE, points=11)
    page = html(sent(wave, smtp_server))
    assert re.findall(r"#q1-(\d+)", page) == [str(score) for score in range(11)]
    assert "10 = very strongly" in page
