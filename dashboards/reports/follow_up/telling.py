"""What is told of actions in words."""

from __future__ import annotations

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dashboards.actions.pages import sentence
from dashboards.days import in_words
from dashboards.effect import ThemeLine
from dashboards.reports.content import Report
from dashboards.reports.follow_up.rows import ActionRow, numbers_of
from dashboards.rounding import with_minus
from results.effects.effect import Moved

HUNDREDTHS = 2  # decimals of what something made a difference of


def about_signals() -> str:
    return _(
        "A signal says that something shifted, and not why: ask the people it is about. Its page tells since "
        "when, and how sure that is."
    )


def of_actions(report: Report) -> str:
    """How many go on in the unit itself, or what its page says when none does."""
    return sentence(numbers_of(report.own_actions)) or _("Nothing is agreed on now.")


def of_actions_below(report: Report) -> str:
    """ "" when none goes on there."""
    told = sentence(numbers_of([row for row in report.actions if not row.is_own]))
    return told and _("In the units below it: %(sentence)s") % {"sentence": told}


def of_agreeing() -> str:
    return _(
        "Look at the figures together, ask for examples and agree on one step. Write that step down on the "
        "page of the unit, so that you see later whether it worked."
    )


def titled(row: ActionRow) -> str:
    """Whoever hands the file on should know what the people of the unit are not told of."""
    not_told = [] if row.action.is_shared else [_("(those who were asked are not told)")]
    return " ".join([row.action.title, *not_told])


def why(row: ActionRow) -> list[str]:
    """In paragraphs."""
    return [line for line in row.action.why.splitlines() if line.strip()]


def what_came_of(row: ActionRow) -> str:
    """As the list of actions tells it: what stood there before it was opened again is not said any more."""
    return " ".join(row.action.what_came_of_it.split()) if row.action.outcome else ""


def of_action(row: ActionRow) -> list[tuple[str, str]]:
    """What else there is to tell of it, each with what it is."""
    action = row.action
    told = [
        (_("Theme"), action.theme.name if action.theme else ""),
        (_("What came of it"), _closed(row)),
        (_("Did it help?"), of_help(row.helped) if row.helped else ""),
    ]
    return [(name, text) for name, text in told if text]


def how_figures_moved(row: ActionRow) -> str:
    """As the list of actions tells it."""
    return str(Moved(row.action.moved).label) if row.action.moved else ""


def _closed(row: ActionRow) -> str:
    """How and when it was closed, and what that left behind; "" while it goes on."""
    if row.action.closed_at is None:
        return ""
    day = in_words(timezone.localdate(row.action.closed_at))
    how = _("%(state)s on %(day)s") % {"state": capfirst(str(row.state.label)), "day": day}
    return f"{how}. {what_came_of(row)}".strip()


def of_help(line: ThemeLine) -> str:
    """As on the page of the action."""
    size = _("Difference: %(size)s, 9 times in 10 between %(between)s.") % {
        "size": with_minus(line.effect.size, HUNDREDTHS),
        "between": between(line),
    }
    return f"{line.sentence} {size} {of_cautions(line)}".rstrip()


def between(line: ThemeLine) -> str:
    ends = {"lowest": line.effect.lowest, "highest": line.effect.highest}
    words: str = _("%(lowest)s and %(highest)s")
    return words % {name: with_minus(end, HUNDREDTHS) for name, end in ends.items()}


def of_cautions(line: ThemeLine) -> str:
    """Why it may mislead."""
    return " ".join(map(str, line.cautions))


def about_helping() -> list[str]:
    """What must stand with each figure of what an action may have done."""
    return [
        _(
            "To be expected is what units of the same layer did where nothing began, and how far figures "
            "that were low or high usually come back by themselves."
        ),
        _(
            "Whoever chose where to begin often had a reason, and that reason can be what made the "
            "difference. Take this as a hint, not as proof."
        ),
    ]
