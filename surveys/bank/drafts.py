"""What HR writes down of a theme and of a question, and what must be right about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Organisation
from surveys.models import MOST_OPTIONS, Question, Theme

REQUIRED = ("nl", "en")
LONGEST_TEXT = 500
LONGEST_OPTION = 200
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 1000
POINTS = {Question.Kind.AGREEMENT: 5, Question.Kind.SCALE: 11, Question.Kind.OPEN: 0}
SCALES = (Question.Kind.AGREEMENT, Question.Kind.SCALE)

Problems = Iterator[tuple[str, str]]


class QuestionError(ValidationError):
    """A question or theme cannot be saved like this; the message says what to do, by field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """`texts` by language; `options` of a single choice likewise, in the same order in each language."""

    theme: Theme
    kind: str
    texts: Mapping[str, str]
    reversed: bool = False
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def check(self, organisation: Organisation) -> None:
        """Raises QuestionError with an entry for each field that is wrong."""
        found: dict[str, list[str]] = {}
        for name, problem in [*self._problems(organisation), *self._option_problems()]:
            found.setdefault(name, []).append(problem)
        if found:
            raise QuestionError(found)

    def _problems(self, organisation: Organisation) -> Problems:
        if self.theme.organisation_id not in {None, organisation.pk}:
            yield "theme", _("Choose a theme of the shared bank or of your own organisation.")
        if self.kind not in Question.Kind.values:
            yield "kind", _("Choose a kind of question.")
        if self.reversed and self.kind not in SCALES:
            yield "reversed", _("Only a question on a scale can be turned round.")
        yield from missing_texts("text", self.texts)
        yield from too_long("text", self.texts, LONGEST_TEXT)

    def _option_problems(self) -> Problems:
        if self.kind != Question.Kind.CHOICE:
            return
        counts = {len(labels) for labels in self.options.values() if labels}
        for code in REQUIRED:
            if not self.options.get(code):
                yield f"options_{code}", _("Write down the options, one on each line.")
        for code, labels in self.options.items():
            yield from ((f"options_{code}", problem) for problem in _problems_of(labels))
        if len(counts) > 1:
            least = min(self.options, key=lambda code: len(self.options[code]) or MOST_OPTIONS + 1)
            yield f"options_{least}", _("Write down as many options in each language, in the same order.")

    def written_on(self, question: Question) -> Question:
        """The question with this wording; a scale of another length keeps it."""
        if self.kind == Question.Kind.CHOICE:
            question.points = len(self.options[REQUIRED[0]])
        elif self.kind != question.kind or not question.pk:
            question.points = POINTS[Question.Kind(self.kind)]
        question.theme = self.theme
        question.kind = self.kind
        question.reversed = self.reversed
        question.text_nl, question.text_en = self.texts["nl"], self.texts["en"]
        question.other_languages = others(self.texts)
        question.options = self._options()
        return question

    def _options(self) -> list[dict[str, str]]:
        if self.kind != Question.Kind.CHOICE:
            return []
        filled = {code: labels for code, labels in self.options.items() if labels}
        places = range(len(filled[REQUIRED[0]]))
        return [{code: labels[place] for code, labels in filled.items()} for place in places]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeDraft:
    """`names` and `descriptions` by language."""

    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    kind: str = Theme.Kind.LEADING

    def check(self) -> None:
        found: dict[str, list[str]] = {}
        problems = [
            *missing_texts("name", self.names),
            *too_long("name", self.names, LONGEST_NAME),
            *too_long("description", self.descriptions, LONGEST_DESCRIPTION),
        ]
        if self.kind not in Theme.Kind.values:
            problems.append(("kind", _("Choose what kind of theme it is.")))
        for name, problem in problems:
            found.setdefault(name, []).append(problem)
        if found:
            raise QuestionError(found)

    def written_on(self, theme: Theme) -> Theme:
        theme.name_nl, theme.name_en = self.names["nl"], self.names["en"]
        theme.description_nl = self.descriptions.get("nl", "")
        theme.description_en = self.descriptions.get("en", "")
        theme.other_languages = {
            code: {"name": name, "description": self.descriptions.get(code, "")}
            for code, name in others(self.names).items()
        }
        theme.kind = self.kind
        return theme


def others(texts: Mapping[str, str]) -> dict[str, str]:
    """The filled ones that have no column of their own."""
    return {code: text for code, text in texts.items() if text and code not in REQUIRED}


def missing_texts(name: str, texts: Mapping[str, str]) -> Problems:
    for code in REQUIRED:
        if not texts.get(code):
            yield f"{name}_{code}", _("This text is needed in Dutch and in English.")


def too_long(name: str, texts: Mapping[str, str], most: int) -> Problems:
    for code, text in texts.items():
        if len(text) > most:
            yield f"{name}_{code}", _("Shorten this to at most %(most)d characters.") % {"most": most}


def _problems_of(labels: Sequence[str]) -> Iterator[str]:
    if labels and not 2 <= len(labels) <= MOST_OPTIONS:
        yield _("Give 2 to %(most)d options.") % {"most": MOST_OPTIONS}
    if len({label.casefold() for label in labels}) < len(labels):
        yield _("Two options are the same.")
    if any("|" in label for label in labels):
        yield _("Leave out the sign |, which parts options in a file.")
    if any(len(label) > LONGEST_OPTION for label in labels):
        yield _("Shorten each option to at most %(most)d characters.") % {"most": LONGEST_OPTION}
