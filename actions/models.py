from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from orgunits.models import OrgUnit
from results.effects.effect import Moved
from results.signals.models import Signal
from surveys.models import Theme


class ActionQuerySet(models.QuerySet["Action"]):
    def going_on(self) -> ActionQuerySet:
        """Neither done nor stopped, begun or not."""
        return self.filter(outcome="")

    def open_since(self, moment: datetime) -> ActionQuerySet:
        """What goes on, and what was closed at this moment or later."""
        return self.filter(models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=moment))

    def in_states(self, on: date, *states: Action.State) -> ActionQuerySet:
        return self.filter(Action.in_states(on, *states))

    def shared(self) -> ActionQuerySet:
        """What those who were asked may know."""
        return self.filter(is_shared=True)

    def at_or_below(self, unit: OrgUnit) -> ActionQuerySet:
        return self.filter(organisation=unit.organisation_id, unit__path__startswith=unit.path)


class Action(models.Model):
    """A step that a unit agreed on, often because of what it saw here.

    `remind_at`: when its owner gets the next mail about it; None when there is none to come.
    `moved`: how figures of its theme moved since, as of the newest wave; "" while nothing can be said.
    `looked_at`: when a worker looked at that; None when it did not since the action was agreed or changed.
    `form_key`: of the form that it was planned with, so that one sent twice plans one.
    """

    class Outcome(models.TextChoices):
        DONE = "done", pgettext_lazy("of an action", "done")
        STOPPED = "stopped", pgettext_lazy("of an action", "stopped")

    class State(models.TextChoices):
        """What the outcome and the day say together."""

        OVERDUE = "overdue", pgettext_lazy("of an action", "overdue")
        RUNNING = "running", pgettext_lazy("of an action", "under way")
        PLANNED = "planned", pgettext_lazy("of an action", "planned")
        DONE = "done", pgettext_lazy("of an action", "done")
        STOPPED = "stopped", pgettext_lazy("of an action", "stopped")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    why = models.TextField(blank=True, max_length=2000)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, related_name="+")
    signal = models.ForeignKey(Signal, on_delete=models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    starts_on = models.DateField()
    due_on = models.DateField()
    is_shared = models.BooleanField(default=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    moved = models.CharField(max_length=7, choices=Moved.choices, blank=True)
    looked_at = models.DateTimeField(null=True)
    what_came_of_it = models.TextField(blank=True, max_length=500)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(default=uuid4)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", "created_by", "form_key", name="action_planned_once"),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("starts_on")), name="action_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="") ^ models.Q(closed_at__isnull=False),
                name="action_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(remind_at__isnull=True),
                name="action_closed_reminds_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "unit"], name="action_of_unit"),
            models.Index(
                fields=["remind_at"], condition=models.Q(remind_at__isnull=False), name="action_to_remind"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def state(self, on: date) -> State:
        if self.outcome:
            return self.State(self.outcome)
        if self.due_on < on:
            return self.State.OVERDUE
        return self.State.RUNNING if self.starts_on <= on else self.State.PLANNED

    @property
    def seen_to_by(self) -> str:
        """The name of the owner; "" without one, and once that account is gone."""
        return self.owner.get_full_name() if self.owner and self.owner.is_active else ""

    @classmethod
    def in_states(cls, on: date, *states: State) -> models.Q:
        """The same, for the database."""
        going_on, late = models.Q(outcome=""), models.Q(due_on__lt=on)
        found = {
            cls.State.OVERDUE: going_on & late,
            cls.State.RUNNING: going_on & ~late & models.Q(starts_on__lte=on),
            cls.State.PLANNED: going_on & ~late & models.Q(starts_on__gt=on),
        }
        any_of = models.Q(pk__in=[])
        for state in states:
            any_of |= found.get(state) or models.Q(outcome=state.value)
        return any_of
