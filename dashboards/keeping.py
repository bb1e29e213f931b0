"""How long answers and invitations are kept; the privacy officer and HR may change it within bounds."""

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

from accounts.models import Organisation
from accounts.retention import TERMS, change_terms, history, terms_of
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role

LABELS = {
    "answers_kept": gettext_lazy("Answers and comments, in months after the wave closed"),
    "invitations_kept": gettext_lazy("Invitations, mails and links, in months after the wave closed"),
}


class TermsForm(forms.Form):
    def __init__(self, organisation: Organisation, *args: Any) -> None:
        super().__init__(*args)
        self.initial = terms_of(organisation)
        for term in TERMS:
            self.fields[term.field] = forms.IntegerField(
                label=LABELS[term.field],
                min_value=term.least,
                max_value=term.most,
                help_text=_("From %(least)d to %(most)d.") % {"least": term.least, "most": term.most},
            )


@needs(Role.PRIVACY_OFFICER, Role.HR, on_root=True)
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: ScopedRequest) -> HttpResponse:
    organisation = request.scope.organisation
    form = TermsForm(organisation, request.POST if request.method == "POST" else None)
    if form.is_valid():
        change_terms(organisation, form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("Saved. What is too old is deleted within minutes."))
        return redirect("keeping")
    context = {"form": form, "history": history(organisation)}
    return render(request, "dashboards/keeping.html", context, status=422 if form.errors else 200)
