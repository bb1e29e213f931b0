"""Looking at a cycle as an employee: the answering page at two widths, and the mail in one's own box."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from accounts.languages import supported
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles import queries
from surveys.cycles.outlook import Outlook, outlook
from surveys.cycles.trial import send, trial_mail, trial_page, trial_wave


@needs(Role.HR)
def preview(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    found = _outlook(request, cycle_id)
    codes = _languages(found)
    language = _language(request, codes)
    context = {
        "cycle": found.cycle,
        "first": found.first,
        "language": language,
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in codes],
    }
    return render(request, "surveys/builder/preview.html", context)


@needs(Role.HR)
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # its types know no view with an argument
def page(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """What stands in the frames. Sending it shows the thanks and keeps nothing."""
    found = _outlook(request, cycle_id)
    language = _language(request, _languages(found))
    now = timezone.now()
    with translation.override(language):
        if request.method != "POST":
            return HttpResponse(trial_page(found, language, now=now))
        wave = trial_wave(found, now=now)
        context = {"wave": wave, "organisation": wave.organisation, "other_languages": []}
        return HttpResponse(render_to_string("surveys/answer/thanks.html", context))


@needs(Role.HR)
@require_POST
def test_mail(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """To oneself only: a test cannot reach anyone else."""
    found = _outlook(request, cycle_id)
    for language in _languages(found):
        url = f"{settings.BASE_URL}{reverse('surveys:cycle_preview_page', args=[cycle_id])}?lang={language}"
        problem = send(trial_mail(found, request.user, language, url=url, now=timezone.now()))
        if problem:
            messages.error(
                request, _("The test mail was not sent. The mail server says: %(words)s") % {"words": problem}
            )
            break
    else:
        messages.success(
            request, _("A test mail is on its way to %(address)s.") % {"address": request.user.email}
        )
    return redirect("surveys:cycle_preview", cycle_id)


def _outlook(request: ScopedRequest, cycle_id: int) -> Outlook:
    cycle = get_object_or_404(queries.cycles_of(request.scope).select_related("organisation"), pk=cycle_id)
    return outlook(cycle, now=timezone.now())


def _languages(found: Outlook) -> list[str]:
    return found.cycle.languages or [code for code, _name in settings.LANGUAGES]


def _language(request: ScopedRequest, codes: list[str]) -> str:
    asked = supported(request.GET.get("lang")) or translation.get_language() or ""
    return asked if asked in codes else codes[0]
