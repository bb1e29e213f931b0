from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.models import User
from orgunits.founding.services import Founder


class WelcomeForm(forms.Form):
    organisation = forms.CharField(label=_("Name of the organisation"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail address"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password", "")
        if password and password != cleaned.get("password_again"):
            self.add_error("password_again", gettext("This differs from the first password."))
        if password:
            self._check(password, User(email=cleaned.get("email", ""), name=cleaned.get("name", "")))
        return cleaned

    def _check(self, password: str, founder: User) -> None:
        try:
            validate_password(password, founder)
        except ValidationError as error:
            self.add_error("password", error)

    def founder(self) -> Founder:
        data = self.cleaned_data
        return Founder(email=data["email"], name=data["name"], password=data["password"])
