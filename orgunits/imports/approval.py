"""Who may carry an import out: HR alone decides who sees results.

An IT administrator sees no results, and must not get at them by a file that names their own address as a
manager, or hangs other units under a team of theirs. One who leads a team already must not get at others by
placing people in it, or in a unit below it. They may prepare such a file; HR applies or undoes it.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from orgunits.access import Scope, scope_of
from orgunits.imports.problems import ImportRefusedError
from orgunits.models import ImportRun, Role

DECIDES_WHO_SEES = frozenset({"access.new", "access.ended", "units.moved"})
DECIDES_WHO_IS_WHERE = frozenset({"people.new", "people.moved", "people.returned", "people.left"})


def waits_for_hr(run: ImportRun, scope: Scope) -> bool:
    """Whether whoever has this scope may not carry it out.

    It changes managers' access, or takes units or many of their people elsewhere. For those who see results
    of some units it is also enough that it changes any unit, or who is in it.
    """
    if scope.has_on_root(Role.HR):
        return False
    changed = {kind for kind, count in run.summary.get("counts", {}).items() if count}
    if run.summary.get("findings") or changed & DECIDES_WHO_SEES:
        return True
    is_about_units = any(kind.startswith("units.") for kind in changed)
    return bool(scope.result_paths) and (is_about_units or bool(changed & DECIDES_WHO_IS_WHERE))


def refuse_unless_allowed(run: ImportRun, *, by: User | None, on: date) -> None:
    """`by` is None for what the server's own commands do. Raises ImportRefusedError."""
    if by is not None and waits_for_hr(run, scope_of(by, on=on)):
        raise ImportRefusedError(
            _("This file changes who sees results. Ask an HR administrator to do this on the same page.")
        )
