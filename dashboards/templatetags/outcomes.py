"""The waves on the page of a cycle, which knows nothing of figures: each with how far it is on its way there.

Written without a template: two years of a fortnightly cycle are half a hundred rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboards.addresses import addresses_of
from dashboards.days import in_short
from dashboards.rounding import in_thousands
from results.outcomes import Outcome
from results.verdicts import outcomes
from surveys.cycles.queries import WaveRow

register = template.Library()
ROW = (
    '<tr><th scope="row"><a href="{url}">{name}</a></th><td><span class="{look}">{state}</span></td>'
    '<td data-label="{opened_heading}">{opened}</td><td data-label="{closes_heading}">{closes}</td>'
    '<td class="table__number" data-label="{invited_heading}">{invited}</td>'
    '<td class="table__unbroken" data-label="{mails_heading}">{mails}</td></tr>'
)


@register.simple_tag
def wave_rows(waves: Sequence[WaveRow]) -> SafeString:
    """Of a table with these headings, which stand beside each number on a phone."""
    found, address = outcomes(wave.pk for wave in waves), addresses_of("wave")
    headings = {
        "opened_heading": escape(_("Opened")),
        "closes_heading": escape(_("Closes")),
        "invited_heading": escape(_("Invited")),
        "mails_heading": escape(_("Mails")),
    }
    rows = (
        ROW.format(
            url=address(wave.pk),
            name=escape(wave.name),
            look=_look(found.get(wave.pk)),
            state=escape(_state(wave, found.get(wave.pk))),
            opened=in_short(timezone.localdate(wave.opened_at)),
            closes=_closes(wave),
            invited=in_thousands(wave.invited),
            mails="<br>".join(map(escape, _mails(wave))),
            **headings,
        )
        for wave in waves
    )
    return mark_safe("\n".join(rows))  # noqa: S308  # names and texts are escaped


def _look(outcome: Outcome | None) -> str:
    if outcome is None:
        return "badge badge--active"
    return "badge badge--warning" if outcome is Outcome.WITHHELD else "badge"


def _state(wave: WaveRow, outcome: Outcome | None) -> str:
    return str(outcome.label) if outcome else wave.get_state_display


def _closes(wave: WaveRow) -> str:
    if wave.is_open:
        return date_format(timezone.localtime(wave.closes_at), _("j M Y, H:i"))
    return in_short(timezone.localdate(wave.closes_at))


def _mails(wave: WaveRow) -> Iterator[str]:
    """Of a wave that is over there may be none left: who was mailed is not kept for ever."""
    if not wave.is_open and not (wave.mails_sent or wave.mails_waiting or wave.mails_failed):
        yield "–"
        return
    yield _("%(sent)s sent") % {"sent": in_thousands(wave.mails_sent)}
    if wave.mails_waiting:
        yield _("%(waiting)s waiting") % {"waiting": in_thousands(wave.mails_waiting)}
    if wave.mails_failed:
        yield _("%(failed)s refused") % {"failed": in_thousands(wave.mails_failed)}
