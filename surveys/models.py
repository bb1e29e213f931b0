from __future__ import annotations

import uuid
from datetime import datetime, time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.languages import best_text
from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.answering.keys import NAME_LENGTH, current_key_name

COMMENTS_TOGETHER = 10  # so many are gathered before anyone reads them
LONGEST_OPEN = 60  # days, of a wave
MOST_OPTIONS = 7  # of a single choice


class BankQuerySet(models.QuerySet[models.Model]):
    def available_to(self, organisation: Organisation) -> BankQuerySet:
        """The shared bank and the organisation's own."""
        return self.filter(models.Q(organisation=None) | models.Q(organisation=organisation))

    def current(self) -> BankQuerySet:
        """Without questions that a newer version took the place of, or that are no longer asked."""
        return self.filter(retired_at=None)


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
    other_languages = models.JSONField(default=dict, blank=True)  # {"de": {"name": …, "description": …}}
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LEADING)
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)  # counts what HR changed
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

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
        """In the language in use, as far as there is one."""
        return best_text({"en": self.name_en, "nl": self.name_nl} | self._others("name"))

    @property
    def description(self) -> str:
        return best_text({"en": self.description_en, "nl": self.description_nl} | self._others("description"))

    def _others(self, part: str) -> dict[str, str]:
        return {code: texts.get(part, "") for code, texts in self.other_languages.items()}


class QuestionText(models.Model):
    """The parts of a question that an answer depends on; a wave keeps its own copy."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("five-point agreement")
        SCALE = "scale", _("0 to 10")
        CHOICE = "choice", _("single choice")
        OPEN = "open", _("open question")

    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AGREEMENT)
    points = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(2), MaxValueValidator(11)]
    )
    reversed = models.BooleanField(default=False)
    text_en = models.CharField(max_length=500)
    text_nl = models.CharField(max_length=500)
    other_languages = models.JSONField(default=dict, blank=True)  # text by language, beside Dutch and English
    options = models.JSONField(default=list, blank=True)  # of a single choice: [{"nl": …, "en": …}, …]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """In the language in use, as far as there is one."""
        return best_text(self.texts)

    @property
    def texts(self) -> dict[str, str]:
        """By language."""
        return {"nl": self.text_nl, "en": self.text_en, **self.other_languages}

    @property
    def option_labels(self) -> list[str]:
        """Of a single choice, in the language in use; an answer is the place in this list, from 0."""
        return [best_text(option) for option in self.options]

    @property
    def has_mean(self) -> bool:
        """Whether answers lie on a scale: only these have a mean, and count in an index."""
        return self.kind in {self.Kind.AGREEMENT, self.Kind.SCALE}

    @property
    def lowest(self) -> int:
        """The lowest score: a scale of eleven points and a choice run from 0, the others from 1."""
        return 0 if self.points == 11 or self.kind == self.Kind.CHOICE else 1

    @property
    def highest(self) -> int:
        return self.lowest + self.points - 1


class Question(QuestionText):
    """A version of a question. One that a wave asked is never changed: a successor takes its place.

    An equivalent successor measures the same and keeps the code, so that the trend goes on. An own question
    whose predecessor is of the shared bank is an adaptation of it; the shared one stays in use.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="questions")
    short = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=1)
    predecessor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")
    is_equivalent = models.BooleanField(default=False)  # measures the same as the predecessor
    retired_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)  # counts what HR changed in this row
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    objects = BankQuerySet.as_manager()

    class Meta:
        ordering = ["theme__position", "code"]
        constraints = [
            models.UniqueConstraint(
                "organisation", "code", "version", name="question_version_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(is_equivalent=True, predecessor=None), name="equivalent_to_something"
            ),
        ]


class BankImport(models.Model):
    """A file with questions that HR looks through before it is applied; the newest of each organisation."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name


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
        LAST_REMINDER = "reminder_2", _("last reminder")

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
    # What a mail service calls it, and what it told later.
    service_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    # HR asked for it once more.
    again = models.BooleanField(default=False, db_default=False)

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
            models.Index(
                fields=["message_id"], condition=~models.Q(message_id=""), name="mail_by_message_id"
            ),
            models.Index(
                fields=["service_id"], condition=~models.Q(service_id=""), name="mail_by_service_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def answered_until(self) -> datetime:
        """Until when the one who gets it can answer: in a journey that is a day of their own."""
        return self.invitation.closes_at or self.wave.closes_at


class Submission(models.Model):
    """A sealed answer, until it is mixed: no name, no invitation, no token, no time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    traits = models.BinaryField(default=b"")
    scores = ArrayField(models.SmallIntegerField(null=True))  # by position; None is skipped
    comments = models.JSONField(default=dict)  # text by position of an open question; "" is the general one

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="submission_own_group")]

    def __str__(self) -> str:
        return "sealed submission"


class Ticket(models.Model):
    """That someone of a unit answered, until the wave closes; who it was, only the key tells."""

    value = models.BinaryField(primary_key=True, max_length=32)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="ticket_own_group")]

    def __str__(self) -> str:
        return "ticket"


class RefusedAddress(models.Model):
    """An address that a mail server refused for good; it gets no mail until HR or an import changes it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="refused_addresses", db_index=False
    )
    email = models.EmailField()  # in lower case
    reason = models.TextField()
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organisation", "email", name="refused_address_once")]

    def __str__(self) -> str:
        return self.email


class LetterRun(models.Model):
    """Letters on paper that HR asked for: made once in the background, kept sealed for a day."""

    class Audience(models.TextChoices):
        WITHOUT_MAIL = "without_mail", _("everyone whom no mail reaches")
        UNITS = "units", _("everyone in the units that I choose")

    class Form(models.TextChoices):
        PDF = "pdf", _("one PDF, ready to print")
        CSV = "csv", _("a list (CSV) for a print shop")

    class State(models.TextChoices):
        DUE = "due", _("being made")
        READY = "ready", _("ready")
        ERASED = "erased", _("file erased")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="letter_runs")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    units = models.ManyToManyField(OrgUnit, related_name="+")
    form = models.CharField(max_length=3, choices=Form.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    letters = models.PositiveIntegerField(default=0)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ordered_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        indexes = [
            models.Index(
                fields=["state"], condition=models.Q(state__in=["due", "ready"]), name="letter_run_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"letters {self.pk}"


class Link(models.Model):
    """A way to an invitation beside its mails: on a letter, or of a mail that was sent once more.

    As of a mail, only the SHA-256 of the token is kept. On a letter the token follows from its short code.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    letter_run = models.ForeignKey(LetterRun, on_delete=models.CASCADE, null=True, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"link {self.pk}"
