"""Themes, questions and their versions."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.languages import best_text
from accounts.models import Organisation

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
