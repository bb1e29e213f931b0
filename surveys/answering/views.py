from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.languages import default_language, other_languages, spoken, supported
from accounts.page_look import dressed, page_look
from orgunits.access import public
from surveys.answering.forms import AnswerForm
from surveys.answering.keys import LostKeyError
from surveys.answering.services import Answers, Invited, look_up, stop_reminders, submit
from surveys.answering.tickets import has_answered
from surveys.mailing.texts import news_of
from surveys.mailing.tokens import token_hash
from surveys.models import Wave, WaveQuestion, WaveUnit

View = Callable[[HttpRequest, str], HttpResponse]
logger = logging.getLogger(__name__)


class OwnGroup(NamedTuple):
    name: str
    invited: int


def link_page(view: View) -> View:
    """The link itself is the secret that a form token would be, so no cookie is needed."""
    return public(csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view))))


@link_page
def answer(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    invited = look_up(token_hash(token), now=now)
    language = _language(request, invited)
    with translation.override(language), timezone.override(_zone(invited)):
        if invited is None:
            return _page("unknown", language, status=404)
        if invited.wave.opened_at > now:
            return _page("not_yet", language, invited)
        shared = "shared" in request.GET
        look = Look(language, on_paper=invited.on_paper, shared=shared)
        try:
            show = _take_answers if request.method == "POST" else _shown
            return show(request, invited, look)
        except LostKeyError as error:
            logger.error("wave %s takes no answers: %s", invited.wave.pk, error)
            return _out_of_order(request, invited, look)


@dataclass(frozen=True, slots=True)
class Look:
    """What the form depends on beside wave and unit. `shared`: on a device that others use after this."""

    language: str
    on_paper: bool = False
    shared: bool = False


def _shown(request: HttpRequest, invited: Invited, look: Look) -> HttpResponse:
    answered = _is_known_to_have_answered(invited)
    if (answered or invited.on_paper) and "sent" in request.GET:
        return _page("thanks", look.language, invited, shared=look.shared, on_paper=invited.on_paper)
    if answered:
        return _page("answered", look.language, invited)
    page = _empty_form(invited.wave, invited.unit_id, look)
    return dressed(HttpResponse(page), page_look(invited.wave.organisation_id))


def _out_of_order(request: HttpRequest, invited: Invited, look: Look) -> HttpResponse:
    """What was filled in stays on the page, to be sent later."""
    if request.method != "POST":
        return _page("out_of_order", look.language, invited, status=503)
    form = AnswerForm(invited.wave, _questions(invited.wave.pk), request.POST)
    with suppress(ValidationError):
        form.clean()
    error = _("Something is wrong on our side. Keep this page open and try again later today.")
    page = _form(invited.wave, invited.unit_id, look, form, error=error)
    return dressed(HttpResponse(page, status=503), page_look(invited.wave.organisation_id))


def _is_known_to_have_answered(invited: Invited) -> bool:
    """Whoever printed a letter, or had a mail sent once more, could open it too, so it looks unused."""
    return not invited.on_paper and has_answered(invited.wave, invited.invitation_id)


def _take_answers(request: HttpRequest, invited: Invited, look: Look) -> HttpResponse:
    form = AnswerForm(invited.wave, _questions(invited.wave.pk), request.POST)
    try:
        form.clean()
    except ValidationError as error:
        if _is_known_to_have_answered(invited):
            return _page("answered", look.language, invited)
        page = _form(invited.wave, invited.unit_id, look, form, error=error.messages[0])
        return dressed(HttpResponse(page, status=422), page_look(invited.wave.organisation_id))
    answers = Answers(invited.invitation_id, form.scores, form.comments)
    if not submit(invited.wave, [answers], now=timezone.now()) and _is_known_to_have_answered(invited):
        return _page("answered", look.language, invited)
    # Whoever came too late is told so by the page that follows.
    shared = "&shared" if look.shared else ""
    return HttpResponseRedirect(f"?sent&lang={look.language}{shared}", status=303)


@link_page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since scanners follow links; the POST is also the one click of RFC 8058."""
    invited = look_up(token_hash(token), now=timezone.now())
    language = _language(request, invited)
    with translation.override(language):
        if invited is None:
            return _page("unknown", language, status=404, results="../results/")
        if request.method == "POST":
            stop_reminders(invited.invitation_id)
        return _page("reminders_stopped", language, invited, done=request.method == "POST")


def _language(request: HttpRequest, invited: Invited | None) -> str:
    asked_for = _asked_for(request, invited)
    if invited is None:
        return asked_for or translation.get_language() or default_language()
    return asked_for or spoken(invited.language, invited.wave.organisation.language)


def _asked_for(request: HttpRequest, invited: Invited | None) -> str | None:
    code = supported(request.GET.get("lang"))
    return code if not (invited and invited.wave.languages) or code in invited.wave.languages else None


def _zone(invited: Invited | None) -> Any:
    return invited.wave.organisation.zone if invited else timezone.get_default_timezone()


def _page(
    name: str, language: str, invited: Invited | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "other_languages": other_languages(language, invited.wave.languages if invited else ()),
        "results": "results/",  # below the link, whichever it is
        **more,
    }
    if invited is None:
        return HttpResponse(render_to_string(f"surveys/answer/{name}.html", context), status=status)
    own = page_look(invited.wave.organisation_id)
    context |= {"wave": invited.wave, "organisation": invited.wave.organisation, "look": own}
    return dressed(HttpResponse(render_to_string(f"surveys/answer/{name}.html", context), status=status), own)


@lru_cache(maxsize=512)
def _questions(wave_id: int) -> list[WaveQuestion]:
    """Kept in memory: a wave's questions never change once it is open."""
    return list(WaveQuestion.objects.filter(wave=wave_id).order_by("position"))


@lru_cache(maxsize=4096)
def _own_group(wave_id: int, unit_id: int) -> OwnGroup:
    """Never changes once the wave is open."""
    unit = WaveUnit.objects.get(wave=wave_id, unit=unit_id)
    return OwnGroup(unit.name, unit.invited)


_empty_forms: dict[Any, str] = {}


def _empty_form(wave: Wave, unit_id: int, look: Look) -> str:
    """The page before anything was filled in: the same for everyone in a unit, so rendered once."""
    key = (wave.pk, wave.closes_at, unit_id, look, page_look(wave.organisation_id))
    if key not in _empty_forms:
        if len(_empty_forms) >= 1024:
            _empty_forms.clear()
        form = AnswerForm(wave, _questions(wave.pk), {})
        _empty_forms[key] = _form(wave, unit_id, look, form)
    return _empty_forms[key]


def _form(wave: Wave, unit_id: int, look: Look, form: AnswerForm, *, error: str = "") -> str:
    return form_page(wave, _own_group(wave.pk, unit_id), look, form, error=error)


def form_page(wave: Wave, group: OwnGroup, look: Look, form: AnswerForm, *, error: str = "") -> str:
    """The page itself; HR's preview shows the same for a wave that does not exist yet."""
    return render_to_string(
        "surveys/answer/form.html",
        {
            "organisation": wave.organisation,
            "look": page_look(wave.organisation_id),
            "wave": wave,
            "news": news_of(wave, len(form.questions)),
            "unit_name": group.name,
            "invited": group.invited,
            "questions": form.fields(),
            "comment": form.typed("comment"),
            "first_text": form.first_text,
            "error": error,
            "on_paper": look.on_paper,
            "shared": look.shared,
            "other_languages": other_languages(look.language, wave.languages),
        },
    )
