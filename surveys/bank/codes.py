"""Codes of an organisation's own themes and questions. A code names a line of figures, in files too."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Organisation
from surveys.bank.rows import all_questions, all_themes
from surveys.models import Question, Theme


def new_code(organisation: Organisation, theme: Theme) -> str:
    taken = _codes(organisation, f"{theme.code[:50]}_own_")
    return next(code for code in _numbered(f"{theme.code[:50]}_own_") if code not in taken)


def free_code(organisation: Organisation, code: str, *, besides: Question | None = None) -> str:
    """This code, or with a number behind it when the organisation has it already."""
    taken = _codes(organisation, code[:58], besides)
    options = [code, *(f"{code[:58]}-{number}" for number in range(2, len(taken) + 3))]
    return next(one for one in options if one not in taken)


def _codes(organisation: Organisation, start: str, besides: Question | None = None) -> set[str]:
    own = all_questions().filter(organisation=organisation, code__startswith=start)
    return set(own.exclude(pk=besides.pk if besides else 0).values_list("code", flat=True))


def new_theme_code(organisation: Organisation) -> str:
    own = all_themes().filter(organisation=organisation, code__startswith="own_")
    taken = set(own.values_list("code", flat=True))
    return next(code for code in _numbered("own_") if code not in taken)


def _numbered(start: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{start}{number}"
