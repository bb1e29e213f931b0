from __future__ import annotations

import uuid
from datetime import datetime, time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit


class BankQuerySet(models.QuerySet[models.Model]):
    def available_to(self, organisation: Organisation) -> BankQuerySet:
        """The shared bank and the organisation's own."""
        return self.filter(models.Q(organisation=None) | models.Q(organisation=organisation))


class Theme(models.Model):
    """What a set of questions is about; its figure is an index."""

    class Kind(models.TextChoices):
        LEADING = "leading", _("early signal")
        LAGGING = "lagging", _("consequence")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="themes"
    )
    code = models.CharField(max_length=64)
    name_en = models.CharField(max_length=200)
    name_nl = models.CharField(max_length=200)
    description_en = models.TextField(blank=True)
    description_nl = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LEADING)
    position = models.PositiveSmallIntegerField(default=0)

    objects = BankQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint("organisation", "code", name="theme_code_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_nl if get_language() == "nl" else self.name_en

    @property
    def description(self) -> str:
        return self.description_nl if get_language() == "nl" else self.description_en


class QuestionText(models.Model):
    """The parts of a question that an answer depends on; a wave keeps its own copy."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("five-point agreement")
        SCALE = "scale", _("0 to 10")
        OPEN = "open", _("open question")

    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AGREEMENT)
    points = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(2), MaxValueValidator(11)]
    )
    reversed = models.BooleanField(default=False)
    text_en = models.CharField(max_length=500)
    text_nl = models.CharField(max_length=500)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_nl if get_language() == "nl" else self.text_en

    @property
    def lowest(self) -> int:
        """The lowest score: a scale of eleven points runs from 0, the others from 1."""
        return 0 if self.points == 11 else 1

    @property
    def highest(self) -> int:
        return self.lowest + self.points - 1


class Question(QuestionText):
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="questions")
    short = models.BooleanField(default=False)

    objects = BankQuerySet.as_manager()

    class Meta:
        ordering = ["theme__position", "code"]
        constraints = [
            models.UniqueConstraint("organisation", "code", name="question_code_once", nulls_distinct=False)
        ]


class CycleQuerySet(models.QuerySet["Cycle"]):
    def due(self, now: datetime) -> CycleQuerySet:
        return self.filter(state=Cycle.State.ACTIVE, next_opens_at__lte=now)


class Cycle(models.Model):
    """A recurring programme of questions for part of the organisation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="cycles")
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    units = models.ManyToManyField(OrgUnit, related_name="cycles", verbose_name=_("units"))
    questions: models.ManyToManyField[Question, CycleQuestion] = models.ManyToManyField(
        Question, through="CycleQuestion", related_name="cycles"
    )
    recurrence = models.CharField(_("recurrence"), max_length=200)
    starts_on = models.DateField(_("first day"))
    send_at = models.TimeField(_("time of sending"), default=time(9, 0))
    days_open = models.PositiveSmallIntegerField(
        _("days open"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    reminder_after_days = models.PositiveSmallIntegerField(
        _("reminder after (days)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    comment_allowed = models.BooleanField(_("ask for a comment"), default=True)
    next_opens_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = CycleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state"]),
            models.Index(fields=["next_opens_at"], condition=models.Q(state="active"), name="cycle_due"),
        ]

    def __str__(self) -> str:
        return self.name


class CycleQuestion(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="cycle_questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint("cycle", "question", name="cycle_question_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.question}"


class WaveQuerySet(models.QuerySet["Wave"]):
    def open(self) -> WaveQuerySet:
        return self.filter(state=Wave.State.OPEN)

    def closed(self) -> WaveQuerySet:
        return self.filter(state=Wave.State.CLOSED)

    def due_to_remind(self, now: datetime) -> WaveQuerySet:
        return self.open().filter(remind_at__lte=now, closes_at__gt=now, reminded_at=None)

    def due_to_close(self, now: datetime) -> WaveQuerySet:
        """Over time, or left half-closed by a worker that died."""
        over = models.Q(state=Wave.State.OPEN, closes_at__lte=now)
        return self.filter(over | models.Q(state=Wave.State.CLOSING))


class Wave(models.Model):
    """One run of a cycle. All it needs is copied at opening, so later changes never alter it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="waves")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    scheduled_for = models.DateTimeField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    minimum_group = models.PositiveSmallIntegerField()
    comment_allowed = models.BooleanField()

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint("cycle", "number", name="wave_number_once"),
            models.UniqueConstraint("cycle", "scheduled_for", name="wave_scheduled_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-opened_at"]),
            models.Index(fields=["closes_at"], condition=~models.Q(state="closed"), name="wave_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


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
    """A unit as it was at opening. `position` counts in preorder, so a subtree is a slice."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    parent_position = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=200)
    invited = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("wave", "position", name="wave_unit_position_once"),
            models.UniqueConstraint("wave", "unit", name="wave_unit_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """Someone asked in a wave. While it is open that they answered, on which day; never what, or when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.SET_NULL, null=True, related_name="invitations")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8)
    bands = models.JSONField(default=dict)
    answered = models.BooleanField(default=False)
    answered_on = models.DateField(null=True)
    reminders_stopped = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("wave", "employee", name="invitation_once")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> MailQuerySet:
        """Ready to be claimed: waiting, or left by a worker that died before sending it."""
        waiting = models.Q(state=Mail.State.DUE, due_at__lte=now)
        left = models.Q(state=Mail.State.CLAIMED, claimed_until__lte=now)
        return self.filter(waiting | left, wave__state=Wave.State.OPEN)


class Mail(models.Model):
    """The outbox: one row per invitation and kind, so nobody gets a second mail of a kind.

    Each mail carries a link of its own; the row keeps only the SHA-256 of its token.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")

    class State(models.TextChoices):
        DUE = "due", _("waiting")
        CLAIMED = "claimed", _("being prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNCONFIRMED = "unconfirmed", _("perhaps sent")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("not needed any more")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="mails", db_index=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="mails", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("invitation", "kind", name="mail_kind_once")]
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=models.Q(state__in=["due", "claimed", "sending"]),
                name="mail_unfinished",
            ),
            models.Index(fields=["organisation", "claimed_at"], name="mail_claimed"),
            models.Index(fields=["wave", "state"], name="mail_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Submission(models.Model):
    """A sealed answer, until it is mixed: no name, no invitation, no token, no time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    bands = models.JSONField(default=dict)
    scores = ArrayField(models.SmallIntegerField(null=True))  # by position; None is skipped
    comments = models.JSONField(default=dict)  # text by position of an open question; "" is the general one

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="submission_own_group")]

    def __str__(self) -> str:
        return "sealed submission"
