from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.day_input import DayInput
from accounts.languages import language_choices, language_codes
from accounts.models import Organisation
from orgunits.access import Scope
from orgunits.models import OrgUnit
from surveys.cycles.closed_days import regions_of
from surveys.cycles.plans import CyclePlan
from surveys.cycles.queries import questions_for, themes_for, units_of
from surveys.cycles.recurrence import RecurrenceError, Rhythm, Schedule, rhythm_of, rule_for
from surveys.cycles.versions import versions_error
from surveys.models import Question, QuietPeriod, Theme

PARTS = [
    (1, _("everyone, each time")),
    (2, _("half of the people")),
    (3, _("a third of the people")),
    (4, _("a quarter of the people")),
    (6, _("a sixth of the people")),
    (8, _("an eighth of the people")),
    (12, _("a twelfth of the people")),
]
RETURNS = (1, 2, 3, 4, 6, 8, 12)  # waves


def return_choices() -> list[tuple[int, str]]:
    each = [ngettext("%(number)d wave", "%(number)d waves", one) % {"number": one} for one in RETURNS]
    return list(zip(RETURNS, each, strict=True))


class DateField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DayInput(), **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not 2000 <= day.year < 2100:
            raise ValidationError(_("Enter a day between 2000 and 2100."))
        return day


