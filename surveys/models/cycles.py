"""What is asked of whom, and when it repeats."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.models.bank import Question

LONGEST_OPEN = 60  # days, of a wave


class CycleQuerySet(models.QuerySet["Cycle"]):
    def due(self, now: datetime) -> CycleQuerySet:
        return self.filter(state=Cycle.State.ACTIVE, next_opens_at__lte=now)


class CycleKind(models.TextChoices):
    """When people are asked: all together again and again, or each by a date of their own (a journey)."""

    RECURRING = "recurring", _("recurring")
    ONBOARDING = "onboarding", _("after the first day")
    MOVED = "moved", _("after a move to another unit")
    LEAVING = "leaving", _("around the last day")


class Cycle(models.Model):
    """A recurring programme of questions for part of the organisation."""

    Kind = CycleKind

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="cycles")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(max_length=10, choices=CycleKind.choices, default=CycleKind.RECURRING)
    # Of a journey: from someone's date to the day on which they are asked; before it when negative.
    days_after = models.SmallIntegerField(
        _("days"), default=0, validators=[MinValueValidator(-90), MaxValueValidator(365)]
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    units = models.ManyToManyField(OrgUnit, related_name="cycles", verbose_name=_("units"))
    questions: models.ManyToManyField[Question, CycleQuestion] = models.ManyToManyField(
        Question, through="CycleQuestion", related_name="cycles"
    )
    recurrence = models.CharField(_("recurrence"), max_length=200)
    starts_on = models.DateField(_("first day"))
    send_at = models.TimeField(_("time of sending"), default=time(9, 0))
    days_open = models.PositiveSmallIntegerField(
        _("days open"), default=7, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_OPEN)]
    )
    reminder_after_days = models.PositiveSmallIntegerField(
        _("reminder after (days)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    remind_again_after_days = models.PositiveSmallIntegerField(
        _("second reminder after (days)"), null=True, blank=True, validators=[MinValueValidator(2)]
    )
    comment_allowed = models.BooleanField(_("ask for a comment"), default=True)
    excluded_units = models.ManyToManyField(OrgUnit, related_name="+", verbose_name=_("left out"))
    parts = models.PositiveSmallIntegerField(
        _("spread over (waves)"), default=1, validators=[MinValueValidator(1), MaxValueValidator(13)]
    )
    return_within = models.PositiveSmallIntegerField(
        _("themes return within (waves)"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    skip_weekends = models.BooleanField(_("not at weekends"), default=False)
    skip_holidays = models.BooleanField(_("not on public holidays"), default=False)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)  # none: all
    sender_name = models.CharField(_("sender name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    intros = models.JSONField(default=dict, blank=True)  # text by language
    mail_texts = models.JSONField(
        default=dict, blank=True
    )  # by language, then by key (surveys.mailing.texts)
    texts_version = models.PositiveIntegerField(default=1)
    texts_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    texts_changed_at = models.DateTimeField(null=True, blank=True)
    most_invitations = models.PositiveSmallIntegerField(
        _("most invitations"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    most_within_days = models.PositiveSmallIntegerField(
        _("in (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)
    next_opens_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)  # the last opening that HR left out
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

    @property
    def is_journey(self) -> bool:
        return self.kind != CycleKind.RECURRING


class CycleQuestion(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="cycle_questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    rotating = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint("cycle", "question", name="cycle_question_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.question}"


class Turn(models.Model):
    """In which part of the audience someone is, of a cycle that asks one part per wave; it never changes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="turns", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("cycle", "employee", name="turn_once")]

    def __str__(self) -> str:
        return f"part {self.part}"


class QuietPeriod(models.Model):
    """Days on which no wave of the organisation opens and no reminder goes out, both ends included."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="quiet_periods")
    name = models.CharField(_("name"), max_length=100)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="quiet_period_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name
