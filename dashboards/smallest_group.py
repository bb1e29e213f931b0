"""Of how many people at least anything is shown; the privacy officer and HR choose, never below five."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.minimum import change_minimum, minimum_history
from accounts.models import Organisation
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role


class MinimumForm(forms.Form):
    minimum = forms.TypedChoiceField(
        label=gettext_lazy("Smallest group"),
        choices=Organisation.MinimumGroup.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, organisation: Organisation, *args: Any) -> None:
        super().__init__(*args)
        self.initial = {"minimum": organisation.minimum_group}


@needs(Role.PRIVACY_OFFICER, Role.HR, on_root=True)
@require_http_methods(["GET", "HEAD", "POST"])
def smallest_group(request: ScopedRequest) -> HttpResponse:
    organisation = request.scope.organisation
    form = MinimumForm(organisation, request.POST if request.method == "POST" else None)
    if form.is_valid():
        change_minimum(organisation, form.cleaned_data["minimum"], by=request.user, now=timezone.now())
        messages.success(request, _("Saved. It holds for waves that open from now on."))
        return redirect("smallest_group")
    context = {"form": form, "history": minimum_history(organisation)}
    return render(request, "dashboards/smallest_group.html", context, status=422 if form.errors else 200)
