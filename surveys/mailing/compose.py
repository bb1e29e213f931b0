"""A mail as an employee gets it: text and HTML in their language, with the headers of automatic mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime, make_msgid, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.languages import spoken
from accounts.look import PLAIN, Appearance, appearance_of
from accounts.models import Organisation
from surveys.answering.forms import answer_field
from surveys.mailing.letters import (
    LOGO_ID,
    NAME_BLANK,
    TOKEN_BLANK,
    UNIT_BLANK,
    Letter,
    Person,
    one_line,
    wrap,
)
from surveys.mailing.mould import LetterMail
from surveys.mailing.texts import common_values, words_for
from surveys.models import Mail, Wave, WaveQuestion


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes mails; `questions` counts per wave. Renders each letter once."""

    questions: dict[int, int]
    first: dict[int, WaveQuestion] = field(default_factory=dict)
    looks: dict[int, Appearance] = field(default_factory=dict)  # by organisation
    letters: dict[tuple[Any, ...], Letter] = field(default_factory=dict)

    @classmethod
    def for_mails(cls, mails: Iterable[Mail]) -> Composer:
        composer = cls({})
        composer.prepare_for(mails)
        return composer

    def prepare_for(self, mails: Iterable[Mail]) -> None:
        """Look up what these need and those before did not: of a wave that is open, nothing of it changes."""
        waves = {mail.wave_id for mail in mails} - self.questions.keys()
        if waves:
            counts = WaveQuestion.objects.filter(wave__in=waves).order_by().values_list("wave")
            self.questions.update(dict.fromkeys(waves, 0) | dict(counts.annotate(Count("pk"))))
            self.first.update(first_questions(waves))
        for organisation in {mail.organisation_id for mail in mails} - self.looks.keys():
            self.looks[organisation] = appearance_of(organisation)

    def compose(self, mail: Mail, *, token: str, now: datetime) -> LetterMail:
        """Expects `mail` with its organisation, wave, invitation, unit and employee loaded."""
        name = first_name_of(mail)
        letter = self.letter(mail, language_of(mail), with_name=bool(name))
        return letter.mail_to(
            Person(name, one_line(mail.invitation.unit.name), token),
            mail.invitation.email,
            date=format_datetime(now.astimezone(mail.organisation.zone)),
            message_id=mail.message_id or new_message_id(),
        )

    def letter(self, mail: Mail, language: str, *, with_name: bool) -> Letter:
        key = (mail.wave_id, mail.kind, language, with_name, mail.again, mail.answered_until)
        if key not in self.letters:
            self.letters[key] = self.render(mail, language, NAME_BLANK if with_name else "")
        return self.letters[key]

    def render(self, mail: Mail, language: str, name: str) -> Letter:
        wave, organisation = as_invited(mail), mail.organisation
        answer_url = absolute_url("answer", TOKEN_BLANK)
        questions = self.questions.get(mail.wave_id, 0)
        look = self.looks.get(mail.organisation_id, PLAIN)
        context: dict[str, Any] = {
            "organisation": organisation,
            "wave": wave,
            "first_name": name,
            "questions": questions,
            "again": mail.again,
            "answer_url": answer_url,
            "stop_url": absolute_url("stop_reminders", TOKEN_BLANK),
            "reply_to": reply_to(mail),
            "look": look,
            "colours": look.palette,
            "logo_id": LOGO_ID,
        }
        with translation.override(language), timezone.override(organisation.zone):
            values = common_values(wave, questions)
            personal = {"first_name": name or _("colleague"), "unit": UNIT_BLANK}
            words = words_for(wave.mail_texts, mail.kind, language, values | personal)
            context["words"] = words
            if question := self.first.get(mail.wave_id):
                context["question"] = asked(question, answer_url)
            usual = render(f"mail/{mail.kind}_subject.txt", context, autoescape=False)
            text = render(f"mail/{mail.kind}.txt", context, autoescape=False)
            return Letter(
                language,
                subject=one_line(words.subject or usual),
                sender=sender(organisation, wave),
                reply_to=[one_line(reply_to(mail))] if reply_to(mail) else None,
                stop_url=absolute_url("stop_reminders", TOKEN_BLANK),
                lines=wrap(text).splitlines(),
                html=render(f"mail/{mail.kind}.html", context, autoescape=True),
                logo=look.logo,
                bounce_address=settings.BOUNCE_ADDRESS,
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
    return spoken(mail.invitation.language, mail.organisation.language)


def reply_to(mail: Mail) -> str:
    return mail.wave.reply_to or mail.organisation.reply_to


def sender(organisation: Organisation, wave: Wave) -> str:
    """The wave's sender or the organisation, on the installation's own address, which servers trust."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
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
