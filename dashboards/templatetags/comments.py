from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.template import RequestContext
from django.utils.safestring import SafeString

from dashboards.comments import Said
from dashboards.comments_drawing import drawn

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn_comments(context: RequestContext, comments: Iterable[Said]) -> SafeString:
    """The items of a list. HR hides one, or shows it again, from where it stands."""
    return drawn(comments, token=str(context["csrf_token"]), query=context["request"].GET.urlencode())
