"""Figures as they are written without templates: escaped, in the language of the reader, with gaps."""

from __future__ import annotations

import re

from django.utils.translation import override

from dashboards.change import Change
from dashboards.rounding import with_minus
from dashboards.templatetags.figures import basis, change, favourable, mean
from dashboards.templatetags.questions import Labels, rows_of
from dashboards.unit.lines import QuestionLine
from results.figures import Reason, Shares, Shown, Withheld

FIGURE = Shown(3.25, 1200, 1, 5, Shares(60.5, 20.0, 19.5), None, covered=1500, invited=1510)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def line(text: str, figure: Shown | Withheld) -> QuestionLine:
    return QuestionLine("energy", text, True, figure, Change("down", 0.3), FIGURE, None, note="5 % & more")


def test_numbers_are_rounded_half_up_and_written_in_the_readers_language() -> None:
    with override("en"):
        assert (mean(FIGURE), mean(FIGURE._replace(highest=10))[:3]) == ("3.3", "3.3")
        assert words(basis(FIGURE, "City")) == "1,200 answers10 of 1,510 people count one level up"
    with override("nl"):
        assert mean(FIGURE) == "3,3"
        assert words(favourable(FIGURE.shares)) == "ongunstig 20%neutraal 20%gunstig 61%"
        assert words(change(Change("up", 0.25, clear=False))) == "△hoger, misschien door toeval: 0,3"


def test_nobody_counts_above_the_whole_organisation() -> None:
    with override("nl"):
        assert words(basis(FIGURE, "")) == "1.200 antwoorden10 van 1.510 mensen tellen hier niet mee"


def test_a_negative_number_has_a_minus_sign_unless_nothing_is_left_of_it() -> None:
    with override("nl"):
        assert [with_minus(one, 2) for one in (-0.405, 0.4, -0.004)] == ["−0,41", "0,40", "0,00"]


def test_a_row_of_a_question_is_escaped_and_has_gaps() -> None:
    with override("en"):
        row = rows_of(
            [line('<b>"%(n)s" {pk}</b>', FIGURE), line("Not shown", Withheld(Reason.TOO_FEW))],
            Labels.of("A&B"),
        )
    assert "&lt;b&gt;&quot;%(n)s&quot; {pk}&lt;/b&gt;" in row
    assert 'data-label="A&amp;B"' in row
    assert "5 % &amp; more" in row
    assert "3.3 1,200 answers" in words(row)
    assert "Too few or too similar answers" in row


def test_what_is_not_shown_takes_as_many_columns_as_the_table_has() -> None:
    withheld = line("Not shown", Withheld(Reason.TOO_FEW))
    for above, columns in (("Care", 4), ("", 3)):
        shown, not_shown = (rows_of([one], Labels.of(above)) for one in (line("Shown", FIGURE), withheld))
        assert shown.count("<td") == columns
        assert f'<td colspan="{columns}"' in not_shown
