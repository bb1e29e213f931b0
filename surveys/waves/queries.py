"""What HR's pages read about one wave. Nothing here depends on who answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from surveys.mailing.again import not_reached
from surveys.models import Invitation, LetterRun, Mail, RefusedAddress, Wave, WaveUnit

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
    without_address: int


def problems(wave: Wave) -> Problems:
    """By name; at most a hundred are listed."""
    found = not_reached(wave)
    people = found.select_related("employee", "unit").order_by("employee__last_name", "employee__first_name")
    shown = list(people[:PROBLEMS_SHOWN])
    mails = {
        mail.invitation_id: mail
        for mail in Mail.objects.filter(invitation__in=shown, kind=Mail.Kind.INVITATION)
    }
    reasons = _reasons(wave, shown)
    return Problems(
        total=found.count(),
        shown=[_problem(one, mails.get(one.pk), reasons.get(one.email.lower(), "")) for one in shown],
        without_address=Invitation.objects.filter(wave=wave, email="").count(),
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


@dataclass(slots=True)
class UnitChoice:
    """A branch of the tree to tick in; `people` counts all below it."""

    pk: int
    label: str
    people: int
    checked: bool
    open: bool = False
    children: list[UnitChoice] = field(default_factory=list)


def wave_unit_choices(wave: Wave, chosen: Collection[str]) -> list[UnitChoice]:
    """The units of the wave as a tree to tick in, with how many people each holds with all below it."""
    roots: list[UnitChoice] = []
    by_position: dict[int, UnitChoice] = {}
    above: dict[int, int | None] = {}
    for unit in WaveUnit.objects.filter(wave=wave).order_by("position"):
        choice = UnitChoice(unit.unit_id, unit.name, 0, str(unit.unit_id) in chosen)
        by_position[unit.position], above[unit.position] = choice, unit.parent_position
        parent = unit.parent_position
        (roots if parent is None else by_position[parent].children).append(choice)
        place: int | None = unit.position
        while place is not None:
            by_position[place].people += unit.invited
            by_position[place].open |= choice.checked or above[place] is None
            place = above[place]
    return roots
