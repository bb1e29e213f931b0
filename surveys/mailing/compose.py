"""A mail as an employee gets it: text and HTML in their language, with the headers of automatic mail."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from email.charset import QP, Charset
from email.headerregistry import Address
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from accounts.models import Organisation
from surveys.answering.forms import answer_field
from surveys.mailing.tokens import new_token
from surveys.models import Mail, Wave, WaveQuestion

LINE_WIDTH = 78
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Quoted-printable passes servers that only take 7 bits, and stays readable to spam filters.
QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP


# Stand in for what is personal; random, so that no text holds them by chance or on purpose.
NAME_BLANK, TOKEN_BLANK = new_token(), new_token()


@dataclass(frozen=True, slots=True)
class Letter:
    """What all people with one wave, kind and language get, with blanks for name and token."""

    language: str
    subject: str
    text: str
    html: str

    def text_for(self, name: str, token: str) -> str:
        return wrap(self.text.replace(NAME_BLANK, name).replace(TOKEN_BLANK, token))

    def html_for(self, name: str, token: str) -> str:
        return self.html.replace(NAME_BLANK, escape(name)).replace(TOKEN_BLANK, token)


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes the mails of one batch; `questions` counts per wave. Renders each letter once."""

    questions: dict[int, int]
    first: dict[int, WaveQuestion] = field(default_factory=dict)
    letters: dict[tuple[int, str, str, bool, bool, datetime], Letter] = field(default_factory=dict)

    @classmethod
    def for_mails(cls, mails: Iterable[Mail]) -> Composer:
        waves = {mail.wave_id for mail in mails}
        counts = WaveQuestion.objects.filter(wave__in=waves).order_by().values_list("wave")
        return cls(dict(counts.annotate(Count("pk"))), first_questions(waves))

    def compose(self, mail: Mail, *, token: str, now: datetime) -> EmailMultiAlternatives:
        """Expects `mail` with its organisation, wave, invitation and employee loaded."""
        organisation = mail.organisation
        name = first_name_of(mail)
        letter = self.letter(mail, language_of(mail), with_name=bool(name))
        message = EmailMultiAlternatives(
            letter.subject,
            letter.text_for(name, token),
            from_email=sender(organisation, mail.wave),
            to=[mail.invitation.email],
            reply_to=[one_line(reply_to(mail))] if reply_to(mail) else None,
            headers={
                "Date": format_datetime(now.astimezone(organisation.zone)),
                "Message-ID": mail.message_id or new_message_id(),
                "Content-Language": letter.language,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Unsubscribe": f"<{absolute_url('stop_reminders', token)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.encoding = QUOTED_PRINTABLE
        message.attach_alternative(letter.html_for(name, token), "text/html")
        return message

    def letter(self, mail: Mail, language: str, *, with_name: bool) -> Letter:
        key = (mail.wave_id, mail.kind, language, with_name, mail.again, mail.answered_until)
        if key not in self.letters:
            self.letters[key] = self.render(mail, language, NAME_BLANK if with_name else "")
        return self.letters[key]

    def render(self, mail: Mail, language: str, name: str) -> Letter:
        answer_url = absolute_url("answer", TOKEN_BLANK)
        context: dict[str, Any] = {
            "organisation": mail.organisation,
            "wave": as_invited(mail),
            "first_name": name,
            "questions": self.questions.get(mail.wave_id, 0),
            "again": mail.again,
            "answer_url": answer_url,
            "stop_url": absolute_url("stop_reminders", TOKEN_BLANK),
            "reply_to": reply_to(mail),
        }
        with translation.override(language), timezone.override(mail.organisation.zone):
            if question := self.first.get(mail.wave_id):
                context["question"] = asked(question, answer_url)
            return Letter(
                language,
                subject=one_line(render(f"mail/{mail.kind}_subject.txt", context, autoescape=False)),
                text=render(f"mail/{mail.kind}.txt", context, autoescape=False),
                html=render(f"mail/{mail.kind}.html", context, autoescape=True),
            )


@dataclass(frozen=True, slots=True)
class AskedInMail:
    """The first question, each of its choices a link to the page where it is chosen and nothing sent yet."""

    text: str
    scale: bool
    low: str
    high: str
    choices: list[tuple[str, str]]


def asked(question: WaveQuestion, answer_url: str) -> AskedInMail:
    """The choice stands behind the #, which browsers keep to themselves: no server or log sees it."""
    field = answer_field(question, {}, "")
    choices = [(label, f"{answer_url}#{field.name}-{score}") for score, label in field.choices]
    return AskedInMail(field.text, field.scale, field.low, field.high, choices)


def first_questions(waves: Collection[int]) -> dict[int, WaveQuestion]:
    """Per wave, the first question that has choices."""
    scored = WaveQuestion.objects.filter(wave__in=waves).exclude(kind=WaveQuestion.Kind.OPEN)
    return {one.wave_id: one for one in scored.order_by("wave_id", "position").distinct("wave_id")}


def as_invited(mail: Mail) -> Wave:
    """The wave as it is for this person: in a journey it ends on a day of their own."""
    wave = copy(mail.wave)
    wave.closes_at = mail.answered_until
    return wave


def first_name_of(mail: Mail) -> str:
    employee = mail.invitation.employee
    return one_line(employee.first_name) if employee else ""


def absolute_url(name: str, token: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[token])}"


def language_of(mail: Mail) -> str:
    language = mail.invitation.language
    return language if language in dict(settings.LANGUAGES) else mail.organisation.language


def reply_to(mail: Mail) -> str:
    return mail.wave.reply_to or mail.organisation.reply_to


def sender(organisation: Organisation, wave: Wave) -> str:
    """The wave's sender or the organisation, on the installation's own address, which servers trust."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    name = wave.sender_name or organisation.sender_name or organisation.name
    return str(Address(one_line(name), addr_spec=address))


def new_message_id() -> str:
    """In the sender's domain, whichever worker sends it."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return make_msgid(domain=address.rpartition("@")[2])


def render(template: str, context: dict[str, Any], *, autoescape: bool) -> str:
    compiled: Any = get_template(template)
    return str(compiled.template.render(Context(context, autoescape=autoescape)))


def one_line(text: str) -> str:
    """Fit for a header: a line break in a name would start a header of its own."""
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())


def wrap(text: str) -> str:
    """Lines of at most 78 characters, except for a link, which stays whole on a line of its own."""
    lines = [wrap_line(line.rstrip()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def wrap_line(line: str) -> str:
    return textwrap.fill(line, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
