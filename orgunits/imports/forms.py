from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgunits.imports.columns import MEANINGS
from orgunits.imports.reorganisation import Fate
from orgunits.imports.tables import LARGEST_FILE


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File with people"),
        help_text=_("A CSV or Excel file (.xlsx) of at most 25 MB, with everyone who works here now."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        allow_empty_file=True,  # the reader says it better
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(
                gettext("The file is larger than 25 MB. Leave out columns that are not needed.")
            )
        return file


class ColumnsForm(forms.Form):
    """One choice for each column, in the order of the file."""

    def __init__(self, columns: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for number, column in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column["name"],
                help_text=", ".join(column["samples"]),
                choices=list(MEANINGS.items()),
                initial=column["guess"],
            )

    def meanings(self) -> dict[str, str]:
        return {
            column["name"]: self.cleaned_data[f"column-{number}"]
            for number, column in enumerate(self.columns)
        }


class LineageForm(forms.Form):
    """What became of each unit that is asked about; an unanswered one goes as suggested."""

    def __init__(self, units: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        choices = [(fate.value, fate.value) for fate in Fate]
        for unit in units:
            self.fields[f"unit-{unit}"] = forms.ChoiceField(choices=choices, required=False)

    def fates(self) -> dict[int, Fate]:
        said = {unit: self.cleaned_data[f"unit-{unit}"] for unit in self.units}
        return {unit: Fate(fate) for unit, fate in said.items() if fate}
