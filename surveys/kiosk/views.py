from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.languages import other_languages, supported
from orgunits.access import public
from surveys.answering.services import look_up
from surveys.kiosk.limits import Attempt, TooManyWrongCodesError
from surveys.letters.codes import read_code, token_of
from surveys.mailing.tokens import token_hash


@public
@csrf_exempt  # no cookie, so nothing that another site could use
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """A code of the closed past, a used one and a wrong one: only those of an open wave open anything."""
    language = supported(request.GET.get("lang")) or translation.get_language() or ""
    with translation.override(language):
        if request.method != "POST":
            return _page(language)
        typed = request.POST.get("code", "")
        code = read_code(typed)
        if code is None:
            return _page(language, typed, error=_incomplete(), status=422)
        try:
            token = _token(code, request)
        except TooManyWrongCodesError:
            return _page(language, typed, error=_too_many(), status=429)
        if token is None:
            return _page(language, typed, error=_wrong(), status=422)
        return HttpResponseRedirect(f"{reverse('answer', args=[token])}?shared", status=303)


def _token(code: str, request: HttpRequest) -> str | None:
    """Of the letter with this code, in a wave that takes answers. Raises TooManyWrongCodesError."""
    attempt = Attempt(get_adapter().get_client_ip(request))
    attempt.begin()
    token = token_of(code)
    invited = look_up(token_hash(token), now=timezone.now())
    if invited is None:
        return None
    attempt.forgive()
    return token


def _incomplete() -> str:
    return _("A code has ten letters and numbers. Look at your letter once more and type all of them.")


def _wrong() -> str:
    return _("This code does not work. Check what you typed. If it is right, the questions may be over.")


def _too_many() -> str:
    return _("Too many wrong codes were typed. Wait ten minutes, or scan the square with a phone.")


def _page(language: str, typed: str = "", *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"typed": typed, "error": error, "other_languages": other_languages(language)}
    return HttpResponse(render_to_string("kiosk/code.html", context), status=status)
