from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
