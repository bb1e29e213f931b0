from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from dashboards.styleguide import styleguide
from listening.language_switch import switch_language
from orgunits.access import public


@public
def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth that nobody gets."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    # Addresses come from the organisation: whoever could change their own could take the next manager's.
    path("accounts/email/", closed),
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", switch_language, name="set_language"),
    path("api/v1/", include("dashboards.api.urls")),
    path("", include("orgunits.urls")),
    path("", include("surveys.urls")),
    path("", include("dashboards.urls")),
]

if settings.ANYMAIL_WEBHOOK_SECRET:
    urlpatterns.append(path("anymail/", include("surveys.mailing.hooks")))

if settings.MAILBOX:
    urlpatterns += [
        path("mailbox/", include("listening.mailbox.urls")),
        path("styleguide/", styleguide, name="styleguide"),
    ]
