"""The forms on which HR writes themes and questions: the same fields in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from surveys.bank.drafts import REQUIRED, QuestionDraft, ThemeDraft
from surveys.models import Question, Theme

LONGEST_PASTE = (
    4000  # beyond it a field is not even looked at; what is too long for a question says the draft
)


def languages_for(texts: Mapping[str, object] = {}) -> dict[str, str]:  # never changed
    """Dutch and English, the product's other languages, and those that there is a text in already."""
    names = dict(settings.LANGUAGES)
    codes = dict.fromkeys([*REQUIRED, *names, *texts])
    return {code: str(names.get(code, code)) for code in codes}


class WrittenField(forms.CharField):
    """Says that it is needed, and leaves it to the draft to look."""

    def validate(self, value: str) -> None:
        """Options, say, are needed for one kind of question only."""


class WrittenForm(forms.Form):
    """Text fields per language; the draft says what is wrong, at the field where it can be mended."""

    use_required_attribute = False
    languages: dict[str, str]

    def refuse(self, error: ValidationError) -> None:
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, problems in by_field.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)

    def written(self, name: str) -> dict[str, str]:
        return {code: " ".join(self._raw(f"{name}_{code}").split()) for code in self.languages}

    def _raw(self, name: str) -> str:
        """Without what PostgreSQL cannot store."""
        return str(self.cleaned_data.get(name, "")).replace("\x00", "")

    def _add_texts(self, name: str, label: Any, *, rows: int, help_text: Any = "") -> None:
        for code, language in self.languages.items():
            self.fields[f"{name}_{code}"] = WrittenField(
                label=label % {"language": language},
                required=code in REQUIRED and name != "description",
                max_length=LONGEST_PASTE,
                help_text=help_text,
                widget=forms.Textarea(attrs={"rows": rows, "lang": code, "spellcheck": "true"}),
            )

    def pairs(self, name: str) -> Iterable[tuple[str, forms.BoundField]]:
        return [(code, self[f"{name}_{code}"]) for code in self.languages]


class QuestionForm(WrittenForm):
    theme: forms.ModelChoiceField[Theme] = forms.ModelChoiceField(label=_("Theme"), queryset=None)
    kind = forms.ChoiceField(label=_("Kind of question"), choices=Question.Kind.choices)
    reversed = forms.BooleanField(
        label=_("Turned round: agreeing is unfavourable"),
        required=False,
        help_text=_("Figures turn it back, so that higher is always better."),
    )
    is_equivalent = forms.BooleanField(
        label=_("It still measures the same"),
        required=False,
        help_text=_(
            "Then the trend goes on. Leave it empty when people may answer otherwise because of the change: "
            "then a new line begins."
        ),
    )

    def __init__(
        self, *args: Any, organisation: Organisation, question: Question | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["theme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Theme.objects.available_to(organisation)
        self.languages = languages_for(question.texts if question else {})
        self._add_texts("text", _("Text in %(language)s"), rows=2)
        self._add_texts(
            "options",
            _("Options in %(language)s"),
            rows=4,
            help_text=_("One on each line, 2 to 7, in the same order in each language."),
        )

    def draft(self) -> QuestionDraft:
        return QuestionDraft(
            theme=self.cleaned_data["theme"],
            kind=self.cleaned_data["kind"],
            reversed=self.cleaned_data["reversed"],
            texts=self.written("text"),
            options={code: self._lines(f"options_{code}") for code in self.languages},
        )

    def _lines(self, name: str) -> list[str]:
        lines = (" ".join(line.split()) for line in self._raw(name).splitlines())
        return [line for line in lines if line]

    def texts(self) -> Iterable[tuple[str, forms.BoundField]]:
        return self.pairs("text")

    def options(self) -> Iterable[tuple[str, forms.BoundField]]:
        return self.pairs("options")


class ThemeForm(WrittenForm):
    kind = forms.ChoiceField(label=_("What it shows"), choices=Theme.Kind.choices)

    def __init__(self, *args: Any, theme: Theme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages_for(theme.other_languages if theme else {})
        self._add_texts("name", _("Name in %(language)s"), rows=1)
        self._add_texts(
            "description",
            _("Description in %(language)s"),
            rows=3,
            help_text=_("What it is about, and what a high score means."),
        )

    def draft(self) -> ThemeDraft:
        return ThemeDraft(
            names=self.written("name"),
            descriptions=self.written("description"),
            kind=self.cleaned_data["kind"],
        )

    def names(self) -> Iterable[tuple[str, forms.BoundField]]:
        return self.pairs("name")

    def descriptions(self) -> Iterable[tuple[str, forms.BoundField]]:
        return self.pairs("description")


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File with questions"),
        help_text=_("A CSV or Excel file (.xlsx) of at most 1 MB, such as the one that you can download."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        allow_empty_file=True,
    )


def initial_of(question: Question) -> dict[str, Any]:
    options = {
        f"options_{code}": "\n".join(option.get(code, "") for option in question.options)
        for code in languages_for(question.texts)
    }
    texts = {f"text_{code}": text for code, text in question.texts.items()}
    return {
        "theme": question.theme_id,
        "kind": question.kind,
        "reversed": question.reversed,
        "is_equivalent": question.is_equivalent,
    } | (texts | options)


def initial_of_theme(theme: Theme) -> dict[str, Any]:
    texts: dict[str, Any] = {"kind": theme.kind}
    for code in REQUIRED:
        texts |= {part: getattr(theme, part) for part in (f"name_{code}", f"description_{code}")}
    for code, parts in theme.other_languages.items():
        texts |= {f"{part}_{code}": text for part, text in parts.items()}
    return texts


def stale_texts(form: WrittenForm, initial: Mapping[str, Any]) -> list[str]:
    """Labels of the fields in which what was typed differs from what someone else saved."""

    def plain(value: Any) -> str:
        return " ".join(str(getattr(value, "pk", value) or "").split())

    typed = {name: form.cleaned_data.get(name) for name in form.fields if name != "is_equivalent"}
    return [
        str(form.fields[name].label)
        for name, value in typed.items()
        if plain(value) != plain(initial.get(name))
    ]
