"""The next dates of a cycle as a list, as HTML: a template takes some tens of times as long for each."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.days import in_words
from surveys.cycles.outlook import Outlook, PlannedWave

WAVE = (
    '<li class="dates__wave" id="date-{place}" tabindex="-1"><strong>{day}</strong>{moved} '
    '<span class="small soft dates__what">{what}</span></li>'
)
MOVED = ' <span class="badge badge--warning">{}</span>'
LEFT_OUT = (
    '<li class="dates__wave dates__wave--left-out" id="date-{place}" tabindex="-1"><s>{day}</s> '
    '<span class="badge">{reason}</span></li>'
)


def date_lines(outlook: Outlook) -> SafeString:
    """A day of the calendar leads to its line by `place`."""
    lines = (_line(outlook, wave, place) for place, wave in enumerate(outlook.waves, start=1))
    return mark_safe("".join(lines))  # noqa: S308  # texts are escaped


def _line(outlook: Outlook, wave: PlannedWave, place: int) -> str:
    day = in_words(outlook.schedule.day_of(wave.opening or wave.planned), gettext_noop("l j F Y"))
    if wave.opening is None:
        reason = _("left out: %(reason)s") % {"reason": wave.reason}
        return LEFT_OUT.format(place=place, day=day, reason=escape(reason))
    moved = _("moved: %(reason)s") % {"reason": wave.reason}
    return WAVE.format(
        place=place,
        day=day,
        moved=MOVED.format(escape(moved)) if wave.is_moved else "",
        what="<br>".join(map(escape, _what(outlook, wave))),
    )


def _what(outlook: Outlook, wave: PlannedWave) -> Iterator[str]:
    """How much is asked until when; which themes have their turn; of how many, where not all are asked."""
    yield _asked_until(outlook, wave)
    if outlook.rotation.every > 1:
        yield ", ".join(wave.themes)
    if outlook.cycle.parts > 1:
        people = ngettext("about %(number)s person", "about %(number)s people", wave.people)
        yield people % {"number": number_format(wave.people, use_l10n=True, force_grouping=True)}


def _asked_until(outlook: Outlook, wave: PlannedWave) -> str:
    number = len(wave.questions)
    words = _("until %(closing)s")
    if number:
        words = ngettext(
            "%(questions)s question, until %(closing)s", "%(questions)s questions, until %(closing)s", number
        )
    closing = wave.closes_at and in_words(outlook.schedule.day_of(wave.closes_at), gettext_noop("l j F"))
    return words % {"questions": number, "closing": closing}
