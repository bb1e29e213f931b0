"""The attributes of a field of a form: a page has dozens, and a template takes longer for each."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def attributes(attrs: Mapping[str, object]) -> SafeString:
    """As Django's own template writes them: without a value for True, and none at all for False."""
    written = (
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )
    return mark_safe("".join(written))  # noqa: S308  # names are ours, values are escaped