class CycleForm(forms.Form):
    """Parses what HR fills in; a field that cannot be read keeps what the draft had."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("Employees read it in the mail."))
    units: forms.ModelMultipleChoiceField[OrgUnit] = forms.ModelMultipleChoiceField(
        label=_("Who is asked"), queryset=None, required=False
    )
    excluded_units: forms.ModelMultipleChoiceField[OrgUnit] = forms.ModelMultipleChoiceField(
        label=_("Units left out"), queryset=None, required=False
    )
    parts = forms.TypedChoiceField(
        label=_("Asked per wave"),
        choices=PARTS,
        coerce=int,
        help_text=_("With a part per wave, each person has a turn in every round; nobody is passed over."),
    )
    most_invitations = forms.IntegerField(
        label=_("At most this many invitations per person"),
        min_value=1,
        max_value=60,
        required=False,
        help_text=_("Of all cycles together. Who has had as many is left out of a wave. Empty: no limit."),
    )
    most_within_days = forms.IntegerField(label=_("In how many days"), min_value=1, max_value=366)
    questions: forms.ModelMultipleChoiceField[Question] = forms.ModelMultipleChoiceField(
        label=_("What is asked"), queryset=None, required=False
    )
    rotating: forms.ModelMultipleChoiceField[Theme] = forms.ModelMultipleChoiceField(
        label=_("Themes that take turns"), queryset=None, required=False
    )
    return_within = forms.TypedChoiceField(
        label=_("Themes that take turns return within"), choices=return_choices, coerce=int
    )
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=Rhythm.choices, help_text=_("On the weekday of the first day.")
    )
    recurrence = forms.CharField(
        label=_("My own rule"),
        required=False,
        max_length=200,
        help_text=_("Only for “my own rule”. Example: FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"),
    )
    starts_on = DateField(label=_("First day"))
    send_at = forms.TimeField(
        label=_("Time of sending"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    days_open = forms.IntegerField(label=_("Days open"), min_value=1, max_value=60)
    skip_weekends = forms.BooleanField(label=_("Not at weekends"), required=False)
    skip_holidays = forms.BooleanField(label=_("Not on public holidays"), required=False)
    reminder_after_days = forms.IntegerField(
        label=_("Reminder after (days)"), min_value=1, max_value=59, required=False
    )
    remind_again_after_days = forms.IntegerField(
        label=_("Second reminder after (days)"), min_value=2, max_value=59, required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who has another language gets the first of these."),
        error_messages={"required": _("Choose at least one language.")},
    )
    sender_name = forms.CharField(label=_("Sender name"), max_length=200, required=False)
    reply_to = forms.EmailField(label=_("Reply-to address"), required=False)
    comment_allowed = forms.BooleanField(label=_("Ask for a comment"), required=False)

    def __init__(self, *args: Any, scope: Scope, kept: Iterable[Question] = (), **kwargs: Any) -> None:
        """`kept`: questions that the cycle asks, also when they are no longer offered to others."""
        super().__init__(*args, **kwargs)
        self.fields |= dict(intro_fields())
        if self.is_bound:  # these four are drawn without the form: it only looks up what was sent
            units = units_of(scope)
            self._choices("units").queryset = units
            self._choices("excluded_units").queryset = units
            self._choices("questions").queryset = questions_for(scope.organisation, kept)
            self._choices("rotating").queryset = themes_for(scope.organisation)
        self.zone = scope.organisation.zone
        for name, usual in [
            ("sender_name", scope.organisation.sender_name or scope.organisation.name),
            ("reply_to", scope.organisation.reply_to),
        ]:
            self.fields[name].help_text = _("Empty: %(usual)s") % {"usual": usual or _("none")}

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if filled.get("rhythm") == Rhythm.OWN and {"recurrence", "starts_on", "send_at"} <= filled.keys():
            self._read_rule(filled)
        return filled

    def clean_questions(self) -> Iterable[Question]:
        chosen: models.QuerySet[Question] = self.cleaned_data["questions"]
        if error := versions_error(list(chosen)):
            raise error
        return chosen

    def _read_rule(self, filled: dict[str, Any]) -> None:
        if not filled["recurrence"]:
            self.add_error("recurrence", _("Write a rule, or choose how often above."))
            return
        try:
            Schedule(
                filled["recurrence"], filled["starts_on"], filled["send_at"], 1, self.zone
            ).first_opening()
        except RecurrenceError as error:
            self.add_error("recurrence", error)

    def plan(self, stored: CyclePlan) -> CyclePlan:
        """What was filled in, and for fields with an error what the draft had."""
        filled = {name: value for name, value in self.cleaned_data.items() if name in PLAIN}
        read = self.cleaned_data
        for name in ("units", "excluded_units", "questions"):
            if name in read:
                filled[name] = list(read[name])
        if "rotating" in read:
            filled["rotating"] = {theme.pk for theme in read["rotating"]}
        if {"rhythm", "recurrence", "starts_on"} <= read.keys():
            filled["recurrence"] = rule_of(read["rhythm"], read["starts_on"], read["recurrence"])
        else:
            filled.pop("starts_on", None)  # the rule goes by its weekday
        if "languages" in read:
            filled["languages"] = [] if set(read["languages"]) == set(language_codes()) else read["languages"]
        filled["intros"] = {
            code: read.get(f"intro_{code}", stored.intros.get(code, "")) for code in language_codes()
        }
        filled["intros"] = {code: text for code, text in filled["intros"].items() if text}
        return replace(stored, **filled)

    def refuse(self, error: ValidationError) -> None:
        """Show what a service found wrong at the field where it can be mended."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, problems in by_field.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)

    def chosen(self, name: str) -> Collection[str]:
        """The numbers ticked in the field, as they were sent or as they were before."""
        return {str(number) for number in self[name].value() or ()}

    def unread(self) -> list[forms.BoundField]:
        """The fields that could not be read."""
        return [self[name] for name in self.errors if name in self.fields]

    def intros(self) -> Iterable[forms.BoundField]:
        return [self[f"intro_{code}"] for code in language_codes()]

    def _choices(self, name: str) -> forms.ModelMultipleChoiceField[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        return field


PLAIN = (
    "name",
    "parts",
    "most_invitations",
    "most_within_days",
    "return_within",
    "starts_on",
    "send_at",
    "days_open",
    "skip_weekends",
    "skip_holidays",
    "reminder_after_days",
    "remind_again_after_days",
    "sender_name",
    "reply_to",
    "comment_allowed",
)


def intro_fields() -> Iterable[tuple[str, forms.Field]]:
    for code, language in language_choices():
        yield (
            f"intro_{code}",
            forms.CharField(
                label=_("Words above the questions (%(language)s)") % {"language": language},
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            ),
        )


def rule_of(rhythm: str, first_day: date, own: str) -> str:
    return own.strip() if rhythm == Rhythm.OWN else rule_for(Rhythm(rhythm), first_day)


def initial_of(plan: CyclePlan) -> dict[str, Any]:
    rhythm = rhythm_of(plan.recurrence, plan.starts_on)
    return {name: getattr(plan, name) for name in PLAIN} | {
        "units": [unit.pk for unit in plan.units],
        "excluded_units": [unit.pk for unit in plan.excluded_units],
        "questions": [question.pk for question in plan.questions],
        "rotating": list(plan.rotating),
        "rhythm": rhythm,
        "recurrence": plan.recurrence if rhythm is Rhythm.OWN else "",
        "languages": list(plan.languages) or language_codes(),
        **{f"intro_{code}": text for code, text in plan.intros.items()},
    }


class QuietPeriodForm(forms.ModelForm[QuietPeriod]):
    class Meta:
        model = QuietPeriod
        fields = ["name", "first_day", "last_day"]
        field_classes = {"first_day": DateField, "last_day": DateField}

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = filled.get("first_day"), filled.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return filled


COUNTRIES = [
    ("NL", _("Netherlands")),
    ("BE", _("Belgium")),
    ("DE", _("Germany")),
    ("LU", _("Luxembourg")),
    ("FR", _("France")),
    ("GB", _("United Kingdom")),
    ("IE", _("Ireland")),
    ("AT", _("Austria")),
    ("CH", _("Switzerland")),
    ("DK", _("Denmark")),
    ("SE", _("Sweden")),
    ("NO", _("Norway")),
    ("FI", _("Finland")),
    ("IS", _("Iceland")),
    ("CW", _("Curaçao")),
    ("AW", _("Aruba")),
    ("SX", _("Sint Maarten")),
]


class CountryForm(forms.Form):
    """Regions are those of the country that was saved; another country starts without one."""

    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    subdivision = forms.ChoiceField(label=_("Province or region"), required=False)

    def __init__(self, posted: Any, *, organisation: Organisation) -> None:
        super().__init__(
            posted, initial={"country": organisation.country, "subdivision": organisation.subdivision}
        )
        regions = self.fields["subdivision"]
        assert isinstance(regions, forms.ChoiceField)  # noqa: S101
        regions.choices = [("", _("all of the country")), *regions_of(organisation.country)]
        self.saved_country = organisation.country

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if filled.get("country") != self.saved_country:
            filled["subdivision"] = ""
        return filled
