"""The product's addresses as they are with ANYMAIL_WEBHOOK_SECRET."""

from django.urls import include, path

from listening.urls import urlpatterns as usual

urlpatterns = [*usual, path("anymail/", include("surveys.mailing.hooks"))]
