from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("orgunits.urls")),
    path("", include("surveys.urls")),
    path("", include("dashboards.urls")),
]

if settings.MAILBOX:
    urlpatterns.append(path("mailbox/", include("listening.mailbox.urls")))
