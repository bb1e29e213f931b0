"""Pages that follow what is new: the browser asks again and again, and mostly hears that nothing is."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django_htmx.http import HttpResponseStopPolling

from orgunits.access import public
from results.versions import ledger_version

View = Callable[..., HttpResponse]
SALT = "dashboards.news"
HOURS = 12  # as long as one is signed in
PREFIX = "/news/"


def polled(view: View) -> View:
    """Answers 304 while nothing that is shown has changed.

    The ETag is of the text itself. One of the numbers behind it would be cheaper, but it would change when
    someone of a group answers that is too small to show.
    """
    checked: View = conditional_page(cache_control(private=True, no_cache=True)(view))
    return require_safe(checked)


def news_url(organisation_id: int, unit_id: int) -> str:
    """Where a page about this unit hears whether there is something new, and nothing else."""
    return reverse("news", args=[signing.dumps([organisation_id, unit_id], salt=SALT, compress=False)])


@public
@require_safe
def news(request: HttpRequest, key: str) -> HttpResponse:
    """The version of the ledger as an ETag and nothing else: 304 when the page has it already.

    Without a session, so that a poll takes one query: it tells that something is new, never what.
    """
    try:
        organisation_id, unit_id = signing.loads(key, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    version = ledger_version(organisation_id, unit_id)
    if version is None:
        raise Http404
    tag = f'"{version.text}"'
    known = request.headers.get("If-None-Match")
    if not version.expects_more and known in (None, tag):
        return HttpResponseStopPolling()
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return HttpResponse(status=304 if known == tag else 200, headers=headers)


class WithoutSession:
    """Middleware before that of sessions: a poll for news is answered without looking up who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PREFIX):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)
