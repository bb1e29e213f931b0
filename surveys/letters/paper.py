"""Letters as files: one PDF that is ready to print, or a list for a print shop."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.spreadsheets import harmless
from accounts.typeset import typeset
from surveys.letters.codes import written
from surveys.mailing.compose import render
from surveys.mailing.letters import one_line
from surveys.models import Wave

PAGE = Path(settings.BASE_DIR) / "templates" / "letters" / "letter.typ"
# Any of the eight masks makes a valid code; looking for the best one takes six times as long.
MASK = 2
COLUMNS = "unit last_name first_name employee_number language code code_page link until".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Letter:
    """What is one person's own on a letter; `link` is the address in the QR code."""

    number: str
    first_name: str
    last_name: str
    unit: str
    language: str
    code: str
    link: str

    @property
    def name(self) -> str:
        return one_line(f"{self.first_name} {self.last_name}") or self.number


def code_page() -> str:
    """Where a code is typed, as an address that can be read aloud."""
    return f"{settings.BASE_URL}{reverse('kiosk')}"


def as_pdf(wave: Wave, letters: Sequence[Letter], *, questions: int) -> bytes:
    """One page a letter, in the order given."""
    languages = dict.fromkeys(letter.language for letter in letters)
    content = {
        "title": f"{wave.organisation.name}: {wave}",
        "organisation": wave.organisation.name,
        "texts": {language: _texts(wave, language, questions) for language in languages},
        "letters": [_page(letter) for letter in letters],
    }
    return typeset(PAGE, content, about=f"letters of wave {wave.pk}")


def _page(letter: Letter) -> dict[str, str | None]:
    with translation.override(letter.language):
        greeting = (
            _("Dear %(first_name)s,") % {"first_name": one_line(letter.first_name)}
            if letter.first_name
            else _("Dear colleague,")
        )
    return {
        "name": letter.name,
        "unit": letter.unit,
        "language": letter.language,
        "lang": letter.language.split("-")[0],
        "region": region_of(letter.language),
        "greeting": greeting,
        "code": written(letter.code),
        "qr": _qr(letter.link),
    }


def region_of(language: str) -> str | None:
    """Of pt-br br; zh-hans and nl have none."""
    last = language.split("-")[-1]
    return last if last != language and len(last) == 2 else None


def _qr(link: str) -> str:
    drawing = BytesIO()
    segno.make(link, error="m", micro=False, mask=MASK).save(
        drawing, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return drawing.getvalue().decode()


def _texts(wave: Wave, language: str, questions: int) -> dict[str, str]:
    context = {
        "organisation": wave.organisation,
        "wave": wave,
        "questions": questions,
        "reply_to": wave.organisation.reply_to,
        "code_page": code_page().removeprefix("https://").removeprefix("http://").rstrip("/"),
    }
    with translation.override(language), timezone.override(wave.organisation.zone):
        texts = {
            name: render(template, context, autoescape=False).strip()
            for name, template in {
                "why": "mail/why.txt",
                "deadline": "mail/length_and_deadline.txt",
                "anonymity": "mail/anonymity.txt",
                "scan": "letters/scan.txt",
                "type": "letters/type.txt",
                "once": "letters/once.txt",
                "contact": "letters/contact.txt",
            }.items()
        }
        day = date_format(timezone.localtime(wave.opened_at), _("j F Y"))
        return texts | {"day": day, "picture": _("QR code with your personal link")}


def as_csv(wave: Wave, letters: Sequence[Letter]) -> bytes:
    """Semicolons and a byte order mark: what Excel opens by itself in Dutch and in most of Europe."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    until = wave.closes_at.astimezone(wave.organisation.zone).strftime("%Y-%m-%d %H:%M")
    for letter in letters:
        own = [letter.unit, letter.last_name, letter.first_name, letter.number, letter.language]
        writer.writerow([*map(harmless, own), written(letter.code), code_page(), letter.link, until])
    return text.getvalue().encode("utf-8-sig")
