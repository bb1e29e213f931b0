"""Goes past everything that people read, in the pseudo-language, and prints as JSON what is not in it.

And which pages are wider than a phone with its long words. A program of its own, because a language is
found at the start: `python -m tests.languages.walk DATABASE CHROMIUM [FOLDER FOR SCREENSHOTS]`, with
POLSSLAG_LOCALE naming the folder in which the pseudo-language stands; nothing is in the database yet.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from tests.browser.town import Town

PSEUDO = "en-xa"
IN_OTHER_WORDS = {"mailbox", "style guide"}  # pages of the demo that show mails, or are in English


def pages_of(town: Town, chromium: str, pictures: Path | None) -> Iterator[tuple[str, str, list[str]]]:
    """Name and text of each page that the browser tests open, and what of it is wider than a phone."""
    from tests.browser.barriers import barriers
    from tests.languages.widths import TOO_WIDE, on_a_phone

    for place, page in on_a_phone(town, chromium):
        if pictures:
            page.screenshot(path=pictures / f"{place.name}.png", full_page=True)
        # Only here are there three languages to switch between.
        more = barriers(page) if place.name in {"today", "answer"} else []
        yield place.name, page.content(), page.evaluate(TOO_WIDE) + more


def addresses_of(town: Town) -> Iterator[str]:
    """Of every view of ours that has a name, with numbers of rows that are there."""
    from itertools import product

    from django.urls import reverse

    from dashboards.models import ReportRun
    from orgunits.models import ChangeEvent, ImportRun, RoleGrant
    from results.signals.models import Signal
    from surveys.models import BankImport, LetterRun, Question, QuietPeriod, RefusedAddress, Theme
    from tests.test_scoping import pages, sample

    rows: dict[str, list[Any]] = {
        "cycle_id": [town.cycle.pk, town.draft.pk],
        "wave_id": [town.wave.pk, town.cycle.waves.closed()[0].pk],
        "unit_id": [unit.pk for unit in town.units.values()],
        "run_id": [
            one.pk for kind in (ImportRun, LetterRun, ReportRun) for one in kind._default_manager.all()
        ],
        "organisation_id": [town.organisation.pk],
        "grant_id": [one.pk for one in RoleGrant.objects.all()],
        "period_id": [one.pk for one in QuietPeriod.objects.all()],
        "address_id": [one.pk for one in RefusedAddress.objects.all()],
        "question_id": [one.pk for one in Question._default_manager.order_by("-organisation", "pk")],
        "theme_id": [one.pk for one in Theme._default_manager.order_by("-organisation", "pk")],
        "import_id": [one.pk for one in BankImport.objects.all()],
        "change_id": [one.pk for one in ChangeEvent.objects.all()],
        "signal_id": [one.pk for one in Signal.objects.all()],
    }
    for page in (page for page in pages() if page.pattern.name):
        parts = page.pattern.pattern.converters
        choices = [(rows.get(name) or [sample(part, 1)])[:2] for name, part in parts.items()]
        for values in product(*choices):
            yield reverse(page.name, kwargs=dict(zip(parts, values, strict=True)))


def views_of(town: Town) -> Iterator[tuple[str, str]]:
    """What HR sees at every address, and then what follows there when a button sends nothing more."""
    from django.test import Client

    client = Client(headers={"accept-language": PSEUDO}, raise_request_exception=False)
    client.force_login(town.users["hr"])
    addresses = list(addresses_of(town))
    for way in (client.get, client.post):
        for address in addresses:
            response = way(address, follow=True)
            if response.get("content-type", "").startswith("text/html") and response.content:
                yield f"{way.__name__} {address}", response.content.decode()


def mails_of(town: Town) -> Iterator[tuple[str, list[str]]]:
    """As lines: of each kind to employees, and a code to sign in, asked for on a page in Dutch."""
    from django.core import mail
    from django.test import Client
    from django.utils import timezone

    from surveys.mailing.compose import Composer
    from surveys.models import Mail
    from tests.languages.words import visible

    some = Mail.objects.select_related("wave", "organisation", "invitation__employee").filter(wave=town.wave)[
        :1
    ]
    for kind in Mail.Kind.values:
        one = some.get()
        one.kind = kind
        message = Composer.for_mails([one]).compose(one, token="0" * 32, now=timezone.now())
        html = str(message.alternatives[0][0])
        yield f"mail: {kind}", [str(message.subject), *str(message.body).splitlines(), *visible(html, PSEUDO)]
    asking = Client(headers={"accept-language": "nl"})
    asking.post("/accounts/login/code/", {"email": town.users["lead"].email})
    yield "mail: code", [str(mail.outbox[-1].subject), *str(mail.outbox[-1].body).splitlines()]


def letter_of(town: Town) -> list[str]:
    from surveys.letters import paper

    letter = paper.Letter("W1", "Noor", "Bakker 1", "Zorg", PSEUDO, "0123456789", "https://x.example/a/b/")
    assert paper.as_pdf(town.wave, [letter], questions=2).startswith(b"%PDF")
    page = paper._page(letter)
    return [str(page["greeting"]), *paper._texts(town.wave, PSEUDO, 2).values()]


def closed_days() -> Iterator[str]:
    """Names of public holidays and of regions come from a package that has languages of its own."""
    from django.utils import timezone

    from surveys.cycles.closed_days import public_holidays, regions_of

    known, today = public_holidays("NL", "", PSEUDO), timezone.localdate()
    for day in (today, today + timedelta(days=366)):
        known.get(day)  # it works out a year when a day of it is asked for
    yield from known.values()
    yield from (name for _code, name in regions_of("NL"))


def questions_in_a_file() -> Iterator[str]:
    """Of a file that was uploaded and not yet applied, and the words in it that a hint points at."""
    from tests.browser import bank

    yield from (cell.strip() for cell in re.split(r"[;|\n]", bank.FILE))
    yield from ("“en”", "“and”")


def walk(chromium: str, pictures: Path | None) -> dict[str, dict[str, list[str]]]:
    from django.test import Client

    from tests.browser.town import town
    from tests.languages.words import Leftovers, language_of, values_in_tables, visible

    welcome = Client(headers={"accept-language": PSEUDO}).get("/welcome/").content.decode()
    built = town(language=PSEUDO)
    texts = dict(mails_of(built)) | {"letter": letter_of(built)}
    seen, wrong, wide = {"welcome": welcome}, {}, {}
    for name, html, found in pages_of(built, chromium, pictures):
        seen[name], wide[name] = html, found
    before = list(values_in_tables())  # buttons may remove some
    for name, html in [*seen.items(), *views_of(built)]:
        if name in IN_OTHER_WORDS:
            continue
        texts[name] = visible(html, PSEUDO)
        if html.startswith("<!DOCTYPE") and language_of(html) != PSEUDO:
            wrong[f"{name}, language"] = [language_of(html)]
    leftovers = Leftovers([*before, *values_in_tables(), *closed_days(), *questions_in_a_file()])
    left = wrong | {name: leftovers.in_lines(lines) for name, lines in texts.items()}
    return {"left": left, "wide": wide}


if __name__ == "__main__":
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    settings.ROOT_URLCONF = "tests.browser.urls"
    logging.disable(logging.ERROR)  # some pages are broken or forbidden on purpose
    setup_test_environment()
    connection.settings_dict["NAME"], chromium, *pictures = sys.argv[1:]
    json.dump(
        walk(chromium, Path(pictures[0]) if pictures else None), sys.stdout, ensure_ascii=False, indent=1
    )
