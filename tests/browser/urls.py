"""The product's addresses with those of the demo, and pages that show each error."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from dashboards.styleguide import styleguide
from listening.urls import urlpatterns as product_urls


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("A view that fails, to see the page that follows.")


def error(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html")


urlpatterns = [
    *product_urls,
    path("mailbox/", include("listening.mailbox.urls")),
    path("styleguide/", styleguide),
    path("broken/", broken),
    path("error/<str:name>/", error),
]
