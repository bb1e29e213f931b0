from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from dashboards.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("orgunits.urls")),
    path("", include("surveys.urls")),
    path("", include("dashboards.urls")),
]

if settings.MAILBOX:
    urlpatterns += [
        path("mailbox/", include("listening.mailbox.urls")),
        path("styleguide/", styleguide, name="styleguide"),
    ]
