"""Figures as pages show them: each has a name here, and looks the same everywhere.

Written without templates: a page may have hundreds of them, and most of its time went into these few lines.
Signs stand with words, never a colour alone. Drawings are decorative: their numbers stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dashboards.change import Change
from dashboards.charts.interval import Interval
from dashboards.charts.sparkline import Sparkline
from dashboards.days import in_words
from dashboards.rounding import as_whole, in_thousands, with_minus, with_one_decimal
from results.figures import Chosen, Shares, Shown

register = template.Library()

register.filter("decimal", with_one_decimal)
register.filter("day", in_words)
register.filter("with_minus", with_minus)

USUAL = 5  # the highest score of most questions, which is not named


@register.simple_tag
def mean(figure: Shown) -> SafeString:
    """With its scale when that is not the usual one, from 1 to 5."""
    written = with_one_decimal(figure.mean)
    if figure.highest == USUAL:
        return mark_safe(written)  # noqa: S308  # a number
    scale = escape(_("of %(highest)s") % {"highest": figure.highest})
    return mark_safe(f'{written}&#8239;<span class="scale">{scale}</span>')  # noqa: S308  # escaped


@register.simple_tag
def basis(figure: Shown | Chosen, above_name: str) -> SafeString:
    """How many answers a shown figure stands on, and for how many people it does not speak.

    `above_name`: of the unit in which these count, or "" where there is none.
    """
    lines = [
        ngettext("%(number)s answer", "%(number)s answers", figure.n) % {"number": in_thousands(figure.n)}
    ]
    if figure.left_out:
        words = (
            _("%(left_out)s of %(invited)s people count one level up")
            if above_name
            else _("%(left_out)s of %(invited)s people do not count here")
        )
        numbers = {"left_out": in_thousands(figure.left_out), "invited": in_thousands(figure.invited)}
        lines.append(words % numbers)
    return mark_safe(f'<p class="stat__basis">{"<br>".join(map(escape, lines))}</p>')  # noqa: S308  # escaped


@register.simple_tag
def change(change: Change | None) -> SafeString:
    """None where there is no earlier figure. A full sign when it is larger than chance would give."""
    written = _signs(get_language())
    if change is None:
        return written["none"]
    if change.direction == "same":
        return written["same"]
    sign = written[f"{change.direction}, clear" if change.clear else change.direction]
    return mark_safe(sign.format(with_one_decimal(change.size)))  # noqa: S308  # a number


@lru_cache(maxsize=32)
def _signs(_language: str | None) -> Mapping[str, SafeString]:
    """With a place for the size: a page has dozens, and these few in its language."""
    same = escape(_("same"))
    return {
        "none": _sign("soft", "–", _("no earlier figure"), ""),
        "same": mark_safe(f'<span class="change soft">{same}</span>'),  # noqa: S308  # escaped
        "up, clear": _sign("change--clear", "▲", _("up")),
        "down, clear": _sign("change--clear", "▼", _("down")),
        "up": _sign("soft", "△", _("up, perhaps by chance:")),
        "down": _sign("soft", "▽", _("down, perhaps by chance:")),
    }


def _sign(kind: str, sign: str, words: str, size: str = " {}") -> SafeString:
    hidden = f'<span aria-hidden="true">{sign}</span><span class="visually-hidden">{escape(words)}</span>'
    return mark_safe(f'<span class="change {kind}">{hidden}{size}</span>')  # noqa: S308  # escaped


@register.simple_tag
def favourable(shares: Shares | None) -> SafeString:
    """A bar of three parts; None below ten answers. They may be of fewer answers than the mean."""
    if shares is None:
        too_few = escape(_("from 10 answers"))
        return mark_safe(f'<span class="small soft">{too_few}</span>')  # noqa: S308  # escaped
    parts = shares.unfavourable, shares.neutral, shares.favourable
    text = "".join(
        f'<span><span class="visually-hidden">{words}</span> {as_whole(share)}%</span>'
        for words, share in zip(_names_of_shares(get_language()), parts, strict=True)
    )
    of = ""
    if shares.of:
        words = ngettext("of %(n)s answer", "of %(n)s answers", shares.of) % {"n": shares.of}
        of = f'<div class="small soft">{escape(words)}</div>'
    return mark_safe(  # noqa: S308  # words are escaped, the rest is numbers
        '<div class="favourable"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="favourable__neutral" width="100" height="10"/>'
        f'<rect class="favourable__unfavourable" width="{shares.unfavourable:.2f}" height="10"/>'
        f'<rect class="favourable__favourable" width="{shares.favourable:.2f}" height="10"'
        ' transform="matrix(-1 0 0 1 100 0)"/>'
        f'</svg><div class="favourable__text">{text}</div>{of}</div>'
    )


@lru_cache(maxsize=32)
def _names_of_shares(_language: str | None) -> Sequence[str]:
    return [escape(words) for words in (_("unfavourable"), _("neutral"), _("favourable"))]


@register.simple_tag
def interval(interval: Interval | None) -> SafeString | str:
    if interval is None:
        return ""
    marks = "".join(
        f'<path class="interval__{name}" d="M{x} {from_y} V{to_y}"/>'
        for name, x, from_y, to_y in (("whole", interval.whole, 3, 29), ("above", interval.above, 6, 26))
        if x is not None
    )
    return mark_safe(  # noqa: S308  # numbers
        '<svg class="interval" viewBox="0 0 240 32" aria-hidden="true">'
        '<path class="interval__axis" d="M0 16 H240"/><rect class="interval__range"'
        f' x="{interval.low}" y="10" width="{interval.width}" height="12" rx="6"/>{marks}'
        f'<circle class="interval__at" cx="{interval.at}" cy="16" r="5"/></svg>'
    )


@register.simple_tag
def sparkline(line: Sparkline | None) -> SafeString | str:
    if line is None:
        return ""
    return mark_safe(  # noqa: S308  # numbers
        '<svg class="sparkline" viewBox="0 0 120 32" aria-hidden="true">'
        f'<path class="sparkline__line" d="{line.path}"/>'
        f'<circle class="sparkline__end" cx="{line.end_x}" cy="{line.end_y}" r="4"/></svg>'
    )
