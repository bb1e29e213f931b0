"""HR's own words in the mails of a cycle. Placeholders from a fixed list are all that acts in them.

Texts stand by language, then by key: "invitation.subject", "reminder.intro" and so on, and "news".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.models import Mail, Wave

NEWS = "news"
# The fields of each kind of mail, and how long each may be.
FIELDS = {"subject": 150, "preheader": 150, "intro": 1500, "closing": 600}
ONE_LINE = frozenset({"subject", "preheader"})
LONGEST_NEWS = 1500
PERSONAL = frozenset({"first_name", "unit"})
PLACEHOLDERS: dict[str, Promise] = {
    "first_name": gettext_lazy("first name"),
    "organisation": gettext_lazy("organisation"),
    "cycle": gettext_lazy("name of the cycle"),
    "minutes": gettext_lazy("minutes it takes"),
    "questions": gettext_lazy("number of questions"),
    "closes_on": gettext_lazy("last day"),
    "unit": gettext_lazy("team or department"),
}
IN_BRACES = re.compile(r"\{([^{}]*)\}")
QUESTIONS_A_MINUTE = 5
Texts = Mapping[str, Mapping[str, str]]  # by language, by key


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one mail in one language, filled in; "" where HR wrote none."""

    subject: str = ""
    preheader: str = ""
    intro: str = ""
    closing: str = ""
    news: str = ""

    @property
    def intro_parts(self) -> list[str]:
        return paragraphs(self.intro)

    @property
    def closing_parts(self) -> list[str]:
        return paragraphs(self.closing)

    @property
    def news_parts(self) -> list[str]:
        return paragraphs(self.news)


def paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text.strip()) if part]


def key_of(kind: str, name: str) -> str:
    return f"{kind}.{name}"


def keys() -> list[str]:
    return [*(key_of(kind, name) for kind in Mail.Kind.values for name in FIELDS), NEWS]


def words_for(texts: Texts, kind: str, language: str, values: Mapping[str, str]) -> Words:
    written = texts.get(language, {})
    found = {name: fill(written.get(key_of(kind, name), ""), values) for name in FIELDS}
    return Words(**found, news=fill(written.get(NEWS, ""), values))


def common_values(wave: Wave, questions: int) -> dict[str, str]:
    """What placeholders stand for that are the same for everyone, in the language and time zone in use."""
    return {
        "organisation": wave.organisation.name,
        "cycle": wave.name,
        "minutes": str(minutes_for(questions)),
        "questions": str(questions),
        "closes_on": date_format(timezone.localtime(wave.closes_at), _("l j F")),
    }


def news_of(wave: Wave, questions: int) -> list[str]:
    """What changed since last time, in paragraphs, in the language in use."""
    return paragraphs(fill(wave.news, common_values(wave, questions)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """In one pass, so that a value is never taken for a placeholder; what is unknown stays as it is."""
    return IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def minutes_for(questions: int) -> int:
    return max(1, -(-questions // QUESTIONS_A_MINUTE))


def placeholders_in(text: str) -> set[str]:
    return set(IN_BRACES.findall(text)) & PLACEHOLDERS.keys()


def used_in(texts: Texts, languages: Iterable[str]) -> set[str]:
    return {
        one for code in languages for text in texts.get(code, {}).values() for one in placeholders_in(text)
    }


def check_text(text: str, *, one_line: bool = False, personal: bool = True) -> None:
    """Raises ValidationError that names each placeholder that is wrong. `personal`: names may stand in it."""
    problems = list(_problems(text))
    if not personal:
        problems += [
            _("{%(name)s} cannot stand here: these words are the same for everyone.") % {"name": name}
            for name in sorted(placeholders_in(text) & PERSONAL)
        ]
    if one_line and len(text.splitlines()) > 1:
        problems.append(_("This is one line: take out the line break."))
    if problems:
        raise ValidationError(problems)


def _problems(text: str) -> Iterator[str]:
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in dict.fromkeys(IN_BRACES.findall(text)):
        if name not in PLACEHOLDERS:
            yield _("{%(name)s} is not a placeholder. You can use: %(known)s.") % {
                "name": name,
                "known": known,
            }
    rest = IN_BRACES.sub("", text)
    if found := re.search(r"[{}].{0,20}", rest):
        yield _("A brace stands alone at “%(place)s”. Write a placeholder whole, or leave out the brace.") % {
            "place": found[0]
        }


def without_news(texts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What stays for the next wave: news is told once."""
    kept = {
        code: {key: text for key, text in by_key.items() if key != NEWS} for code, by_key in texts.items()
    }
    return {code: by_key for code, by_key in kept.items() if by_key}
