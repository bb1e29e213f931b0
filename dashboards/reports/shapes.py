"""What is done to a shape on a slide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Length, Pt

from accounts.spreadsheets import printable

INK, SOFT = RGBColor.from_string("1F1C18"), RGBColor.from_string("5D574E")

STEPS, MOST_MARKS = (1, 2, 3, 6, 12, 24), 6  # months between marks below a time axis
MONTHS_OF = {"nl": "413", "en": "809"}  # as Office numbers languages


def set_range(chart: Any, lowest: float, highest: float, step: float | None = None) -> None:
    """`step`: between two lines of the grid; None leaves it to who draws the chart."""
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = lowest, highest, step


def label(series: Any, position: Any) -> None:
    labels = series.data_labels
    labels.show_value, labels.position = True, position
    labels.number_format, labels.number_format_is_linked = "0.0", False
    labels.font.size = Pt(11)


def mark_months(axis: Any, days: Sequence[date], language: str) -> None:
    """Names months below a time axis: few enough to stand level, in the language of the slides."""
    months = (days[-1] - days[0]).days / 30
    step = next((one for one in STEPS if months / one <= MOST_MARKS), STEPS[-1])
    axis.tick_labels.number_format = f"[$-{MONTHS_OF.get(language, '409')}]mmm yy"
    axis.tick_labels.number_format_is_linked = False
    base = axis._element.find(qn("c:baseTimeUnit"))
    for name, value in (("majorTimeUnit", "months"), ("majorUnit", str(step))):
        base.addnext(base.makeelement(qn(f"c:{name}"), {"val": value}))


def draw_line(series: Any, colour: RGBColor, *, is_own: bool) -> None:
    """The own line with its points, and its last figure beside the end; others thinner, and bare."""
    series.smooth = False
    series.format.line.color.rgb = colour
    series.format.line.width = Pt(2.5 if is_own else 1.5)
    series.marker.style = XL_MARKER_STYLE.CIRCLE if is_own else XL_MARKER_STYLE.NONE
    if not is_own:
        return
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    series.marker.format.line.color.rgb = colour
    last = max((place for place, value in enumerate(series.values) if value is not None), default=None)
    if last is not None:
        end = series.points[last].data_label
        end.position, end.font.size, end.font.bold = XL_LABEL_POSITION.RIGHT, Pt(12), True


def place(shape: Any, left: Length, top: Length, width: Length, height: Length) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def say(
    shape: Any, lines: Sequence[str], *, size: int, colour: RGBColor | None = INK, bold: bool = False
) -> None:
    frame = shape.text_frame
    frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = printable(line)
        run.font.size, run.font.bold = Pt(size), bold
        paragraph.space_after = Pt(size // 3)
        paragraph._p.get_or_add_pPr().set("algn", "l")
        if colour is not None:
            run.font.color.rgb = colour


def note(slide: Any, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = printable("\n".join(lines))


def stand_upright(grid: Any) -> None:
    """Heads that are too many to stand beside each other as words."""
    grid.rows[0].height = Inches(1.7)
    for column in range(1, len(grid.columns)):
        grid.cell(0, column)._tc.get_or_add_tcPr().set("vert", "vert270")


def centre(cell: Any) -> None:
    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER


def describe(frame: Any, words: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(words))
