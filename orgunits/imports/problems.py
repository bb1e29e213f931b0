"""What is wrong with a file: all of it at once, so that it can be mended in one go."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

KEPT = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 with the header as line 1; 0 is the file as a whole."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = [self.file]
        if self.line:
            place.append(_("line %(line)s") % {"line": self.line})
        if self.column:
            place.append(self.column)
        return f"{', '.join(place)}: {self.reason}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Problems:
    """Keeps the first 500 and counts the rest. `names`: what the file itself calls its columns."""

    file: str
    kept: list[Problem] = field(default_factory=list)
    count: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, line: int, column: str, reason: str) -> None:
        self.count += 1
        if len(self.kept) < KEPT:
            self.kept.append(Problem(self.file, line, self.names.get(column, column), reason))

    def in_order(self) -> list[Problem]:
        return sorted(self.kept, key=lambda problem: problem.line)


class FileUnreadableError(Exception):
    """The file as a whole is no table that can be read."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class ImportRefusedError(ValidationError):
    """Nothing was imported. `problems` holds the first 500 reasons, in order of line."""

    def __init__(self, message: str, *, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []

    @classmethod
    def because_of(cls, problems: Problems) -> ImportRefusedError:
        found = problems.in_order()
        shown = "\n".join(str(problem) for problem in found[:20])
        heading = ngettext(
            "Nothing was imported: %(count)s problem in the file.",
            "Nothing was imported: %(count)s problems in the file.",
            problems.count,
        ) % {"count": problems.count}
        return cls(f"{heading}\n{shown}", problems=found)
