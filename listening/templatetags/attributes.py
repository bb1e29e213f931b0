"""Parts of a field of a form: a page has dozens, and a template takes longer for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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


OPTION = '<option value="{}"{}>{}</option>'
GROUP = '<optgroup label="{}">{}</optgroup>'


@register.filter
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """Of a select; those without a group as they are."""
    written = (_group(name, "".join(map(_option, choices))) for name, choices, _index in groups)
    return mark_safe("".join(written))  # noqa: S308  # values and labels are escaped


def _group(name: str | None, choices: str) -> str:
    return GROUP.format(conditional_escape(name), choices) if name else choices


def _option(one: Mapping[str, Any]) -> str:
    value, label = conditional_escape(str(one["value"])), conditional_escape(one["label"])
    return OPTION.format(value, attributes(one["attrs"]), label)
