"""What was chosen in single choices: shares of the answers, of one unit beside the unit above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orgunits.models import OrgUnit
from results import queries
from results.figures import ChoiceFigure, Chosen
from results.queries import Sheet
from surveys.models import Wave, WaveQuestion


@dataclass(frozen=True, slots=True)
class OptionLine:
    label: str
    percentage: float
    above: float | None


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """`options` is empty when the figure is withheld."""

    text: str
    theme: str
    figure: ChoiceFigure
    options: list[OptionLine]


def choice_lines(sheet: Sheet, wave: Wave, unit: OrgUnit, above: OrgUnit | None) -> list[ChoiceLine]:
    return [_line(sheet, wave, question, unit, above) for question in queries.choices(wave)]


def _line(
    sheet: Sheet, wave: Wave, question: WaveQuestion, unit: OrgUnit, above: OrgUnit | None
) -> ChoiceLine:
    figure = sheet.choice(wave, unit.pk, question.question_id)
    beside = sheet.choice(wave, above.pk, question.question_id) if above else None
    return ChoiceLine(question.text, question.theme.name, figure, list(_options(question, figure, beside)))


def _options(
    question: WaveQuestion, figure: ChoiceFigure, beside: ChoiceFigure | None
) -> Iterator[OptionLine]:
    if isinstance(figure, Chosen):
        others = beside.percentages if isinstance(beside, Chosen) else [None] * len(figure.percentages)
        for label, percentage, other in zip(question.option_labels, figure.percentages, others, strict=True):
            yield OptionLine(label, percentage, other)
