from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from orgunits.access import public
from orgunits.founding.forms import WelcomeForm
from orgunits.founding.services import found_first_organisation


@public
def welcome(request: HttpRequest) -> HttpResponse:
    """The first page of a new installation; gone as soon as there is an organisation."""
    if Organisation.objects.exists():
        raise Http404
    form = WelcomeForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        founder = form.founder()
        try:
            found_first_organisation(
                form.cleaned_data["organisation"],
                founder=founder,
                language=form.cleaned_data["language"],
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            login(request, User.objects.get(email__iexact=founder.email))
            messages.info(request, second_factor_offered())
            return redirect("orgunits:imports")
    return render(request, "accounts/welcome.html", {"form": form})


def second_factor_offered() -> SafeString:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Your organisation is ready. You can change everything in it, so protect your account well:"),
        reverse("mfa_activate_totp"),
        _("sign in with a code from an app too"),
    )
