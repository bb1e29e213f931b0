"""A letter: what all people with one wave, kind and language get, with blanks for what is personal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from email.charset import QP, Charset
from email.mime.image import MIMEImage
from functools import cached_property

from django.utils.html import escape

from accounts.logos import Logo
from surveys.mailing.mould import MARKS, LetterMail, Mould
from surveys.mailing.tokens import new_token

LINE_WIDTH = 78
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LOGO_ID = "logo@polsslag"

# Quoted-printable passes servers that only take 7 bits, and stays readable to spam filters.
QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP

# Stand in for what is personal; random, so that no text holds them by chance or on purpose.
NAME_BLANK, UNIT_BLANK, TOKEN_BLANK = new_token(), new_token(), MARKS["token"]
BLANK_WORDS = re.compile("|".join(map(re.escape, (NAME_BLANK, UNIT_BLANK))))


@dataclass(frozen=True, slots=True)
class Person:
    """What is personal in a mail."""

    name: str
    unit: str
    token: str

    def fills(self) -> Mapping[str, str]:
        return {NAME_BLANK: self.name, UNIT_BLANK: self.unit, TOKEN_BLANK: self.token}


@dataclass(frozen=True)
class Letter:
    language: str
    subject: str
    sender: str
    reply_to: list[str] | None
    stop_url: str
    lines: list[str]  # wrapped, but for those with a name
    html: str
    logo: Logo | None = None
    bounce_address: str = ""

    def mail_to(self, person: Person, address: str, *, date: str, message_id: str) -> LetterMail:
        fills = person.fills()
        message = self._message(address, fills[TOKEN_BLANK], date, message_id, self.mould)
        message.subject = one_line(filled(self.subject, fills))
        message.body = self._text(fills)
        message.attach_alternative(filled(self.html, {key: escape(fills[key]) for key in fills}), "text/html")
        return message

    def _text(self, fills: Mapping[str, str]) -> str:
        lines = self.lines.copy()
        for place in self._unwrapped:
            lines[place] = wrap_line(filled(lines[place], fills))
        return filled("\n".join(lines), fills) + "\n"

    @cached_property
    def _unwrapped(self) -> list[int]:
        return [place for place, line in enumerate(self.lines) if BLANK_WORDS.search(line)]

    @cached_property
    def mould(self) -> Mould:
        blank = self._message(MARKS["to"], MARKS["token"], MARKS["date"], MARKS["message_id"], None)
        blank.subject, blank.body = MARKS["subject"], MARKS["text"]
        blank.attach_alternative(MARKS["html"], "text/html")
        return Mould.of(blank)

    def _message(self, to: str, token: str, date: str, message_id: str, mould: Mould | None) -> LetterMail:
        """Without its words."""
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
            bounce_address=self.bounce_address,
        )
        message.encoding = QUOTED_PRINTABLE
        if self.logo is not None:
            message.mixed_subtype = "related"
            message.attach(logo_part(self.logo))
        return message


def logo_part(logo: Logo) -> MIMEImage:
    """Part of the mail itself: a picture that is fetched would tell who opened the mail, and when."""
    part = MIMEImage(logo.png, "png")
    part["Content-ID"] = f"<{LOGO_ID}>"
    part["Content-Disposition"] = 'inline; filename="logo.png"'
    return part


def filled(text: str, fills: Mapping[str, str]) -> str:
    """One after the other, which is much faster than by one expression: no word holds another's blank."""
    for blank, word in fills.items():
        text = text.replace(blank, word)
    return text


def one_line(text: str) -> str:
    """Fit for a header: a line break in a name would start a header of its own."""
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())


def wrap(text: str) -> str:
    """Lines of at most 78 characters, except for a link, which stays whole on a line of its own.

    Lines with a blank are left as they are.
    """
    lines = [line.rstrip() for line in text.strip().splitlines()]
    wrapped = [line if BLANK_WORDS.search(line) else wrap_line(line) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(wrapped)) + "\n"


def wrap_line(line: str) -> str:
    if len(line) <= LINE_WIDTH:
        return line
    return textwrap.fill(line, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
