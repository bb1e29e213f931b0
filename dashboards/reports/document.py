"""A report as a PDF that is read out well: tagged, in its language, with a text for each drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.spreadsheets import printable
from accounts.typeset import typeset
from dashboards.charts.dots import dots
from dashboards.reports import reading
from dashboards.reports.content import Report
from dashboards.reports.follow_up import telling
from dashboards.reports.follow_up.tables import own_actions_table, signals_table
from dashboards.reports.tables import (
    Table,
    choice_table,
    course_table,
    questions_table,
    themes_table,
    trait_tables,
    units_table,
)
from dashboards.unit import ThemeLine
from results.figures import Shown
from surveys.letters.paper import region_of

PAGE = Path(settings.BASE_DIR) / "templates" / "reports" / "report.typ"


@dataclass(frozen=True, slots=True)
class Picture:
    """`key`: what its marks mean; `width` in per cent of the page."""

    svg: str
    alt: str
    key: str
    width: int = 100


@dataclass(frozen=True, slots=True)
class Part:
    """`wide`: on a page of its own, on its side. `listed`: each line a point. `facts`: each with its name."""

    heading: str
    level: int = 2
    lines: tuple[str, ...] = ()
    picture: Picture | None = None
    table: dict[str, Any] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    listed: bool = False


def document(report: Report) -> bytes:
    return typeset(PAGE, content_of(report), about="a report")


def content_of(report: Report) -> dict[str, Any]:
    """All that stands in it."""
    language = get_language() or "en"
    return {
        "title": report.title,
        "organisation": report.organisation,
        "lang": language.split("-")[0],
        "region": region_of(language),
        "accent": report.accent,
        "foot": report.title,
        "heading": _("How is %(unit)s doing?") % {"unit": report.unit},
        "lines": [
            line
            for line in (
                reading.of_wave(report),
                reading.of_taking(report.taking),
                reading.of_instead(report),
            )
            if line
        ],
        "parts": [asdict(part) for part in _parts(report)],
    }


def _parts(report: Report) -> Iterator[Part]:
    if report.signals:
        yield Part(_("Signals"), table=_cells(signals_table(report)))
    for place, themes in enumerate(reading.by_scale(report.themes)):
        yield Part(_("Themes") if place == 0 else "", picture=_dots(report, themes))
    yield Part("", lines=(f"{reading.of_themes(report.themes)}.",), table=_cells(themes_table(report)))
    for theme in report.themes:
        yield from _theme(report, theme)
    yield from _choices(report)
    below = [unit for unit in report.units if unit.is_just_below]
    beside = [*trait_tables(report), *([units_table(report, below)] if below else [])]
    for table in beside:
        yield Part(table.title, table=_cells(table), wide=len(table.head) > 8)
    yield from _actions(report)
    yield Part(_("How to read these figures"), lines=tuple(reading.how_to_read()), listed=True)
    yield from _courses(report)


def _choices(report: Report) -> Iterator[Part]:
    if report.choices:
        yield Part(_("What people chose"))
    for choice in report.choices:
        yield Part(choice.text, level=3, table=_cells(choice_table(report, choice)))


def _actions(report: Report) -> Iterator[Part]:
    """All of the unit itself in a table, then one by one what there is to tell beside it."""
    lines = telling.of_actions(report), telling.of_actions_below(report)
    yield Part(_("Actions"), lines=tuple(filter(None, lines)), table=_cells(own_actions_table(report)))
    for row in report.own_actions:
        why, facts = tuple(telling.why(row)), tuple(telling.of_action(row))
        if why or facts:
            yield Part(telling.titled(row), level=3, lines=why, facts=facts)
    if any(row.helped for row in report.own_actions):
        yield Part(_("How sure is it that it helped?"), level=3, lines=tuple(telling.about_helping()))


def _courses(report: Report) -> Iterator[Part]:
    courses = [course_table(report, theme) for theme in report.themes if report.course(theme)]
    if courses:
        yield Part(_("The figures behind the lines"))
    for table in courses:
        yield Part(table.title, level=3, table=_cells(table))


def _theme(report: Report, theme: ThemeLine) -> Iterator[Part]:
    lines = tuple(filter(None, (f"{reading.of_theme(theme)}.", theme.description, theme.note)))
    yield Part(theme.name, lines=lines, table=_cells(questions_table(report, theme)))
    if report.course(theme):
        yield Part(course_table(report, theme).title, level=3, picture=_course(report, theme))


def _cells(table: Table) -> dict[str, Any] | None:
    return {"head": table.head, "rows": table.texts, "widths": table.widths} if table.rows else None


def _dots(report: Report, themes: list[ThemeLine]) -> Picture:
    shown = next(theme.figure for theme in themes if isinstance(theme.figure, Shown))
    lines = [
        (theme.name, theme.figure, theme.above, theme.whole if report.whole else None) for theme in themes
    ]
    drawing = dots(lines, shown.lowest, shown.highest)
    marks = (("●", report.shown), ("○", report.above), ("▮", report.whole))
    svg = printable(render_to_string("reports/dots.svg", {"dots": drawing, "accent": report.accent}))
    key = " · ".join(f"{mark} {name}" for mark, name in marks if name)
    alt = " ".join([f"{reading.of_themes(themes)}.", _("The table below it holds the figures.")])
    return Picture(svg, alt, key)


def _course(report: Report, theme: ThemeLine) -> Picture:
    trend = report.trends[theme.code]
    svg = printable(render_to_string("reports/course.svg", {"trend": trend, "accent": report.accent}))
    key = [_("line with dots: %(unit)s") % {"unit": trend.label}]
    key += [_("dashed: %(unit)s") % {"unit": other.label} for other in trend.beside]
    key.append(_("light band: uncertainty"))
    alt = " ".join([reading.of_course(report, theme), _("A table at the end holds the figures.")])
    return Picture(svg, alt, " · ".join(key), width=80)
