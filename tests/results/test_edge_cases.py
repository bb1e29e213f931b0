"""What happens to a wave when the organisation, or the wave itself, changes under way: docs/edge-cases.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from orgunits.models import Employee, OrgUnit
from orgunits.units.services import move_unit, rename_unit
from results.models import LiveRound, Participation, Release, WaveVerdict
from results.tasks import mix
from surveys.answering.services import Answers, submit
from surveys.models import Wave, WaveUnit
from surveys.waves.services import close_early, extend_wave
from tests.results.closing import close
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIZES = {"City": 8, "City/Care": 9, "City/Care/Day": 8, "City/Care/Night": 3, "City/Works": 9}
Figures = list[tuple[object, ...]]


def rows(number: int) -> list[tuple[int, int]]:
    return [(one % 5 + 1, 1 + one % 3) for one in range(number)]


def answered(sizes: dict[str, int] = SIZES, *, minimum: int = 5) -> OpenWave:
    built = open_wave(sizes, minimum=minimum)
    for unit, people in sizes.items():
        built.answer(unit, rows(people))
    return built


def figures(built: OpenWave) -> Figures:
    """All that is released once it is closed, and found to hold."""
    close(built.wave)
    assert WaveVerdict.objects.get(wave=built.wave).passed
    found = Release.objects.filter(wave=built.wave).order_by("unit__path", "question__code")
    return list(found.values_list("unit__path", "question__code", "n", "mean", "invited", "covered"))


def without_paths(found: Figures) -> Figures:
    """Another organisation's, or those of a unit that moved: numbers only."""
    return sorted(row[1:] for row in found)


def fresh(unit: OrgUnit) -> OrgUnit:
    found: OrgUnit = OrgUnit.objects.get(pk=unit.pk)
    return found


def leaves(built: OpenWave) -> None:
    day = Employee.objects.filter(unit=built.units["City/Care/Day"])
    day.filter(pk=day.earliest("pk").pk).update(left_on=OPENED.date())


def is_removed(built: OpenWave) -> None:
    Employee.objects.filter(unit=built.units["City/Care/Day"]).earliest("pk").delete()


def is_hired(built: OpenWave) -> None:
    team = built.units["City/Care/Night"]
    Employee.objects.create(
        organisation=team.organisation, unit=team, employee_id="new", email="new@example.org"
    )


def unit_ends(built: OpenWave) -> None:
    OrgUnit.objects.filter(pk=built.units["City/Care/Night"].pk).update(ended_on=OPENED.date())


def units_merge(built: OpenWave) -> None:
    night, day = built.units["City/Care/Night"], built.units["City/Care/Day"]
    Employee.objects.filter(unit=night).update(unit=day)
    unit_ends(built)


def unit_is_renamed(built: OpenWave) -> None:
    rename_unit(fresh(built.units["City/Care/Day"]), "Daytime", by=None, now=OPENED)


def unit_moves(built: OpenWave) -> None:
    moved, target = fresh(built.units["City/Care/Night"]), fresh(built.units["City/Works"])
    move_unit(moved, target, by=None, now=OPENED)


def minimum_is_raised(built: OpenWave) -> None:
    built.wave.organisation.minimum_group = 10
    built.wave.organisation.save()


@pytest.mark.parametrize(
    "change",
    [leaves, is_removed, is_hired, unit_ends, units_merge, unit_is_renamed, unit_moves, minimum_is_raised],
)
def test_a_wave_keeps_to_what_it_was_when_it_opened(change: Callable[[OpenWave], None]) -> None:
    undisturbed = without_paths(figures(answered()))
    built = answered()
    change(built)
    assert without_paths(figures(built)) == undisturbed
    names = WaveUnit.objects.filter(wave=built.wave).values_list("name", flat=True)
    assert set(names) == {"City", "Care", "Day", "Night", "Works"}


def test_someone_who_left_may_still_answer_by_the_link_that_they_had() -> None:
    built = open_wave(SIZES)
    leaves(built)
    first = built.invitations["City/Care/Day"][0]
    assert submit(built.wave, [Answers(first.pk, [3, 4])], now=OPENED + timedelta(days=1)) == 1


def test_a_raised_minimum_holds_from_the_next_wave() -> None:
    built = answered()
    minimum_is_raised(built)
    figures(built)
    assert Release.objects.filter(wave=built.wave, unit=built.units["City/Care/Day"]).exists()
    again = answered(SIZES, minimum=10)
    figures(again)
    assert not Release.objects.filter(wave=again.wave, unit=again.units["City/Care/Day"]).exists()


