"""What is done to a shape on a slide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.util import Inches, Length, Pt

from accounts.spreadsheets import printable

INK, SOFT = RGBColor.from_string("1F1C18"), RGBColor.from_string("5D574E")


def set_range(chart: Any, lowest: float, highest: float) -> None:
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = lowest, highest


def label(series: Any, position: Any) -> None:
    labels = series.data_labels
    labels.show_value, labels.position = True, position
    labels.number_format, labels.number_format_is_linked = "0.0", False
    labels.font.size = Pt(11)


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
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        paragraph.space_after = Pt(size // 3)
        paragraph._p.get_or_add_pPr().set("algn", "l")
        if colour is not None:
            run.font.color.rgb = colour


def note(slide: Any, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def stand_upright(grid: Any) -> None:
    """Heads that are too many to stand beside each other as words."""
    grid.rows[0].height = Inches(1.5)
    for column in range(1, len(grid.columns)):
        grid.cell(0, column)._tc.get_or_add_tcPr().set("vert", "vert270")


def describe(frame: Any, words: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(words))
