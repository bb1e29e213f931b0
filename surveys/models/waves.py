"""One run of a cycle, with all it needs copied at opening, and who is asked in it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.languages import best_text
from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.answering.keys import NAME_LENGTH, current_key_name
from surveys.models.bank import Question, QuestionText, Theme
from surveys.models.cycles import Cycle, CycleKind

COMMENTS_TOGETHER = 10  # so many are gathered before anyone reads them


class WaveQuerySet(models.QuerySet["Wave"]):
    def open(self) -> WaveQuerySet:
        return self.filter(state=Wave.State.OPEN)

    def closed(self) -> WaveQuerySet:
        return self.filter(state=Wave.State.CLOSED)

    def due_to_remind(self, now: datetime) -> WaveQuerySet:
        first = models.Q(remind_at__lte=now, reminded_at=None)
        once_more = models.Q(remind_again_at__lte=now, reminded_at__lt=models.F("remind_again_at"))
        return self.open().filter(first | once_more, closes_at__gt=now)

    def due_for_round(self, now: datetime) -> WaveQuerySet:
        """Of a journey: to look whose day has come, and who has not answered yet."""
        return self.open().filter(round_at__lte=now, closes_at__gt=now)

    def due_to_close(self, now: datetime) -> WaveQuerySet:
        """Over time, or left half-closed by a worker that died."""
        over = models.Q(state=Wave.State.OPEN, closes_at__lte=now)
        return self.filter(over | models.Q(state=Wave.State.CLOSING))


class Wave(models.Model):
    """One run of a cycle. All it needs is copied at opening, so later changes never alter it.

    That of a journey gathers people one by one until `adds_until`, and its tree with them.
    """

    Kind = CycleKind

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="waves")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=CycleKind.choices, default=CycleKind.RECURRING)
    days_after = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    adds_until = models.DateTimeField(null=True, blank=True)
    round_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    remind_again_at = models.DateTimeField(null=True, blank=True)
    minimum_group = models.PositiveSmallIntegerField()  # as promised to who is asked: a trigger keeps it
    comment_allowed = models.BooleanField()
    parts = models.PositiveSmallIntegerField(default=1)  # of this many parts of the audience one was asked
    invited = models.PositiveIntegerField(default=0)  # people in all its units
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)  # none: all
    sender_name = models.CharField(max_length=200, blank=True)
    reply_to = models.EmailField(blank=True)
    intros = models.JSONField(default=dict, blank=True)
    mail_texts = models.JSONField(default=dict, blank=True)
    key_name = models.CharField(max_length=NAME_LENGTH, default=current_key_name)  # see answering/keys.py

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint("cycle", "number", name="wave_number_once"),
            models.UniqueConstraint("cycle", "scheduled_for", name="wave_scheduled_once"),
            models.CheckConstraint(
                condition=models.Q(minimum_group__gte=5), name="wave_minimum_group_allowed"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-opened_at"]),
            models.Index(fields=["closes_at"], condition=~models.Q(state="closed"), name="wave_unfinished"),
            models.Index(
                fields=["round_at"], condition=models.Q(round_at__isnull=False), name="wave_round_due"
            ),
        ]

    def __str__(self) -> str:
        if self.is_journey:
            month = date_format(timezone.localtime(self.scheduled_for), "F Y")
            return str(_("%(name)s, from %(month)s") % {"name": self.name, "month": month})
        return f"{self.name} {self.number}"

    @property
    def comments_together(self) -> int:
        """From how many comments on they are read."""
        return max(COMMENTS_TOGETHER, self.minimum_group)

    @property
    def is_journey(self) -> bool:
        return self.kind != CycleKind.RECURRING

    @property
    def intro(self) -> str:
        """In the language in use, else in one that was written."""
        return best_text(self.intros)

    @property
    def news(self) -> str:
        """What changed since last time, in the language in use, else in one that was written."""
        return best_text({code: texts.get("news", "") for code, texts in self.mail_texts.items()})


class WaveQuestion(QuestionText):
    """A question as it was at opening. A submission's scores stand in order of `position`, from 0."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint("wave", "position", name="wave_question_position_once")]


class WaveUnit(models.Model):
    """A unit as it was at opening. `position` counts in preorder, so a subtree is a slice.

    `has_figures`: closing put at least one of it in the ledger; whether that is shown, the verdict says.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    parent_position = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=200)
    invited = models.PositiveIntegerField(default=0)
    has_figures = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("wave", "position", name="wave_unit_position_once"),
            models.UniqueConstraint("wave", "unit", name="wave_unit_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """Someone asked in a wave; never whether they answered (see `Ticket`), what, or when.

    In a journey they are asked on a day of their own, `invited_on`, because of `event_on`: the first day, the
    day of the move or the last day. `closes_at` is their own end; without one it is that of the wave.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.SET_NULL, null=True, related_name="invitations")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8)
    bands = models.JSONField(default=dict)
    reminders_stopped = models.BooleanField(default=False)
    event_on = models.DateField(null=True)
    invited_on = models.DateField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("wave", "employee", name="invitation_once")]
        indexes = [models.Index(fields=["wave"], condition=models.Q(email=""), name="invitation_no_address")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
