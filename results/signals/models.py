"""What was raised, how sensitive an organisation wants it, and what was looked at after each wave."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models import Theme, Wave


class SignalSetting(models.Model):
    """One per organisation; also the row that a worker locks while it reads a wave."""

    class Sensitivity(models.TextChoices):
        FEW = "few", _("few")
        NORMAL = "normal", _("normal")
        EARLY = "early", _("early")

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="signal_setting")
    sensitivity = models.CharField(max_length=6, choices=Sensitivity.choices, default=Sensitivity.NORMAL)

    def __str__(self) -> str:
        return self.sensitivity


class SignalRun(models.Model):
    """That a wave was looked at: `outcome` holds, per sensitivity, what chance alone was expected to raise.

    {"unit_waves": …, "levels": {"few": {"raised": …, "by_chance": …}, …}}
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()
    version = models.CharField(max_length=12)
    sensitivity = models.CharField(max_length=6, choices=SignalSetting.Sensitivity.choices)
    outcome = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"signals after {self.wave_id}"


LISTED = (
    *("kind", "topic", "state", "reason", "is_confirmed", "fell_back_after", "unit__name"),
    *("theme__name_en", "theme__name_nl", "theme__other_languages"),
)


class Titled(NamedTuple):
    """What a title is made of, of a signal of which no more is shown: names of the unit and the theme."""

    pk: int
    kind: str
    topic: str
    terms: list[str] | None
    unit_id: int
    unit: str
    theme: str


class SignalQuerySet(models.QuerySet["Signal"]):
    def ongoing(self) -> SignalQuerySet:
        """Those that have not fallen back: the same is not raised again."""
        return self.filter(fell_back_after=None)

    def to_look_at(self) -> SignalQuerySet:
        return self.exclude(state=Signal.State.CLOSED)

    def listed(self) -> SignalQuerySet:
        """With what a title and a state are made of only: evidence is most of a row."""
        terms = KeyTransform("terms", "evidence")
        found = self.select_related("unit", "theme").only(*LISTED)
        return found.annotate(terms=terms)  # type: ignore[no-redef]  # in place of the property

    def titled(self) -> list[Titled]:
        """Two queries. There may be a hundred, and objects for each take far longer than values."""
        names = "pk", "kind", "topic", "evidence__terms", "unit_id", "unit__name", "theme_id"
        rows = list(self.values_list(*names))
        themes = Theme.objects.in_bulk({theme_id for *_rest, theme_id in rows if theme_id})
        texts = {theme_id: str(theme) for theme_id, theme in themes.items()}
        return [Titled._make((*told, texts.get(theme_id, ""))) for *told, theme_id in rows]


class Signal(models.Model):
    """A shift in a unit's released figures that chance does not easily make.

    `size` is on the theme's own scale, and without what the whole organisation did; of disagreement it is how
    much further apart answers lie, as a part of what it was. `since` is the first wave of the shift; it lies
    with 80 % between `earliest` and `latest`. All of these, as the wave it was raised after told it;
    `evidence`, `weight` and `is_confirmed` go on with each wave (`results.signals.evidence`).
    """

    class Kind(models.TextChoices):
        DRIFT = "drift", _("decline")
        COOPERATION = "cooperation", _("cooperation slows")
        DISAGREEMENT = "disagreement", _("answers lie further apart")
        FRICTION = "friction", _("clear on paper, friction in practice")
        TOPIC = "topic", _("topic that grows")
        LAYER_GAP = "layer_gap", _("layers grow apart")

    class State(models.TextChoices):
        NEW = "new", _("new")
        SEEN = "seen", _("seen")
        ACTING = "acting", _("being acted on")
        CLOSED = "closed", _("closed")

    class Reason(models.TextChoices):
        SOLVED = "solved", _("solved")
        NO_ISSUE = "no_issue", _("not an issue")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=200, blank=True)  # the terms that name it, of a topic only
    since = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    earliest = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    latest = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    size = models.FloatField()
    size_error = models.FloatField()
    probability = models.FloatField()
    is_confirmed = models.BooleanField()
    weight = models.FloatField()  # of now; what comes first on a page
    version = models.CharField(max_length=12)
    raised_at = models.DateTimeField()
    within = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="parts")
    fell_back_after = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    changed_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=dict)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "unit",
                "kind",
                "theme",
                "topic",
                condition=models.Q(fell_back_after=None),
                nulls_distinct=False,
                name="signal_raised_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed") ^ models.Q(reason=""), name="signal_closed_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "unit"], name="signal_of_unit")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.unit_id} since {self.since_id}"

    @cached_property
    def terms(self) -> list[str] | None:
        """Of a topic, what its newest comments name it by."""
        found: list[str] | None = self.evidence.get("terms")
        return found


class CommentTopic(models.Model):
    """What released comments of a wave are about; goes when those are deleted.

    `terms` name it in the whole organisation: a page shows those that its viewer can read in comments.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    terms = ArrayField(models.CharField(max_length=100))
    comments = ArrayField(models.UUIDField())  # those of this wave; it may also be about older ones
    growing = ArrayField(models.BigIntegerField())  # ids of the units in which it grows

    class Meta:
        constraints = [models.UniqueConstraint("wave", "position", name="comment_topic_once")]

    def __str__(self) -> str:
        return ", ".join(self.terms)


class DigestChoice(models.Model):
    """How often a leader gets a mail about signals; without a row: when something moved."""

    class Frequency(models.TextChoices):
        WAVE = "wave", _("after each wave")
        NEWS = "news", _("when something shifts, and once a quarter when nothing does")
        NEVER = "never", _("never")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(max_length=5, choices=Frequency.choices, default=Frequency.NEWS)

    def __str__(self) -> str:
        return self.frequency


class Digest(models.Model):
    """A mail to one leader about one wave; `sent_at` is set before it goes out, so it goes at most once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0)  # signals in it

    class Meta:
        constraints = [models.UniqueConstraint("wave", "user", name="digest_once")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="digest_due")]

    def __str__(self) -> str:
        return f"digest of wave {self.wave_id} for {self.user_id}"
