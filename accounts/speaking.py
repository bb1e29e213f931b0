"""The language of someone with an account: on pages after signing in, and in mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.languages import supported
from accounts.models import User


def language_of(user: User) -> str | None:
    """The user's own, else the organisation's; None when the installation offers neither."""
    own = supported(user.language)
    if own or user.organisation is None:
        return own
    return supported(user.organisation.language)


class UserLanguageMiddleware:
    """Goes before what the browser prefers. Whoever has no session costs no query and gets no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            speak_to(request.user, request)
        return self.get_response(request)


def speak_to(user: User, request: HttpRequest) -> None:
    code = language_of(user)
    if code:
        translation.activate(code)
        request.LANGUAGE_CODE = code


def speak_from_now(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """At signing in: what is said about it is already in the user's language."""
    speak_to(user, request)
