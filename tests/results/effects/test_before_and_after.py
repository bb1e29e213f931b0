from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgunits.models import ChangeEvent, OrgUnit, Role
from results.effects import comparing
from results.effects.comparing import Beginning
from results.effects.effect import Caution
from results.effects.models import Finding
from results.effects.reading import BeforeAndAfter, before_and_after
from results.models import Release
from surveys.models import Wave, WaveQuestion, WaveUnit
from tests.dashboards.test_pages import page
from tests.factories import user_with
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

TEAMS = [f"City/Team {number}" for number in range(12)]
CHANGED, ANOTHER = TEAMS[3], TEAMS[7]
DAY = date(2026, 3, 20)


class Town:
    """A wave before and one after 20 March; the figures are put into the ledger as they are."""

    def __init__(self) -> None:
        self.built: OpenWave = open_wave(dict.fromkeys(["City", *TEAMS], 0), questions=1)
        Wave.objects.update(state=Wave.State.CLOSED)
        before = Wave.objects.get()
        for number, path in enumerate(TEAMS):
            self.release(before, path, 3.5 + number % 3 / 10)
        after = self.next_wave(before)
        for number, path in enumerate(TEAMS):
            self.release(after, path, 3.4 + number % 3 / 10 - (path == CHANGED))

    def next_wave(self, last: Wave) -> Wave:
        copies: list[WaveUnit | WaveQuestion] = [
            *WaveUnit.objects.filter(wave=last),
            *WaveQuestion.objects.filter(wave=last),
        ]
        wave = Wave.objects.get(pk=last.pk)
        wave.pk, wave.number = None, last.number + 1
        for moment in ("scheduled_for", "opened_at", "closes_at"):
            setattr(wave, moment, getattr(last, moment) + timedelta(weeks=4))
        wave.save()
        for copy in copies:
            copy.pk, copy.wave = None, wave
            copy.save()
        return wave

    def release(self, wave: Wave, path: str, mean: float) -> None:
        unit = self.unit(path)
        Release.objects.create(
            organisation=wave.organisation,
            wave=wave,
            unit=unit,
            question=wave.questions.get().question,
            released_at=wave.closes_at,
            blocks=[unit.pk],
            n=40,
            mean=mean,
            invited=40,
            covered=40,
        )

    def unit(self, path: str) -> OrgUnit:
        return self.built.units[path]

    def event(self, path: str, on: date = DAY) -> ChangeEvent:
        unit = self.unit(path)
        return ChangeEvent.objects.create(
            organisation=unit.organisation, name="New system", kind="system", on=on, unit=unit
        )


def around(event: ChangeEvent) -> BeforeAndAfter:
    return before_and_after(Beginning.of_change(event))


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_fall_after_a_change_is_told_against_the_other_teams(town: Town) -> None:
    found = around(town.event(CHANGED))
    [energy] = found.themes
    assert (len(found.before), len(found.after)) == (1, 1)
    assert energy.effect.clear
    assert energy.effect.size == pytest.approx(-1.0, abs=0.1)
    assert energy.effect.expected == pytest.approx(-0.1, abs=0.1)
    assert (energy.effect.affected, energy.effect.others) == (1, 11)
    assert Caution.FEW_WAVES in energy.effect.cautions


def test_a_team_with_a_change_of_its_own_is_no_comparison(town: Town) -> None:
    event = town.event(CHANGED)
    town.event(ANOTHER, on=DAY + timedelta(days=100))
    town.event("City")  # for everyone
    [energy] = around(event).themes
    assert energy.effect.others == 10
    assert Caution.OTHER_CHANGES not in energy.effect.cautions
    town.event(CHANGED, on=DAY - timedelta(days=100))
    assert Caution.OTHER_CHANGES in around(event).themes[0].effect.cautions


def test_what_is_no_recorded_change_is_told_in_the_same_way(town: Town) -> None:
    unit, other = town.unit(CHANGED), town.unit(ANOTHER)
    theme = WaveQuestion.objects.earliest("pk").theme
    begun = Beginning(unit, DAY, theme=theme, shifted=0.6, besides=[(other.path, DAY)])
    [energy] = before_and_after(begun).themes
    assert energy.effect.clear
    assert energy.effect.others == 10
    assert Caution.BECAUSE_LOW in energy.effect.cautions
    assert Caution.OTHER_CHANGES not in energy.effect.cautions
    again = Beginning(unit, DAY, besides=[(unit.path, DAY - timedelta(days=100))])
    assert Caution.OTHER_CHANGES in before_and_after(again).themes[0].effect.cautions


def test_of_many_teams_some_from_all_over_the_tree_are_compared(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST", 5)
    elsewhere = [path for path in TEAMS if path != CHANGED]
    newest = town.next_wave(Wave.objects.latest("number"))
    for path in TEAMS:
        between_the_compared = path in elsewhere[1::2]
        town.release(newest, path, 1.5 if between_the_compared else 3.4 - (path == CHANGED))
    [energy] = around(town.event(CHANGED)).themes
    assert energy.effect.others == 5
    assert energy.effect.expected == pytest.approx(-0.1, abs=0.1)


def test_a_change_for_everyone_has_nobody_to_compare_with(town: Town) -> None:
    assert around(town.event("City")).themes == []


def test_a_change_that_came_after_all_waves_says_nothing_yet(town: Town) -> None:
    assert around(town.event(CHANGED, on=DAY + timedelta(days=300))).themes == []


def test_what_was_found_is_kept_until_what_it_was_made_from_changes(town: Town) -> None:
    event = town.event(CHANGED)
    first = around(event)
    with CaptureQueriesContext(connection) as queries:
        assert around(event) == first
    assert not any("results_release" in one["sql"] for one in queries)
    assert Finding.objects.count() == 1
    town.event(ANOTHER)
    assert around(event).themes[0].effect.others == first.themes[0].effect.others - 1


def test_the_number_of_queries_is_constant(town: Town) -> None:
    counts = []
    for _turn in range(2):
        event = ChangeEvent.objects.select_related("unit__organisation").get(pk=town.event(CHANGED).pk)
        with CaptureQueriesContext(connection) as queries:
            around(event)
        counts.append(len(queries))
    assert counts == [8, 5]  # the first keeps what it found


def test_who_has_the_unit_reads_it_in_words_and_others_do_not(town: Town, client: Client) -> None:
    address = f"/changes/{town.event(CHANGED).pk}/effect/"
    client.force_login(user_with(Role.MANAGER, town.unit(CHANGED)))
    text = page(client, address)
    assert "worse here" in text
    assert "−1.10" in text  # here
    assert "fewer than two waves" in text
    client.force_login(user_with(Role.MANAGER, town.unit(ANOTHER)))
    assert client.get(address).status_code == 404
