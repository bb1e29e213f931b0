"""What may make a text hard to answer. Hints never stand in the way: a good reason is reason enough.

The rules are those by which the shared bank was written (`docs/question-bank.md`), for Dutch and English; in
other languages only the length is looked at. Reading ease is Flesch's formula for English and Douma's for
Dutch, with syllables counted by the hyphenation patterns of pyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyphen
from django.utils.translation import gettext as _

from surveys.models import Question

MOST_WORDS = 16
LEAST_EASE = {"nl": 0, "en": 20}  # of one short sentence, in which one long word weighs much
LONG_WORD = 4  # syllables
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


JOINING = {
    "nl": _any_of(r"\b(?:en/of|en|of|maar|evenals|alsmede)\b"),
    "en": _any_of(r"\b(?:and/or|and|or|but|as well as)\b"),
}
# "tussen A en B" is one idea, and "weten of" asks whether.
NOT_JOINING = {
    "nl": _any_of(
        r"\btussen\b[^,.]*?\ben\b",
        r"\b(?:weet|weten|zie|merk|vraag|duidelijk|zeker|hoor) of\b",
        r"\bof\b(?= (?:ik|je|het|er|iemand)\b)",
    ),
    "en": _any_of(r"\bbetween\b[^,.]*?\band\b", r"\bwhether or not\b"),
}
DENYING = {
    "nl": _any_of(r"\b(?:niet|geen|nooit|niemand|niets|nergens|noch)\b"),
    "en": _any_of(r"\b(?:not|never|nobody|nothing|nowhere|neither|nor|no|\w+n['’]t|cannot)\b"),
}
LEADING = {
    "nl": _any_of(
        r"\b(?:natuurlijk|uiteraard|vanzelfsprekend|toch|altijd|iedereen)\b",
        r"\b(?:uitstekend|geweldig|fantastisch|terecht)\b",
    ),
    "en": _any_of(
        r"\b(?:of course|obviously|surely|always|everyone|everybody)\b",
        r"\b(?:excellent|great|fantastic|rightly)\b",
    ),
}
DUTCH_PARTICIPLE = r"(?:\w*ge\w{2,}|(?:be|ver|ont|her)\w{2,})(?:d|t|en)"
DUTCH_AUXILIARY = r"(?:word|wordt|worden|werd|werden)"
ENGLISH_PARTICIPLE = (
    r"(?:\w{2,}ed|made|done|given|told|taken|heard|seen|known|shown|kept|held|put|sent|written)"
)
PASSIVE = {
    "nl": _any_of(
        rf"\b{DUTCH_AUXILIARY}\b(?:\W+\w+){{0,6}}?\W+{DUTCH_PARTICIPLE}\b",
        rf"\b{DUTCH_PARTICIPLE} (?:te )?{DUTCH_AUXILIARY}\b",
    ),
    "en": _any_of(
        rf"\b(?:is|are|was|were|be|been|being)(?: (?:often|usually|well|being))? {ENGLISH_PARTICIPLE}"
        r" by (?!my |our )",
        rf"\b(?:was|were|been|being)(?: \w+ly)? {ENGLISH_PARTICIPLE}\b",
        rf"\b(?:is|are)(?: \w+ly)? {ENGLISH_PARTICIPLE}(?=[.,]|$)",
    ),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind` is what is the matter in one word, for tests and styles; `text` says it to HR."""

    kind: str
    text: str


def hints_on(text: str, language: str, *, turned: bool = False, is_open: bool = False) -> list[Hint]:
    """`turned`: agreeing is unfavourable, which is hard to see when the text also denies something."""
    found = [*_length(text)]
    if language in JOINING and text.strip():
        found += [*_joined(text, language, is_open=is_open), *_difficult(text, language)]
        found += [*_denial(text, language, turned=turned), *_leading(text, language)]
    return found


def hints_by_language(
    texts: dict[str, str], *, turned: bool = False, is_open: bool = False
) -> dict[str, list[Hint]]:
    """Only of languages in which there is something to say."""
    found = {
        code: hints_on(text, code, turned=turned, is_open=is_open) for code, text in texts.items() if text
    }
    return {code: hints for code, hints in found.items() if hints}


def hints_of(question: Question) -> dict[str, list[Hint]]:
    return hints_by_language(
        question.texts, turned=question.reversed, is_open=question.kind == Question.Kind.OPEN
    )


def _length(text: str) -> Iterator[Hint]:
    longest = max((len(words_in(one)) for one in sentences_in(text)), default=0)
    if longest > MOST_WORDS:
        yield Hint(
            "long",
            _("%(number)d words in one sentence. Most people read up to %(most)d at a glance.")
            % {"number": longest, "most": MOST_WORDS},
        )


def _joined(text: str, language: str, *, is_open: bool) -> Iterator[Hint]:
    rest = NOT_JOINING[language].sub(" ", text)
    found = None if is_open else JOINING[language].search(rest)
    if found:
        yield Hint(
            "double",
            _("Two ideas in one? After “%(word)s” someone may agree with one half only. Ask two questions.")
            % {"word": found[0]},
        )


def _difficult(text: str, language: str) -> Iterator[Hint]:
    words = words_in(text)
    hard = [word for word in dict.fromkeys(words) if syllables(word, language) >= LONG_WORD]
    if hard and len(words) > 2 and reading_ease(text, language) < LEAST_EASE[language]:
        yield Hint(
            "difficult",
            _("Hard to read. Is there a shorter word for: %(words)s?") % {"words": ", ".join(hard)},
        )
    if PASSIVE[language].search(text):
        yield Hint("passive", _("Passive: say who does it."))


def _denial(text: str, language: str, *, turned: bool) -> Iterator[Hint]:
    found = DENYING[language].search(text)
    if found and turned:
        yield Hint(
            "denial",
            _("“%(word)s” in a question that is turned round: whoever disagrees denies a denial.")
            % {"word": found[0]},
        )
    elif found:
        yield Hint(
            "denial",
            _("“%(word)s” is easily read over. Can it be said without?") % {"word": found[0]},
        )


def _leading(text: str, language: str) -> Iterator[Hint]:
    if found := LEADING[language].search(text):
        yield Hint("leading", _("“%(word)s” pushes towards an answer.") % {"word": found[0]})


def reading_ease(text: str, language: str) -> float:
    """From 0, very hard, to 100, very easy; short texts may lie outside."""
    words = words_in(text)
    sentences = max(len(sentences_in(text)), 1)
    if not words:
        return 100.0
    length = len(words) / sentences
    weight = sum(syllables(word, language) for word in words) / len(words)
    if language == "nl":
        return 206.84 - 0.93 * length - 77 * weight
    return 206.835 - 1.015 * length - 84.6 * weight


@lru_cache(maxsize=4096)
def syllables(word: str, language: str) -> int:
    return len(_patterns(language).positions(word)) + 1


@lru_cache(maxsize=8)
def _patterns(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"nl": "nl_NL", "en": "en_GB"}[language], left=1, right=1)


def words_in(text: str) -> list[str]:
    return WORD.findall(text)


def sentences_in(text: str) -> list[str]:
    return [part for part in re.split(r"[.!?]+(?:\s|$)", text) if part.strip()]
