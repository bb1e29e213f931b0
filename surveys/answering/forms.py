from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from surveys.models import Wave, WaveQuestion

LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class AnswerField:
    """One question on the page; `chosen` and `typed` keep what was sent when the page comes back.

    `scale`: choices are numbers in a row. `listed`: they are options of any length, one below the other.
    """

    name: str
    text: str
    open: bool
    scale: bool
    lowest: int
    highest: int
    low: str
    high: str
    choices: list[tuple[int, str]]
    listed: bool = False
    chosen: int | None = None
    typed: str = ""


def agreement_labels() -> list[str]:
    return [
        _("Strongly disagree"),
        _("Disagree"),
        _("Neither agree nor disagree"),
        _("Agree"),
        _("Strongly agree"),
    ]


def field_name(question: WaveQuestion) -> str:
    return f"q{question.position + 1}"


def answer_field(question: WaveQuestion, scores: Mapping[int, int | None], typed: str) -> AnswerField:
    labels = _labels(question)
    numbers = list(range(question.lowest, question.highest + 1))
    return AnswerField(
        name=field_name(question),
        text=question.text,
        open=question.kind == WaveQuestion.Kind.OPEN,
        scale=not labels,
        lowest=question.lowest,
        highest=question.highest,
        low=_("not at all"),
        high=_("very strongly"),
        choices=list(zip(numbers, labels or map(str, numbers), strict=True)),
        listed=question.kind == WaveQuestion.Kind.CHOICE,
        chosen=scores.get(question.position),
        typed=typed,
    )


def _labels(question: WaveQuestion) -> list[str]:
    """In words, one for each answer; none for a scale of numbers."""
    if question.kind == WaveQuestion.Kind.CHOICE:
        return question.option_labels
    if question.kind == WaveQuestion.Kind.AGREEMENT and question.points == 5:
        return agreement_labels()
    return []


class AnswerForm:
    """The posted page: a score or nothing per question, and texts. Nothing is required but something."""

    def __init__(self, wave: Wave, questions: list[WaveQuestion], posted: Mapping[str, Any]) -> None:
        self.wave = wave
        self.questions = questions
        self.posted = posted
        self.scores: list[int | None] = [None] * len(questions)
        self.comments: dict[str, str] = {}

    def clean(self) -> None:
        """Raises ValidationError when nothing was answered, or a value is not one that the page offers."""
        for question in self.questions:
            if question.kind == WaveQuestion.Kind.OPEN:
                self._take_text(str(question.position), field_name(question))
            else:
                self.scores[question.position] = self._score(question)
        if self.wave.comment_allowed:
            self._take_text("", "comment")
        if not self.comments and not any(score is not None for score in self.scores):
            raise ValidationError(_("Choose an answer to at least one question, then send again."))

    def fields(self) -> list[AnswerField]:
        scores = dict(enumerate(self.scores))
        return [answer_field(one, scores, self.typed(field_name(one))) for one in self.questions]

    @property
    def first_text(self) -> str:
        """The name of the first field to write in; that of the general one comes last."""
        texts = (field_name(one) for one in self.questions if one.kind == WaveQuestion.Kind.OPEN)
        return next(texts, "comment")

    def typed(self, name: str) -> str:
        """A text as PostgreSQL can store it: without NUL and other control characters."""
        text = str(self.posted.get(name, "")).replace("\r\n", "\n").strip()
        return "".join(letter for letter in text if letter.isprintable() or letter == "\n")

    def _score(self, question: WaveQuestion) -> int | None:
        given = self.posted.get(field_name(question), "")
        if not given:
            return None
        allowed = map(str, range(question.lowest, question.highest + 1))
        if given not in allowed:
            raise ValidationError(_("Choose one of the answers shown with “%(text)s”.") % {"text": question})
        return int(given)

    def _take_text(self, position: str, name: str) -> None:
        text = self.typed(name)
        if len(text) > LONGEST_COMMENT:
            raise ValidationError(
                _("Your text is %(length)d characters long. Shorten it to %(most)d, then send again.")
                % {"length": len(text), "most": LONGEST_COMMENT}
            )
        if text:
            self.comments[position] = text
