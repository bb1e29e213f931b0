"""What HR's pages read about one wave. Nothing here depends on who answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.db import connection

from orgunits.access import Scope
from surveys.mailing.again import not_reached
from surveys.models import Invitation, LetterRun, Mail, RefusedAddress, Wave, WaveUnit
from surveys.unit_tree import Unit

PROBLEMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Someone whom the invitation did not, or perhaps not, reach: refused, unconfirmed or held_back."""

    pk: int
    name: str
    unit: str
    email: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problems:
    total: int
    shown: list[Problem]


def problems(wave: Wave) -> Problems:
    """By name; at most a hundred are listed."""
    found = not_reached(wave)
    people = found.select_related("employee", "unit").order_by("employee__last_name", "employee__first_name")
    shown = list(people[:PROBLEMS_SHOWN])
    if not shown:
        return Problems(0, [])
    mails = {
        mail.invitation_id: mail
        for mail in Mail.objects.filter(invitation__in=shown, kind=Mail.Kind.INVITATION)
    }
    reasons = _reasons(wave, shown)
    return Problems(
        total=found.count() if len(shown) == PROBLEMS_SHOWN else len(shown),
        shown=[_problem(one, mails.get(one.pk), reasons.get(one.email.lower(), "")) for one in shown],
    )


def _reasons(wave: Wave, people: Collection[Invitation]) -> dict[str, str]:
    emails = [one.email.lower() for one in people]
    refused = RefusedAddress.objects.filter(organisation=wave.organisation_id, email__in=emails)
    return dict(refused.values_list("email", "reason"))


def _problem(invitation: Invitation, mail: Mail | None, reason: str) -> Problem:
    return Problem(
        pk=invitation.pk,
        name=str(invitation.employee),
        unit=invitation.unit.name,
        email=invitation.email,
        kind=mail.state if mail else "held_back",
        reason=mail.error if mail else reason,
    )


@dataclass(frozen=True, slots=True)
class LetterRow:
    pk: int
    state: LetterRun.State
    form: LetterRun.Form
    letters: int
    ordered_at: datetime
    ordered_by: str

    @property
    def is_due(self) -> bool:
        return self.state == LetterRun.State.DUE

    @property
    def is_ready(self) -> bool:
        return self.state == LetterRun.State.READY

    @property
    def can_withdraw(self) -> bool:
        return self.state in {LetterRun.State.READY, LetterRun.State.ERASED}


def letter_rows(wave: Wave) -> list[LetterRow]:
    """Newest first; without the files."""
    runs = wave.letter_runs.select_related("ordered_by").defer("sealed")
    return [
        LetterRow(
            pk=run.pk,
            state=LetterRun.State(run.state),
            form=LetterRun.Form(run.form),
            letters=run.letters,
            ordered_at=run.ordered_at,
            ordered_by=run.ordered_by.get_full_name() if run.ordered_by else "",
        )
        for run in runs
    ]


def units_down_to(wave: Wave, unit_id: int) -> list[int]:
    """Ids from the top to this unit, as the tree was when the wave opened; empty if it was not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line AS (
                SELECT unit_id, position, parent_position FROM surveys_waveunit
                WHERE wave_id = %(wave)s AND unit_id = %(unit)s
                UNION ALL
                SELECT above.unit_id, above.position, above.parent_position
                FROM surveys_waveunit above JOIN line ON above.position = line.parent_position
                WHERE above.wave_id = %(wave)s
            )
            SELECT unit_id FROM line ORDER BY position
            """,
            {"wave": wave.pk, "unit": unit_id},
        )
        return [row[0] for row in cursor.fetchall()]


AT_OR_BELOW = """
    WITH top AS (
        SELECT position FROM surveys_waveunit WHERE wave_id = %(wave)s AND unit_id = %(unit)s
    ), beyond AS (
        SELECT min(unit.position) AS position FROM surveys_waveunit unit, top
        WHERE wave_id = %(wave)s AND unit.position > top.position AND parent_position < top.position
    )
    SELECT unit_id, unit.position, invited FROM surveys_waveunit unit, top, beyond
    WHERE wave_id = %(wave)s AND unit.position >= top.position
    AND (unit.position < beyond.position OR beyond.position IS NULL)
"""


def places_at_or_below(wave: Wave, unit_id: int) -> dict[int, int]:
    """By unit, where it stood in preorder when the wave opened; empty if the unit was not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT unit_id, position FROM ({AT_OR_BELOW}) AS those",  # noqa: S608  # our own words
            {"wave": wave.pk, "unit": unit_id},
        )
        return dict(cursor.fetchall())


def units_just_below(scope: Scope, wave: Wave, unit_id: int) -> list[tuple[int, str]]:
    """Id and name of those that stood below it when the wave opened, and are in the viewer's reach now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT below.unit_id, below.name FROM surveys_waveunit AS above
            JOIN surveys_waveunit AS below USING (wave_id)
            JOIN orgunits_orgunit AS now ON now.id = below.unit_id
            WHERE wave_id = %(wave)s AND above.unit_id = %(unit)s AND below.parent_position = above.position
            AND now.organisation_id = %(organisation)s AND now.path LIKE ANY(%(paths)s)
            ORDER BY below.position
            """,
            {
                "wave": wave.pk,
                "unit": unit_id,
                "organisation": scope.organisation.pk,
                "paths": [f"{path}%" for path in scope.result_paths],
            },
        )
        return list(cursor.fetchall())


def people_at_or_below(wave: Wave, unit_id: int) -> int:
    """How many were asked there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(invited), 0) FROM ({AT_OR_BELOW}) AS those",  # noqa: S608  # our own words
            {"wave": wave.pk, "unit": unit_id},
        )
        return int(cursor.fetchone()[0])


def wave_units(wave: Wave) -> list[Unit]:
    """The units of the wave in preorder, with how many people each holds with all below it."""
    rows = WaveUnit.objects.filter(wave=wave).order_by("position")
    units = list(rows.values_list("unit_id", "name", "position", "parent_position", "invited"))
    people: dict[int, int] = {}
    depths: dict[int, int] = {}
    for _pk, _name, position, above, invited in units:
        depths[position] = 1 if above is None else depths[above] + 1
        people[position] = invited
    for _pk, _name, position, above, _invited in reversed(units):
        if above is not None:
            people[above] += people[position]
    return [Unit(pk, name, depths[position], people[position]) for pk, name, position, _above, _own in units]


def wave_units_below(wave: Wave, unit_id: int) -> list[Unit] | None:
    """The same of the units below one; None if the unit was not in the wave."""
    units = iter(wave_units(wave))
    top = next((unit for unit in units if unit.pk == unit_id), None)
    if top is None:
        return None
    return list(takewhile(lambda unit: unit.depth > top.depth, units))
