"""Errors as RFC 9457 (problem details), as the Dutch API Design Rules ask."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """None for what is our own fault, which then becomes a 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": _detail(error),
    }
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        response.data["errors"] = [
            {"parameter": name, "detail": " ".join(map(str, told))} for name, told in error.detail.items()
        ]
    response.content_type = MEDIA_TYPE
    return response


def _detail(error: Exception) -> str:
    if isinstance(error, Http404):
        return str(NotFound.default_detail)
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        return " ".join(str(one) for told in error.detail.values() for one in told)
    return str(error.detail) if isinstance(error, APIException) else str(error)
