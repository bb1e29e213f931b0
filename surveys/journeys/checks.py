"""What HR should know before a journey is launched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from surveys.journeys.past import has_dates
from surveys.models import Cycle

if TYPE_CHECKING:
    from surveys.cycles.outlook import Outlook


def dates_known(outlook: Outlook) -> Iterator[str]:
    if has_dates(outlook.cycle):
        return
    yield {
        Cycle.Kind.ONBOARDING: _(
            "No first day is known of anyone. Add the column joined_on to your import, or nobody is asked."
        ),
        Cycle.Kind.MOVED: _("No moves are known yet. They are seen from the next import on."),
        Cycle.Kind.LEAVING: _(
            "No last day is known of anyone. Add the column leaves_on to your import. Without it people are "
            "only known to have left once they are gone from it; they then get a letter."
        ),
    }[Cycle.Kind(outlook.cycle.kind)]


def enough_in_a_period(outlook: Outlook) -> Iterator[str]:
    most = max((period.people for period in outlook.past), default=0)
    minimum = outlook.cycle.organisation.minimum_group
    if 0 < most < 2 * minimum:
        yield _(
            "In the last 12 months at most %(people)d people would have been asked in one period. With fewer "
            "than %(minimum)d answers nothing is shown, to anyone. Choose a longer period or more units."
        ) % {"people": most, "minimum": minimum}


def by_letter(outlook: Outlook) -> Iterator[str]:
    if outlook.cycle.kind == Cycle.Kind.LEAVING:
        yield _(
            "Who has left no longer has a work address and gets no mail. You can send them a letter: "
            "“Letters and codes” on the page of the wave."
        )
