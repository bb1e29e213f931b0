"""Parts of a page that the browser asks for again and again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

View = Callable[..., HttpResponse]


def polled(view: View) -> View:
    """Answers 304 while nothing that is shown has changed.

    The ETag is of the text itself. One of the numbers behind it would be cheaper, but it would change when
    someone of a group answers that is too small to show.
    """
    checked: View = conditional_page(cache_control(private=True, no_cache=True)(view))
    return require_safe(checked)
