"""The page on which someone makes tokens for programs; IT sees and withdraws everyone's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.api_tokens import LONGEST, make_token, tokens_to_manage, withdraw_token
from accounts.day_input import DayInput
from accounts.models import ApiToken
from orgunits.access import RESULT_ROLES, ScopedRequest, needs
from orgunits.models import Role

USUAL = timedelta(days=90)
TOKEN_ROLES = frozenset({*RESULT_ROLES, Role.IT_ADMINISTRATOR})


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=100,
        help_text=gettext_lazy("Such as: report in Power BI."),
    )
    reads = forms.MultipleChoiceField(
        label=gettext_lazy("It may read"),
        choices=ApiToken.Reads.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=ApiToken.Reads.values,
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput(),
        help_text=gettext_lazy("At most a year from now."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["expires_on"].initial = today + USUAL

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if not self.today <= day <= self.today + LONGEST:
            raise ValidationError(_("Choose a day from today, and at most a year from now."))
        return day


@needs(*TOKEN_ROLES)
@never_cache
def tokens(request: ScopedRequest) -> HttpResponse:
    """A new secret is part of the answer to its own POST, and of no other page."""
    may_make = request.scope.has(*RESULT_ROLES)
    form = TokenForm(request.POST or None, today=timezone.localdate())
    secret = ""
    if may_make and request.method == "POST" and form.is_valid():
        secret = make_token(request.user, now=timezone.now(), **form.cleaned_data)
        form = TokenForm(today=timezone.localdate())
    return render(
        request,
        "orgunits/tokens.html",
        {
            "form": form if may_make else None,
            "secret": secret,
            "tokens": _in_reach(request),
            "everyone": _sees_all(request),
            "today": timezone.localdate(),
            "api_address": request.build_absolute_uri(reverse("api:openapi")),
        },
    )


@needs(*TOKEN_ROLES)
@require_POST
def withdraw(request: ScopedRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(_in_reach(request), pk=token_id)
    withdraw_token(token, by=request.user, now=timezone.now())
    messages.success(request, _("The token ‘%(name)s’ opens nothing any more.") % {"name": token.name})
    return redirect("orgunits:tokens")


def _in_reach(request: ScopedRequest) -> Any:
    return tokens_to_manage(request.scope.organisation, request.user, all_users=_sees_all(request))


def _sees_all(request: ScopedRequest) -> bool:
    return request.scope.has_on_root(Role.IT_ADMINISTRATOR)
