"""The lines of the ledger as HTML, without a template for each: a page has a hundred."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.rounding import in_thousands
from results.verdicts import Line

LINE = (
    '<tr><th scope="row">{unit}</th><td data-label="{about}">{question}</td>'
    '<td class="table__number" data-label="{mean_of}">{n}</td>'
    '<td class="table__number" data-label="{favourable_of}">{shares}</td>'
    '<td class="table__number" data-label="{each_of}">{distribution}</td>'
    '<td class="table__number" data-label="{people}">{covered}</td></tr>'
)


def drawn(lines: Iterable[Line]) -> SafeString:
    labels = {
        "about": _("Question"),
        "mean_of": _("Mean of"),
        "favourable_of": _("Favourable of"),
        "each_of": _("Each answer of"),
        "people": _("Invited people covered"),
    }
    covered = _("%(covered)s of %(invited)s")
    return format_html_join("\n", LINE, ({**labels, **_cells(line, covered)} for line in lines))


def _cells(line: Line, covered: str) -> dict[str, str]:
    return {
        "unit": line.unit,
        "question": line.question,
        "n": in_thousands(line.n),
        "shares": _or_dash(line.shares),
        "distribution": _or_dash(line.distribution),
        "covered": covered % {"covered": in_thousands(line.covered), "invited": in_thousands(line.invited)},
    }


def _or_dash(number: int | None) -> str:
    return "–" if number is None else in_thousands(number)
