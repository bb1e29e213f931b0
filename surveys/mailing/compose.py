"""A mail as an employee gets it: text and HTML in their language, with the headers of automatic mail."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.charset import QP, Charset
from email.headerregistry import Address
from email.utils import format_datetime, make_msgid, parseaddr
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from accounts.models import Organisation
from surveys.answering.forms import answer_field
from surveys.mailing.mould import MARKS, LetterMail, Mould
from surveys.mailing.tokens import new_token
from surveys.models import Mail, Wave, WaveQuestion

LINE_WIDTH = 78
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Quoted-printable passes servers that only take 7 bits, and stays readable to spam filters.
QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP


# Stand in for what is personal; random, so that no text holds them by chance or on purpose.
NAME_BLANK, TOKEN_BLANK = new_token(), MARKS["token"]


@dataclass(frozen=True)
class Letter:
    """What all people with one wave, kind and language get, with blanks for name and token."""

    language: str
    subject: str
    sender: str
    reply_to: list[str] | None
    stop_url: str
    lines: list[str]  # wrapped, but for those with a name
    html: str

    def text_for(self, name: str, token: str) -> str:
        lines = (
            wrap_line(line.replace(NAME_BLANK, name)) if NAME_BLANK in line else line for line in self.lines
        )
        return "\n".join(lines).replace(TOKEN_BLANK, token) + "\n"

    def html_for(self, name: str, token: str) -> str:
        return self.html.replace(NAME_BLANK, escape(name)).replace(TOKEN_BLANK, token)

    @cached_property
    def mould(self) -> Mould:
        marks = MARKS
        blank = self.message(marks["to"], marks["token"], marks["date"], marks["message_id"], None)
        blank.subject, blank.body = marks["subject"], marks["text"]
        blank.attach_alternative(marks["html"], "text/html")
        return Mould.of(blank)

    def message(self, to: str, token: str, date: str, message_id: str, mould: Mould | None) -> LetterMail:
        """Without its text."""
        message = LetterMail(
            self.subject,
            from_email=self.sender,
            to=[to],
            reply_to=self.reply_to,
            headers={
                "Date": date,
                "Message-ID": message_id,
                "Content-Language": self.language,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Unsubscribe": f"<{self.stop_url.replace(TOKEN_BLANK, token)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            token=token,
            mould=mould,
        )
        message.encoding = QUOTED_PRINTABLE
        return message


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes the mails of one batch; `questions` counts per wave. Renders each letter once."""

    questions: dict[int, int]
    first: dict[int, WaveQuestion] = field(default_factory=dict)
    letters: dict[tuple[int, str, str, bool, bool], Letter] = field(default_factory=dict)

    @classmethod
    def for_mails(cls, mails: Iterable[Mail]) -> Composer:
        waves = {mail.wave_id for mail in mails}
        counts = WaveQuestion.objects.filter(wave__in=waves).order_by().values_list("wave")
        return cls(dict(counts.annotate(Count("pk"))), first_questions(waves))

    def compose(self, mail: Mail, *, token: str, now: datetime) -> LetterMail:
        """Expects `mail` with its organisation, wave, invitation and employee loaded."""
        name = first_name_of(mail)
        letter = self.letter(mail, language_of(mail), with_name=bool(name))
        date = format_datetime(now.astimezone(mail.organisation.zone))
        message_id = mail.message_id or new_message_id()
        message = letter.message(mail.invitation.email, token, date, message_id, letter.mould)
        message.body = letter.text_for(name, token)
        message.attach_alternative(letter.html_for(name, token), "text/html")
        return message

    def letter(self, mail: Mail, language: str, *, with_name: bool) -> Letter:
        key = (mail.wave_id, mail.kind, language, with_name, mail.again)
        if key not in self.letters:
            self.letters[key] = self.render(mail, language, NAME_BLANK if with_name else "")
        return self.letters[key]

    def render(self, mail: Mail, language: str, name: str) -> Letter:
        answer_url = absolute_url("answer", TOKEN_BLANK)
        context: dict[str, Any] = {
            "organisation": mail.organisation,
            "wave": mail.wave,
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
            text = render(f"mail/{mail.kind}.txt", context, autoescape=False)
            return Letter(
                language,
                subject=one_line(render(f"mail/{mail.kind}_subject.txt", context, autoescape=False)),
                sender=sender(mail.organisation, mail.wave),
                reply_to=[one_line(reply_to(mail))] if reply_to(mail) else None,
                stop_url=absolute_url("stop_reminders", TOKEN_BLANK),
                lines=wrap(text, but=NAME_BLANK).splitlines(),
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
    return make_msgid(domain=domain_of(settings.DEFAULT_FROM_EMAIL))


@lru_cache(maxsize=8)
def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def render(template: str, context: dict[str, Any], *, autoescape: bool) -> str:
    compiled: Any = get_template(template)
    return str(compiled.template.render(Context(context, autoescape=autoescape)))


def one_line(text: str) -> str:
    """Fit for a header: a line break in a name would start a header of its own."""
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())


def wrap(text: str, *, but: str | None = None) -> str:
    """Lines of at most 78 characters, except for a link, which stays whole on a line of its own.

    Lines with the word `but` are left as they are.
    """
    lines = [line.rstrip() for line in text.strip().splitlines()]
    wrapped = [line if but is not None and but in line else wrap_line(line) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(wrapped)) + "\n"


def wrap_line(line: str) -> str:
    return textwrap.fill(line, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
