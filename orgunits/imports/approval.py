"""Who may carry an import out: HR alone decides who sees results.

An IT administrator sees no results, and must not get at them by a file that names their own address as a
manager, or hangs other units under a team of theirs. They may prepare such a file; HR applies or undoes it.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from orgunits.access import scope_of
from orgunits.imports.problems import ImportRefusedError
from orgunits.models import ImportRun, Role

DECIDES_WHO_SEES = frozenset({"access.new", "access.ended", "units.moved"})


def is_for_hr(run: ImportRun) -> bool:
    """Whether it changes managers' access, or takes units or many of their people elsewhere."""
    counts = run.summary.get("counts", {})
    return bool(run.summary.get("findings")) or any(counts.get(kind) for kind in DECIDES_WHO_SEES)


def refuse_unless_allowed(run: ImportRun, *, by: User | None, on: date) -> None:
    """`by` is None for what the server's own commands do. Raises ImportRefusedError."""
    if by is not None and is_for_hr(run) and not scope_of(by, on=on).has_on_root(Role.HR):
        raise ImportRefusedError(
            _("This file changes who sees results. Ask an HR administrator to do this on the same page.")
        )
