"""Whether what was begun helped, looked at after each wave: lists tell it, and pages need not reckon it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Organisation
from actions.models import Action
from actions.queries import begun_beside
from orgunits.models import ChangeEvent
from results.effects import findings
from results.effects.comparing import Beginning, compared_with
from results.effects.effect import Effect
from results.effects.reading import effects_of
from results.signals.models import Signal
from results.signals.queries import signals
from results.signals.telling import DECLINES

TASK = "actions.tasks.look_at_effects"
AGAIN = timedelta(days=1)  # something else may have begun nearby, or be undone
LOOKING = 0x6C6F6F6B  # the advisory lock's class, "look" in ASCII


def organisations_to_look_at(now: datetime) -> list[int]:
    """With a wave that came or was withdrawn since the last look, or with an action to look at (again)."""
    due = Q(looked_at=None) | Q(looked_at__lte=now - AGAIN)
    found = (findings.waves_to_look_at(), findings.withdrawn_waves(), Action.objects.filter(due))
    return sorted({pk for rows in found for pk in rows.values_list("organisation_id", flat=True)})


def look_at_effects(organisation: Organisation, *, now: datetime) -> None:
    """Safe to run twice, and to die half-way: what was found is kept, and need not be found again.

    With many actions it takes longer than a tick: another worker would only reckon the same beside it.
    """
    _withdraw(organisation)
    with _alone(organisation) as alone:
        if alone:
            _look(organisation, now)


@transaction.atomic
def _withdraw(organisation: Organisation) -> None:
    """What was found from figures that are not shown any more goes first, whoever else is looking."""
    if findings.forget_withdrawn(organisation):
        Action.objects.filter(organisation=organisation).update(moved="", looked_at=None)


@contextmanager
def _alone(organisation: Organisation) -> Iterator[bool]:
    """Whether no other worker is at it. PostgreSQL lets go of the lock of one that dies."""
    lock = [LOOKING, organisation.pk % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        [alone] = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def _look(organisation: Organisation, now: datetime) -> None:
    actions = Action.objects.filter(organisation=organisation)
    actions = actions.select_related("unit__organisation", "theme").order_by("pk")
    waves = list(findings.waves_to_look_at(organisation))
    if not waves and not actions.filter(looked_at__lte=now - AGAIN).exists():
        for action in actions.filter(looked_at=None):
            _look_at(action, now)
        return
    changes = ChangeEvent.objects.filter(organisation=organisation).select_related("unit__organisation")
    seen = [_effects(Beginning.of_change(change))[0] for change in changes]
    seen += [_look_at(action, now) for action in actions]
    findings.forget_others(organisation, seen)
    findings.looked_at(waves, now=now)


def _look_at(action: Action, now: datetime) -> str:
    """The key of what was found."""
    key, effects = _effects(beginning_of(action, _signal(action)))
    effect = effects.get(action.theme_id) if action.theme_id else None
    # With another first day or theme by now it is still to be looked at; being closed changes nothing.
    unchanged = Action.objects.filter(pk=action.pk, starts_on=action.starts_on, theme=action.theme_id)
    unchanged.update(moved=effect.moved if effect else "", looked_at=now)
    return key


def _signal(action: Action) -> Signal | None:
    """The one that it was agreed on for, while whoever sees the action sees it too."""
    if action.signal_id is None:
        return None
    return signals(action.unit.organisation, [action.unit_id]).filter(pk=action.signal_id).first()


def _effects(beginning: Beginning) -> tuple[str, Mapping[int, Effect]]:
    compared = compared_with(beginning)
    return compared.key, effects_of(compared) if compared.is_enough else {}


def beginning_of(action: Action, signal: Signal | None) -> Beginning:
    """`signal`: the one that it was agreed on for, as far as the viewer sees it."""
    fell = signal and signal.kind in DECLINES and signal.theme_id == action.theme_id
    return Beginning(
        unit=action.unit,
        on=action.starts_on,
        theme=action.theme,
        shifted=signal.probability if signal and fell else None,  # as it was when raised
        besides=begun_beside(action),
    )