def test_a_wave_that_is_stopped_early_releases_what_is_in_and_takes_no_more() -> None:
    built = open_wave({"City": 12})
    built.answer("City", rows(7))
    close_early(built.wave, by=None, now=OPENED + timedelta(days=1))
    assert built.answer("City", rows(3), now=OPENED + timedelta(days=1)) == 0
    assert {row[2] for row in figures(built)} == {7}


def test_a_wave_that_is_extended_after_a_live_figure_goes_on_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    built = open_wave({"City": 80})
    days = iter((1, 9))

    def look() -> int:
        now = OPENED + timedelta(days=next(days), hours=1)
        monkeypatch.setattr("results.tasks.timezone.now", lambda: now)
        mix(built.wave.pk)
        live = Release.objects.filter(wave=built.wave, step__gt=0, question__code="energy_1").order_by("step")
        return sum(live.values_list("n", flat=True)[live.count() - 1 :])

    built.answer("City", rows(30))
    early = look()
    extend_wave(built.wave, until=(OPENED + timedelta(days=14)).date(), by=None, now=OPENED)
    built.wave.refresh_from_db()
    built.answer("City", rows(30), now=OPENED + timedelta(days=8))
    assert 0 < early < look()
    assert LiveRound.objects.filter(wave=built.wave).count() == 2
    assert {row[2] for row in figures(built) if row[2] != early} >= {60}


def test_a_question_that_most_skip_is_pooled_further_up_than_the_others() -> None:
    built = open_wave({"City": 0, "City/Care": 12, "City/Works": 12})
    for unit in ("City/Care", "City/Works"):
        built.answer(unit, [(one % 5 + 1, 1 + one if one < 3 else None) for one in range(12)])
    figures(built)
    found = Release.objects.filter(wave=built.wave).values_list("unit__name", "question__code", "n")
    assert set(found) == {
        ("City", "energy_1", 24),
        ("Care", "energy_1", 12),
        ("Works", "energy_1", 12),
        ("City", "energy_2", 6),
    }


def test_units_of_one_person_each_have_figures_together_only() -> None:
    teams = {f"City/Care/{number}": 1 for number in range(7)}
    built = open_wave({"City": 9, "City/Care": 0} | teams)
    built.answer("City", rows(9))
    for team, scores in zip(teams, rows(7), strict=True):
        built.answer(team, [scores])
    figures(built)
    assert set(Release.objects.filter(wave=built.wave).values_list("unit__name", "n")) == {
        ("City", 16),
        ("Care", 7),
    }
    taking = Participation.objects.filter(wave=built.wave)
    assert set(taking.values_list("unit__name", "answered")) == {("City", 16), ("Care", 7)}


@pytest.mark.parametrize("depth", [1, 9])
def test_a_tree_of_any_depth_has_a_figure_wherever_enough_people_are(depth: int) -> None:
    paths = ["/".join(["City", *map(str, range(1, level))]) for level in range(1, depth + 1)]
    built = answered(dict.fromkeys(paths, 6))
    figures(built)
    found = Release.objects.filter(wave=built.wave, question__code="energy_1").order_by("unit__depth")
    assert list(found.values_list("n", flat=True)) == [6 * left for left in range(depth, 0, -1)]


@pytest.mark.parametrize("people", [5, 30])
def test_when_everyone_answers_the_same_rules_hold(people: int) -> None:
    built = answered({"City": people, "City/Night": 3})
    assert {row[2] for row in figures(built)} == {people + 3}
    assert Participation.objects.get(wave=built.wave).answered == people + 3


def test_each_edge_case_names_a_test_that_exists() -> None:
    root = Path(__file__).parents[2]
    table = [line for line in (root / "docs/edge-cases.md").read_text().splitlines() if "::" in line]
    assert len(table) >= 15
    for line in table:
        for name in (word.strip("` ") for word in line.split("|")[-2].split("<br>")):
            file, _, test = name.partition("::")
            assert f"def {test}(" in (root / "tests" / file).read_text(), name


def test_a_wave_of_another_state_is_left_alone() -> None:
    built = answered()
    figures(built)
    closed = Wave.objects.get(pk=built.wave.pk)
    assert close_early(closed, by=None, now=OPENED).state == Wave.State.CLOSED
