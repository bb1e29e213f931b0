import pytest

from dashboards.change import Change, change
from dashboards.charts.heat import heat_key, heat_step
from dashboards.charts.sparkline import common_range, sparkline
from dashboards.charts.trend import trend
from results.figures import Figure, Reason, Shown, Withheld


def figure(mean: float, *, lowest: int = 1, highest: int = 5) -> Shown:
    return Shown(mean, 20, lowest, highest, None, None, covered=20, invited=20)


WITHHELD = Withheld(Reason.TOO_FEW)


@pytest.mark.parametrize(
    ("mean", "step"), [(1.0, 1), (2.34, 1), (2.35001, 2), (2.4, 2), (3.3, 4), (3.6, 5), (4.4, 7), (5.0, 7)]
)
def test_a_cell_has_the_colour_of_the_number_it_shows(mean: float, step: int) -> None:
    assert heat_step(figure(mean)) == step


def test_equal_places_on_other_scales_have_equal_colours() -> None:
    assert heat_step(figure(5.0, lowest=0, highest=10)) == heat_step(figure(3.0))


def test_the_key_names_the_bounds_on_the_scale_that_is_shown() -> None:
    assert [(step.sign, round(step.bound, 1)) for step in heat_key(1, 5)] == [
        ("<", 2.4),
        ("≥", 2.4),
        ("≥", 2.8),
        ("≥", 3.2),
        ("≥", 3.6),
        ("≥", 4.0),
        ("≥", 4.4),
    ]


def test_a_change_is_between_the_numbers_as_shown() -> None:
    assert change(figure(3.449), figure(3.36)) == Change("same", 0.0)
    assert change(figure(3.45001), figure(3.36)) == Change("up", 0.1)
    assert change(figure(3.0), figure(3.5)) == Change("down", 0.5)


def test_there_is_no_change_from_or_to_a_withheld_figure() -> None:
    assert change(figure(3.0), WITHHELD) is None
    assert change(WITHHELD, figure(3.0)) is None


def test_a_line_stops_where_a_figure_is_withheld() -> None:
    line = sparkline([figure(3.0), figure(3.5), WITHHELD, figure(4.0)], (3.0, 4.0))
    assert line is not None
    assert line.path == "M4 27 L41 16 M116 5"


def test_one_figure_is_no_line() -> None:
    assert sparkline([WITHHELD, figure(3.0)], (3.0, 4.0)) is None
    assert trend("", ["a", "b"], [WITHHELD, figure(3.0)]) is None


def test_sparklines_of_a_page_share_one_range_of_at_least_a_point() -> None:
    assert common_range([[figure(3.0), WITHHELD], [figure(4.5)]]) == (3.0, 4.5)
    assert common_range([[figure(3.0)], [figure(3.2)]]) == pytest.approx((2.6, 3.6))


def test_a_trend_shows_its_numbers_out_of_the_way_of_the_reference() -> None:
    drawn = trend("", ["a", "b"], [figure(3.0), figure(4.0)], [figure(3.5), figure(3.5)], "All")
    assert drawn is not None
    assert [point.below for point in drawn.points] == [True, False]


def test_a_trend_has_every_number_as_text_too() -> None:
    figures: list[Figure] = [figure(3.0), WITHHELD, figure(4.0)]
    drawn = trend("", ["a", "b", "c"], figures)
    assert drawn is not None
    assert [(row.wave, row.figure, row.reference) for row in drawn.rows] == [
        (wave, one, None) for wave, one in zip("abc", figures, strict=True)
    ]
