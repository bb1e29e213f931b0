"""Looking at a cycle as an employee: page and mails at two widths, and a test mail to oneself."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp, csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.languages import supported
from accounts.look import appearance_of
from accounts.page_look import dressed, page_look
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles import queries
from surveys.cycles.outlook import Outlook, outlook
from surveys.cycles.trial import sample_mail, send, trial_mail, trial_page, trial_wave
from surveys.mailing.look_pages import MAIL_POLICY, as_page
from surveys.mailing.mould import LetterMail
from surveys.models import Mail

PAGE = "page"


@needs(Role.HR)
def preview(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    found = _outlook(request, cycle_id)
    codes = _languages(found)
    language, shown = _language(request, codes), _shown(request)
    dark = "dark" in request.GET
    context: dict[str, Any] = {
        "cycle": found.cycle,
        "first": found.first,
        "language": language,
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in codes],
        "shown": shown,
        "dark": dark,
        "things": [
            (PAGE, _("The questions")),
            (Mail.Kind.INVITATION, _("The invitation")),
            (Mail.Kind.REMINDER, _("The reminder")),
            (Mail.Kind.LAST_REMINDER, _("The last reminder")),
        ],
    }
    if shown != PAGE:
        message = _sample(request, found, shown, language)
        context |= {"subject": message.subject, "text": message.body}
    return render(request, "surveys/builder/preview.html", context)


@needs(Role.HR)
@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with an argument
def mail(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """What stands in the frames for a mail: its HTML, as it looks by day or, when asked for, in the dark."""
    found = _outlook(request, cycle_id)
    shown = _shown(request)
    kind = Mail.Kind.INVITATION if shown == PAGE else shown
    message = _sample(request, found, kind, _language(request, _languages(found)))
    look = appearance_of(found.cycle.organisation_id)
    return HttpResponse(as_page(str(message.alternatives[0][0]), look, dark="dark" in request.GET))


def _sample(request: ScopedRequest, found: Outlook, kind: str, language: str) -> LetterMail:
    url = request.build_absolute_uri(reverse("surveys:cycle_preview_page", args=[found.cycle.pk]))
    name = request.user.name.partition(" ")[0]
    return sample_mail(
        found,
        kind,
        language,
        to=request.user.email,
        url=f"{url}?lang={language}",
        name=name,
        now=timezone.now(),
    )


def _shown(request: ScopedRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in Mail.Kind.values else PAGE


@needs(Role.HR)
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # its types know no view with an argument
def page(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """What stands in the frames. Sending it shows the thanks and keeps nothing."""
    found = _outlook(request, cycle_id)
    language = _language(request, _languages(found))
    now = timezone.now()
    look = page_look(found.cycle.organisation_id)
    with translation.override(language):
        if request.method != "POST":
            return dressed(HttpResponse(trial_page(found, language, now=now)), look)
        wave = trial_wave(found, now=now)
        context = {"wave": wave, "organisation": wave.organisation, "other_languages": [], "look": look}
        return dressed(HttpResponse(render_to_string("surveys/answer/thanks.html", context)), look)


@needs(Role.HR)
@require_POST
def test_mail(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    """To oneself only: a test cannot reach anyone else."""
    found, shown = _outlook(request, cycle_id), request.POST.get("show", "")
    kind = shown if shown in Mail.Kind.values else Mail.Kind.INVITATION
    for language in _languages(found):
        url = f"{settings.BASE_URL}{reverse('surveys:cycle_preview_page', args=[cycle_id])}?lang={language}"
        message = trial_mail(found, request.user, language, url=url, now=timezone.now(), kind=kind)
        problem = send(message)
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
