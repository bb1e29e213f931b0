from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from dashboards.change import Change, change, margin, smallest_clear_change
from dashboards.charts.heat import difference_key, heat_key, heat_step
from dashboards.charts.months import month_chart
from dashboards.charts.small import Axes, Dated, reference_line, small_line
from dashboards.charts.sparkline import common_range, sparkline
from dashboards.charts.trend import Beside, range_on_scale, trend
from results.figures import Figure, Reason, Shown, Withheld


def figure(mean: float, *, n: int = 20, lowest: int = 1, highest: int = 5) -> Shown:
    return Shown(mean, n, lowest, highest, None, None, covered=n, invited=n)


def months(number: int) -> list[date]:
    return [date(2025 + month // 12, month % 12 + 1, 15) for month in range(number)]


WITHHELD = Withheld(Reason.TOO_FEW)


@pytest.mark.parametrize(
    ("mean", "step"), [(1.0, 1), (2.34, 1), (2.35001, 2), (2.4, 2), (3.3, 4), (3.6, 5), (4.4, 7), (5.0, 7)]
)
def test_a_cell_has_the_colour_of_the_number_it_shows(mean: float, step: int) -> None:
    assert heat_step(figure(mean)) == step


def test_equal_places_on_other_scales_have_equal_colours() -> None:
    assert heat_step(figure(5.0, lowest=0, highest=10)) == heat_step(figure(3.0))


def test_the_key_names_the_bounds_on_the_scale_that_is_shown() -> None:
    with override("en"):
        bounds = " ".join(step.sign + step.bound for step in heat_key(1, 5))
        differences = " ".join(step.sign + step.bound for step in difference_key(4))
    assert bounds == "<2.4 ≥2.4 ≥2.8 ≥3.2 ≥3.6 ≥4.0 ≥4.4"
    assert differences == "−0.5 −0.3 −0.1 0 +0.1 +0.3 +0.5"


def test_a_change_is_between_the_numbers_as_shown() -> None:
    assert change(figure(3.449), figure(3.36)) == Change("same", 0.0, clear=False)
    assert change(figure(3.45001), figure(3.36)) == Change("up", 0.1, clear=False)
    assert change(figure(3.0, n=200), figure(3.5, n=200)) == Change("down", 0.5)


def test_half_a_tenth_counts_upwards_as_it_does_in_the_number_on_the_page() -> None:
    assert round(4.35, 1) == 4.3
    assert change(figure(4.35), figure(4.3)) == Change("up", 0.1, clear=False)
    assert heat_step(figure(4.35)) == heat_step(figure(4.4))


def test_a_small_line_shows_a_wave_without_neighbours() -> None:
    first, last = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    axes = Axes(first, first, 2, 4)
    alone = small_line(axes, [(first, figure(3.0))])
    assert alone
    assert (alone.end_x, alone.path) == (118, "M118 42 L118 42")
    assert reference_line(axes, [(first, figure(3.5))]) == "M102 24 L134 24"
    between: list[Dated] = [(first, WITHHELD), (first + (last - first) / 2, figure(3.0)), (last, WITHHELD)]
    drawn = small_line(Axes(first, last, 2, 4), between)
    assert drawn
    assert drawn.path == "M118 42 L118 42"
    assert drawn.band.startswith("M114 ")


def test_there_is_no_change_from_or_to_a_withheld_figure() -> None:
    assert change(figure(3.0), WITHHELD) is None
    assert change(WITHHELD, figure(3.0)) is None


def test_the_same_change_is_clear_with_many_answers_and_not_with_few() -> None:
    # With a standard deviation of 1, the difference of two means of 20 has a standard error of 0.316.
    assert smallest_clear_change(figure(3.0, n=20)) == 0.7
    assert [change(figure(3.0, n=n), figure(3.5, n=n)) for n in (20, 40)] == [
        Change("down", 0.5, clear=False),
        Change("down", 0.5, clear=True),
    ]


def test_the_margin_belongs_to_the_scale() -> None:
    assert margin(figure(3.0, n=100)) == pytest.approx(0.196)
    assert margin(figure(7.0, n=100, lowest=0, highest=10)) == pytest.approx(0.49)


def test_a_line_stops_where_a_figure_is_withheld() -> None:
    line = sparkline([figure(3.0), figure(3.5), WITHHELD, figure(4.0)], (0.5, 0.75))
    assert line is not None
    assert line.path == "M4 27 L41 16 M116 5"


def test_one_figure_is_no_line() -> None:
    assert sparkline([WITHHELD, figure(3.0)], (0.5, 0.75)) is None
    assert trend("", months(2), [WITHHELD, figure(3.0)], label="") is None


def test_sparklines_of_a_page_share_one_range_whatever_their_scales() -> None:
    assert common_range([[figure(3.0), WITHHELD], [figure(8.0, lowest=0, highest=10)]]) == (0.5, 0.8)
    assert common_range([[figure(3.0)], [figure(3.2)]]) == pytest.approx((0.4, 0.65))


@pytest.mark.parametrize(
    ("common", "expected"),
    [((0.0, 1.0), (1, 5)), ((0.55, 0.7), (2.5, 4.5)), ((0.9, 0.95), (3, 5)), ((-0.05, 0.1), (1, 3))],
)
def test_a_trend_shows_at_least_half_of_its_scale(
    common: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert range_on_scale(figure(3.0), common) == expected


def test_a_trend_of_few_waves_has_all_its_numbers_out_of_the_way_of_the_reference() -> None:
    own, whole = [figure(3.0), figure(4.0)], [figure(3.5), figure(3.5)]
    drawn = trend("", months(2), own, label="Team", beside=[Beside("All", whole)])
    assert drawn is not None
    assert [(point.named, point.below) for point in drawn.points] == [(True, True), (True, False)]


def test_a_trend_of_many_waves_names_only_its_first_and_last_number_and_five_days() -> None:
    figures: list[Figure] = [WITHHELD, *[figure(3.0 + number % 3 / 10) for number in range(25)]]
    drawn = trend("", months(26), figures, label="Team")
    assert drawn is not None
    assert [place for place, point in enumerate(drawn.points) if point.named] == [0, 24]
    assert [mark.day for mark in drawn.days] == [months(26)[place] for place in (0, 6, 12, 19, 25)]


def test_the_band_is_as_wide_as_chance_and_has_a_part_for_each_stretch() -> None:
    drawn = trend("", months(3), [figure(3.0, n=16), WITHHELD, figure(3.0, n=64)], label="Team")
    assert drawn is not None
    first, last = (part.strip() for part in drawn.band.split("Z")[:2])
    assert first == "M36 68 L36 104"  # 0.49 to each side, 36 units a point
    assert last == "M376 77 L376 95"


def test_a_trend_has_every_number_as_text_too_the_newest_first() -> None:
    figures: list[Figure] = [figure(3.0), WITHHELD, figure(4.0)]
    drawn = trend("", months(3), figures, label="Team")
    assert drawn is not None
    assert [(row.day, row.figure, row.beside) for row in drawn.rows] == [
        (day, one, []) for day, one in zip(months(3)[::-1], figures[::-1], strict=True)
    ]


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 0.7])
def test_an_indicator_that_never_changes_is_a_level_line(value: float) -> None:
    chart = month_chart(months(3), dict.fromkeys(months(3), value), {})
    assert chart is not None
    (height,) = {step.split()[-1] for step in chart.path.replace("L", "M").split("M") if step}
    assert min(one.y for one in chart.levels) <= int(height) <= max(one.y for one in chart.levels)
