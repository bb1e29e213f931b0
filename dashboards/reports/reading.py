"""What a figure, a chart or a table says, in one sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.days import in_words
from dashboards.reports.content import Report
from dashboards.rounding import as_whole, in_thousands, with_one_decimal
from dashboards.unit import ThemeLine
from results.figures import Figure, Shown, Taking, Withheld

USUAL = (1, 5)  # the scale of most questions


def by_scale(themes: list[ThemeLine]) -> list[list[ThemeLine]]:
    """Those with figures, put together where they can stand on one axis."""
    scales: dict[tuple[int, int], list[ThemeLine]] = {}
    for theme in themes:
        if isinstance(theme.figure, Shown):
            scales.setdefault((theme.figure.lowest, theme.figure.highest), []).append(theme)
    return list(scales.values())


def value(figure: Figure) -> str:
    """With its scale when that is not the usual one."""
    if not isinstance(figure, Shown):
        return "–"
    if (figure.lowest, figure.highest) == USUAL:
        return with_one_decimal(figure.mean)
    return _("%(mean)s of %(highest)d") % {"mean": with_one_decimal(figure.mean), "highest": figure.highest}


def of_wave(report: Report) -> str:
    return _("%(wave)s, closed on %(day)s") % {
        "wave": report.wave,
        "day": in_words(report.closed_on),
    }


def of_taking(taking: Taking | None) -> str:
    if taking is None:
        return _("Too few people were asked to show how many took part.")
    text = ngettext(
        "%(answered)s of %(invited)s person took part (%(percentage)d%%).",
        "%(answered)s of %(invited)s people took part (%(percentage)d%%).",
        taking.invited,
    )
    return text % {
        "answered": in_thousands(taking.answered),
        "invited": in_thousands(taking.invited),
        "percentage": as_whole(taking.percentage),
    }


def of_instead(report: Report) -> str:
    """ "" when the figures are the unit's own."""
    if not report.instead:
        return ""
    return _(
        "Too few people of %(unit)s answered, or their answers were too alike, to keep them anonymous. "
        "Their answers count one level up. These figures are of %(above)s."
    ) % {"unit": report.unit, "above": report.instead}


def of_themes(themes: list[ThemeLine]) -> str:
    """Side by side; of several scales the one that most themes have."""
    alike = max(by_scale(themes), key=len, default=[])
    shown = [(theme.figure.mean, theme) for theme in alike if isinstance(theme.figure, Shown)]
    if not shown:
        return _("No theme has figures in this wave")
    (_most, highest), (_least, lowest) = (pick(shown, key=lambda pair: pair[0]) for pick in (max, min))
    if value(lowest.figure) == value(highest.figure):
        return _("%(theme)s stands at %(value)s") % {"theme": highest.name, "value": value(highest.figure)}
    return _("%(high)s is highest at %(most)s, %(low)s lowest at %(least)s") % {
        "high": highest.name,
        "most": value(highest.figure),
        "low": lowest.name,
        "least": value(lowest.figure),
    }


def of_theme(theme: ThemeLine) -> str:
    """How it is, and whether that is more than chance away from the wave before."""
    if isinstance(theme.figure, Withheld):
        return _("%(theme)s is not shown in this wave") % {"theme": theme.name}
    words = {"theme": theme.name, "value": value(theme.figure)}
    if theme.change is None:
        return _("%(theme)s stands at %(value)s") % words
    if not theme.change.clear:
        return _("%(theme)s is at %(value)s, about as in the wave before") % words
    words["size"] = with_one_decimal(theme.change.size)
    if theme.change.direction == "up":
        return _("%(theme)s rose by %(size)s to %(value)s since the wave before") % words
    return _("%(theme)s fell by %(size)s to %(value)s since the wave before") % words


def of_course(report: Report, theme: ThemeLine) -> str:
    """The line over the waves in words, for who does not see it."""
    rows = [row for row in report.course(theme) if isinstance(row.figure, Shown)]
    gaps = len(report.course(theme)) - len(rows)
    text = _("%(theme)s over time: from %(first)s on %(begin)s to %(last)s on %(end)s.") % {
        "theme": theme.name,
        "first": value(rows[0].figure),
        "begin": in_words(rows[0].day),
        "last": value(rows[-1].figure),
        "end": in_words(rows[-1].day),
    }
    if gaps:
        missing = ngettext("%(gaps)d wave has no figure.", "%(gaps)d waves have no figure.", gaps)
        text = f"{text} {missing % {'gaps': gaps}}"
    return text


def how_to_read() -> list[str]:
    return [
        _("Averages run from 1 to 5, unless it says otherwise; higher is better, also for turned questions."),
        _("A figure stands for a group that is large enough to keep everyone in it anonymous."),
        _("“–” means too few or too similar answers. Where possible they count one level up."),
        _("A change is “more than chance” when it is larger than chance easily gives with so few answers."),
        _("Figures are not for ranking teams: talk about them with the people they are about."),
    ]
