from django import template
from django.utils.safestring import SafeString, mark_safe

from listening.inlined import inlined_text

register = template.Library()


@register.simple_tag
def inlined_style(name: str) -> SafeString:
    return mark_safe(f"<style>{inlined_text(name)}</style>")  # noqa: S308 # a file of ours


@register.simple_tag
def inlined_script(name: str) -> SafeString:
    return mark_safe(f"<script>{inlined_text(name)}</script>")  # noqa: S308 # a file of ours
