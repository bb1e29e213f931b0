"""What a file with questions would do, row by row, before anything is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from orgunits.imports.problems import Problems
from surveys.bank.drafts import QuestionDraft, ThemeDraft
from surveys.bank.hints import Hint
from surveys.models import Question


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    VERSION = "version"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        labels = {
            Outcome.NEW: _("new"),
            Outcome.CHANGED: _("changed"),
            Outcome.VERSION: _("new version"),
            Outcome.UNCHANGED: _("unchanged"),
        }
        return labels[self]


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """`question` is what stands now, None for a new one; `new_theme`: code of a theme to be made first."""

    line: int
    outcome: Outcome
    draft: QuestionDraft
    code: str
    question: Question | None = None
    new_theme: str = ""
    before: str = ""
    may_be_equivalent: bool = False
    hints: list[tuple[str, Hint]] = field(default_factory=list)  # with the language of the text

    @property
    def text(self) -> str:
        return self.draft.written_on(Question()).text


@dataclass(slots=True)
class BankPlan:
    rows: list[PlannedRow]
    themes: dict[str, ThemeDraft]
    problems: Problems

    @property
    def changes(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome is not Outcome.UNCHANGED]

    @property
    def digest(self) -> str:
        """The same as long as the file would do the same."""
        seen = [
            (
                row.line,
                row.outcome,
                row.question.pk if row.question else 0,
                row.question and row.question.revision,
            )
            for row in self.rows
        ]
        return hashlib.sha256(repr((seen, sorted(self.themes))).encode()).hexdigest()[:32]

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)
