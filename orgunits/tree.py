"""The unit tree as a whole: one writer at a time, and paths for many new units at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from accounts.models import Organisation
from orgunits.models import OrgUnit, OrgUnitQuerySet

DEEPEST = 60  # levels; a path of 255 characters holds 63

ROOTS_LOCK = 7_001  # all organisations' roots share one row of paths
TREE_LOCK = 7_002


def lock_tree(organisation: Organisation) -> None:
    """Until the transaction ends, nobody else changes this organisation's units and people."""
    take_lock(TREE_LOCK, organisation.pk)


def hold_tree(organisation_id: int) -> None:
    """Before a transaction ends that refers to many units: an import that moves them could block it halfway.

    Several may hold the tree at once; only `lock_tree` waits for them, and they for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [TREE_LOCK, organisation_id])


def lock_roots() -> None:
    take_lock(ROOTS_LOCK, 0)


def take_lock(kind: int, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, number])


def today(organisation: Organisation, now: datetime) -> date:
    """The date where the organisation is."""
    return now.astimezone(organisation.zone).date()


def next_root_path() -> str:
    """Hold `lock_roots` until the root is saved."""
    last = OrgUnit.objects.get_last_root_node()
    return str(last._inc_path() if last else OrgUnit._get_path(None, 1, 1))


def ids_by_path(units: OrgUnitQuerySet) -> dict[str, int]:
    """Of these units those that have not ended, by their names from the top joined with `/`; two queries."""
    reached = list(units.current().values_list("path", "pk"))
    above = {start for path, _pk in reached for start in paths_down_to(path)}
    names = dict(OrgUnit.objects.filter(path__in=above).values_list("path", "name"))
    return {"/".join(names[start] for start in paths_down_to(path)): pk for path, pk in reached}


def paths_down_to(path: str) -> list[str]:
    """The paths of the units from the root down to this one."""
    return [path[:end] for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen)]


class ChildPaths:
    """Hands out the next free path under any unit, given the paths that are taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.last_steps: dict[str, int] = {}
        for path in taken:
            parent, step = path[: -OrgUnit.steplen], OrgUnit._str2int(path[-OrgUnit.steplen :])
            self.last_steps[parent] = max(step, self.last_steps.get(parent, 0))

    def follow(self, before: str, after: str) -> None:
        """A unit got another path, and its children with it."""
        self.last_steps[after] = self.last_steps.get(before, 0)

    def next_under(self, parent: OrgUnit) -> str:
        step = self.last_steps.get(parent.path, 0) + 1
        self.last_steps[parent.path] = step
        return str(OrgUnit._get_path(parent.path, parent.depth + 1, step))
