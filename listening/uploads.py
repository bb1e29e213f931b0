"""Refuses a request whose body is larger than any form of the product needs, before a byte of it is read.

The server then throws the rest away, so that the browser shows this page and not a broken connection.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class UploadLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if announced(request) <= settings.LARGEST_REQUEST:
            return self.get_response(request)
        return render(request, "413.html", status=413)


def announced(request: HttpRequest) -> int:
    """Bytes that the request says it holds. Django reads no further than that, and nothing without it."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() else 0
