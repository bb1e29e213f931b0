"""HR's own words for the mails of a cycle: what they fill in, and saving it.

Unlike the rest of a cycle these may change after its launch; an open wave keeps what it was opened with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from surveys.cycles.drafts import ONE_SITTING
from surveys.cycles.plans import CycleError, check_reach
from surveys.mailing.texts import FIELDS, LONGEST_NEWS, NEWS, ONE_LINE, check_text, key_of, without_news
from surveys.models import Cycle, Mail

CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
LABELS = {
    "subject": gettext_lazy("Subject"),
    "preheader": gettext_lazy("Words after the subject"),
    "intro": gettext_lazy("Words at the start"),
    "closing": gettext_lazy("Words at the end"),
}
HELP = {
    "subject": gettext_lazy("Empty: the usual subject, with the organisation and the last day."),
    "preheader": gettext_lazy("Shown in the list of mails. Empty: how long it takes and until when."),
    "intro": gettext_lazy("Empty: the usual words on why people are asked."),
    "closing": gettext_lazy("For instance who you are. Empty: nothing."),
}


class StaleTextsError(CycleError):
    """Someone else saved these texts after this version of them was shown; `cycle` is what stands now."""

    def __init__(self, cycle: Cycle) -> None:
        super().__init__(_("Someone else has saved these texts in the meantime."))
        self.cycle = cycle


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one kind of mail."""

    kind: str
    title: str
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.fields)


class TextsForm(forms.Form):
    """The texts in one language. A field that cannot be taken keeps on the page what was typed."""

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        self.fields |= dict(_fields(language))

    def clean(self) -> dict[str, Any]:
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        for name, text in list(filled.items()):
            filled[name] = tidy(text)
            try:
                check_text(filled[name], one_line=name.partition("__")[2] in ONE_LINE, personal=name != NEWS)
            except ValidationError as error:
                self.add_error(name, error)
        return filled

    def texts(self, stored: Mapping[str, str]) -> dict[str, str]:
        """By key; for fields with an error what was stored."""
        read = {key: self.cleaned_data.get(_name(key), stored.get(key, "")) for key in _keys()}
        return {key: text for key, text in read.items() if text}

    def sections(self) -> list[Section]:
        labels = {
            Mail.Kind.INVITATION: _("The invitation"),
            Mail.Kind.REMINDER: _("The reminder"),
            Mail.Kind.LAST_REMINDER: _("The last reminder"),
        }
        return [
            Section(kind, title, [self[_name(key_of(kind, name))] for name in FIELDS])
            for kind, title in labels.items()
        ]

    def unread(self) -> list[str]:
        """What could not be taken: the field and why."""
        titles = {field.name: section.title for section in self.sections() for field in section.fields}
        return [
            ", ".join(
                filter(None, [titles.get(name), f"{self.fields[name].label}: {' '.join(map(str, errors))}"])
            )
            for name, errors in self.errors.items()
            if name in self.fields
        ]


def _keys() -> list[str]:
    return [*(key_of(kind, name) for kind in Mail.Kind.values for name in FIELDS), NEWS]


def _name(key: str) -> str:
    """Of the form's field; a dot would make trouble for selectors."""
    return key.replace(".", "__")


def _fields(language: str) -> Iterator[tuple[str, forms.Field]]:
    for kind in Mail.Kind.values:
        for name, longest in FIELDS.items():
            short = name in ONE_LINE
            widget = forms.TextInput if short else forms.Textarea
            attributes: dict[str, Any] = {"lang": language} if short else {"lang": language, "rows": 4}
            yield (
                _name(key_of(kind, name)),
                forms.CharField(
                    label=LABELS[name],
                    help_text=HELP[name],
                    required=False,
                    max_length=longest,
                    widget=widget(attrs=attributes),
                ),
            )
    yield (
        NEWS,
        forms.CharField(
            label=gettext_lazy("What changed since last time"),
            help_text=gettext_lazy(
                "In each mail of the next wave and above its questions. After that it is emptied, so that "
                "nobody reads old news."
            ),
            required=False,
            max_length=LONGEST_NEWS,
            widget=forms.Textarea(attrs={"rows": 5, "lang": language}),
        ),
    )


def tidy(text: str) -> str:
    """Line breaks as one character, and no other characters that one cannot see."""
    return CONTROL_CHARACTERS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def initial_of(cycle: Cycle, language: str) -> dict[str, str]:
    return {_name(key): text for key, text in cycle.mail_texts.get(language, {}).items()}


@transaction.atomic
def save_texts(
    cycle: Cycle, *, language: str, texts: Mapping[str, str], version: int, by: User | None, now: datetime
) -> Cycle:
    """Raises StaleTextsError when `version` is not the latest, and CycleError for a cycle that has ended."""
    locked = Cycle.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=cycle.pk)
    check_reach(locked.organisation, locked.units.all(), by=by, now=now)
    if locked.state == Cycle.State.ENDED:
        raise CycleError(_("This cycle has ended, so there are no more mails."))
    if locked.texts_version != version:
        raise StaleTextsError(locked)
    others = {code: kept for code, kept in locked.mail_texts.items() if code != language}
    changed = others | ({language: dict(texts)} if texts else {})
    if changed == locked.mail_texts:
        return locked
    last = locked.texts_changed_at
    same_sitting = locked.texts_changed_by == by and last is not None and now - last < ONE_SITTING
    locked.mail_texts = changed
    locked.texts_version += 1
    locked.texts_changed_by, locked.texts_changed_at = by, now
    locked.save(update_fields=["mail_texts", "texts_version", "texts_changed_by", "texts_changed_at"])
    if not same_sitting:
        audit.record(
            locked.organisation, "cycle.texts_changed", by=by, now=now, target=locked, language=language
        )
    return locked


def news_is_told(cycle: Cycle) -> None:
    """At opening: the wave has it now, and the next one starts without."""
    kept = without_news(cycle.mail_texts)
    if kept != cycle.mail_texts:
        cycle.mail_texts = kept
        cycle.texts_version += 1
        cycle.save(update_fields=["mail_texts", "texts_version"])
