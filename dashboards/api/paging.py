"""Pages of a list: `page` and `pageSize`. Of figures and participation these count units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination

LARGEST_NUMBER = 2**63 - 1  # of a row


class Pages(PageNumberPagination):
    page_size = 100
    page_size_query_param = "pageSize"
    max_page_size = 500

    def get_page_size(self, request: Any) -> int | None:
        """Says no to a size that is none, where the library would quietly take its own."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is not None:
            whole_number(self.page_size_query_param, asked, most=self.max_page_size)
        return super().get_page_size(request)


def whole_number(name: str, text: str, *, most: int = LARGEST_NUMBER) -> int:
    """Raises ValidationError that names the parameter."""
    if text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= most:
        return int(text)
    if most < LARGEST_NUMBER:
        told = _("Give a whole number from 1 to %(most)s.") % {"most": most}
    else:
        told = _("Give a whole number above 0.")
    raise ValidationError({name: [told]})


def true_or_false(name: str, given: Mapping[str, str]) -> bool:
    """False when it is not given. Raises ValidationError that names the parameter."""
    text = given.get(name, "false")
    if text not in {"true", "false"}:
        raise ValidationError({name: [_("Give true or false.")]})
    return text == "true"
