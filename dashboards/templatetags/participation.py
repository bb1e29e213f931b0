"""How many took part, as a component. Not templates: a table of units has one in each of a hundred rows."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.addresses import addresses_of
from dashboards.open_waves import UnitTaking
from dashboards.rounding import in_thousands, percentage_of
from results.figures import Taking

register = template.Library()
SHOWN = (
    '<div class="progress"><progress max="100" value="{percentage}" aria-hidden="true"></progress> '
    '<span class="progress__value">{percentage}%</span> <span class="progress__basis">{basis}</span></div>'
)
TOO_FEW = '<span class="withheld">{}</span>'
ROW = '<tr><th scope="row"><a class="{style}" href="{url}">{name}</a></th><td>{taking}</td></tr>'


@register.filter
def participation(taking: Taking | None) -> SafeString:
    """None where fewer people were invited than figures need."""
    return mark_safe(_drawn(taking, *_words()))  # noqa: S308  # numbers and our own texts


@register.simple_tag
def participation_rows(units: Iterable[UnitTaking], *, in_tree: bool) -> SafeString:
    """Of a table; `in_tree`: the units come in the order of the tree."""
    words, address = _words(), addresses_of("unit")
    rows = (
        ROW.format(
            style=f"card__link indent indent--{unit.depth}" if in_tree else "card__link",
            url=address(unit.pk),
            name=escape(unit.name),
            taking=_drawn(unit.taking, *words),
        )
        for unit in units
    )
    return mark_safe("\n".join(rows))  # noqa: S308  # names are escaped


def _words() -> tuple[str, str]:
    return _("%(answered)s of %(invited)s"), _("Too few people to show")


def _drawn(taking: Taking | None, basis: str, too_few: str) -> str:
    if taking is None:
        return TOO_FEW.format(too_few)
    counts = {"answered": in_thousands(taking.answered), "invited": in_thousands(taking.invited)}
    return SHOWN.format(percentage=percentage_of(*taking), basis=basis % counts)
