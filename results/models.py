"""What lies behind the wall. Other apps get `Figure` objects (`results.figures`), never these rows."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

import results.comments.models  # loaded with the app
import results.effects.models  # loaded with the app
import results.lagging.models  # loaded with the app
import results.signals.models  # noqa: F401 # loaded with the app
from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models import Question, Wave


class Response(models.Model):
    """A mixed answer: its id and place are random, and it was written together with many others."""

    RESERVE = 0
    FINAL = -1  # a live cell, once closed, has a number from 1

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    portion = models.SmallIntegerField()
    traits = models.BinaryField(default=b"")  # sealed; none once the wave has closed
    scores = ArrayField(models.SmallIntegerField(null=True))

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="response_own_group")]

    def __str__(self) -> str:
        return "response"


class LiveRound(models.Model):
    """That live cells of a wave were closed on a day, or that there was nothing to close: once a day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "day", name="live_round_once")]

    def __str__(self) -> str:
        return str(self.day)


class Comment(models.Model):
    """A comment, unlinked from the scores that came with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="comment_own_group")]

    def __str__(self) -> str:
        return "comment"


class Block(models.Model):
    """Own groups that are released as one, for one question; formed at `unit`. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    own_groups = ArrayField(models.BigIntegerField())  # ids of the units whose own groups it holds
    counts = ArrayField(models.IntegerField())  # answers per score, lowest score first
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "question", "unit", name="block_once")]

    def __str__(self) -> str:
        return f"block of {self.n}"


class Atom(models.Model):
    """The finest part that a figure can be the sum of: own groups that are never parted, by step and bands.

    Figures of answers sum over the people who answered; participation over those who were invited, whose
    step is `INVITED`. Append-only.
    """

    FINAL = 0  # in no live cell; cells count from 1
    INVITED = -1

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.SmallIntegerField()
    bands = models.JSONField(default=dict)
    own_groups = ArrayField(models.BigIntegerField())  # ids of the units whose own groups it holds
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "unit", "step", "bands", name="atom_once")]

    def __str__(self) -> str:
        return f"atom of {self.people}"


class Release(models.Model):
    """One figure in the ledger: the sum over `blocks`. Append-only.

    Scores are on the question's own scale, not turned around for a reversed question. Shares (low, middle,
    high) and distribution are over larger blocks, and so perhaps over fewer answers than n; NULL where there
    are too few, so that even the table holds no more than what may be shown.
    """

    FINAL = 0
    # A live figure's step is the number of the newest cells in it, from 1. It is the sum of all cells up to
    # those, of the own groups whose ids are in `blocks`; it has no shares and no distribution.

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.PositiveSmallIntegerField(default=FINAL)
    released_at = models.DateTimeField()
    blocks = ArrayField(models.BigIntegerField())  # ids of the units at which the blocks were formed
    n = models.PositiveIntegerField()
    mean = models.FloatField(null=True)  # a single choice has none
    low = models.PositiveIntegerField(null=True)  # answers at the low end of the scale
    middle = models.PositiveIntegerField(null=True)
    high = models.PositiveIntegerField(null=True)
    distribution = ArrayField(models.IntegerField(), null=True)
    invited = models.PositiveIntegerField()  # people asked in the unit and below
    covered = models.PositiveIntegerField()  # of these, in own groups that the blocks hold
    # Which of the blocks, and of the people asked, are in the shares and in the distribution.
    shares_blocks = ArrayField(models.BigIntegerField(), null=True)
    shares_covered = models.PositiveIntegerField(null=True)
    distribution_blocks = ArrayField(models.BigIntegerField(), null=True)
    distribution_covered = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("wave", "unit", "question", "step", name="release_once")]
        indexes = [models.Index(fields=["organisation", "unit", "wave"], name="release_of_unit")]

    def __str__(self) -> str:
        return f"release of {self.n}"


class Participation(models.Model):
    """How many answered of how many invited, in a unit and below, at closing. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    invited = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    groups = ArrayField(
        models.BigIntegerField(), default=list
    )  # ids of the units of the atoms that it sums over

    class Meta:
        constraints = [models.UniqueConstraint("wave", "unit", name="participation_once")]
        indexes = [models.Index(fields=["organisation", "unit", "wave"], name="participation_of_unit")]

    def __str__(self) -> str:
        return f"{self.answered} of {self.invited}"


class FilterBand(models.Model):
    """People of a unit with one of these values of a trait: a group that a filter shows. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    trait = models.TextField()
    values = ArrayField(models.TextField())

    class Meta:
        constraints = [models.UniqueConstraint("wave", "number", name="filter_band_once")]

    def __str__(self) -> str:
        return f"{self.trait}: {', '.join(self.values)}"


class FilterAtom(models.Model):
    """How many people of a unit's atom `FINAL` are in just these bands, by number. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+", db_index=False)
    bands = ArrayField(models.PositiveIntegerField())
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "unit", "bands", name="filter_atom_once")]

    def __str__(self) -> str:
        return f"part of {self.people}"


class FilterFigure(models.Model):
    """The mean of a band, by its number. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    band = models.PositiveIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", db_index=False)
    released_at = models.DateTimeField()
    n = models.PositiveIntegerField()
    mean = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "band", "question", name="filter_figure_once")]

    def __str__(self) -> str:
        return f"filter of {self.n}"


class FilterOutcome(models.Model):
    """Whether a trait was released as a filter, and if not why not. Append-only."""

    class Outcome(models.TextChoices):
        RELEASED = "released", _("released")
        TOO_FEW = "too_few", _("too few people")
        NOT_CERTIFIED = "not_certified", _("not certified")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    trait = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("wave", "trait", name="filter_outcome_once")]

    def __str__(self) -> str:
        return f"{self.trait}: {self.outcome}"


class WaveVerdict(models.Model):
    """What the auditor found of a wave; while the newest is a breach, nobody sees figures. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    audited_at = models.DateTimeField()
    passed = models.BooleanField()
    report = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["wave", "-audited_at"], name="verdict_of_wave")]

    def __str__(self) -> str:
        return "holds" if self.passed else "breach"
