from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from actions.effects import AGAIN, _alone, _look_at, look_at_effects, organisations_to_look_at
from actions.models import Action
from actions.services import change_action, close_action
from dashboards.actions.pages import action_page
from orgunits.access import scope_of
from orgunits.models import ChangeEvent, Role
from results.effects.effect import Moved
from results.effects.models import Finding, FindingRun
from results.models import WaveVerdict
from surveys.models import Wave
from tests.actions.steps import a_plan, an_action
from tests.factories import unit_tree, user_with
from tests.results.effects.test_before_and_after import CHANGED, DAY, TEAMS, Town
from tests.signals import make_signal

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def begun(town: Town, path: str, on: date = DAY) -> Action:
    return an_action(town.unit(path), starts_on=on, due_on=on, theme=town.built.questions[0].theme)


def look(town: Town, now: datetime = NOW) -> None:
    look_at_effects(town.built.wave.organisation, now=now)


def moved(action: Action) -> str:
    action.refresh_from_db()
    return action.moved


def told_on_its_page(town: Town, action: Action) -> str:
    everything = scope_of(user_with(Role.HR, town.unit("City")), on=NOW.date())
    page = action_page(everything, Action.objects.get(pk=action.pk), on=NOW.date())
    assert page.comparison
    return str(page.comparison.lines[0].effect.moved.value) if page.comparison.lines else ""


def judge(wave: Wave, *, passed: bool) -> None:
    WaveVerdict.objects.create(
        organisation=wave.organisation, wave=wave, audited_at=timezone.now(), passed=passed, report={}
    )


def test_after_a_wave_it_is_told_of_each_action_how_its_theme_moved() -> None:
    town = Town()
    fell, stayed = begun(town, CHANGED), begun(town, "City/Team 5")
    of_no_theme = an_action(town.unit(CHANGED), starts_on=DAY)
    to_come = begun(town, "City/Team 6", DAY + timedelta(days=300))
    assert organisations_to_look_at(NOW) == [town.built.wave.organisation_id]
    look(town)
    assert (moved(fell), moved(stayed)) == (Moved.WORSE, Moved.UNCLEAR)
    assert (moved(of_no_theme), moved(to_come)) == ("", "")
    assert organisations_to_look_at(NOW) == []


def test_with_a_new_wave_all_is_looked_at_again_and_what_no_longer_holds_is_gone() -> None:
    town = Town()
    action = begun(town, CHANGED)
    look(town)
    [before] = Finding.objects.values_list("key", flat=True)
    newest = town.next_wave(Wave.objects.latest("number"))
    for path in town.built.units:
        town.release(newest, path, 3.4 + 3 * (path == CHANGED) - 3 * (path == "City"))
    assert organisations_to_look_at(NOW) == [town.built.wave.organisation_id]
    look(town)
    [after] = Finding.objects.values_list("key", flat=True)
    assert before != after
    assert moved(action) != Moved.WORSE


def test_an_action_that_was_agreed_or_changed_since_is_looked_at_before_the_next_wave() -> None:
    town = Town()
    look(town)
    action = begun(town, CHANGED)
    assert organisations_to_look_at(NOW) == [town.built.wave.organisation_id]
    look(town)
    assert moved(action) == Moved.WORSE
    later = a_plan(starts_on=DAY + timedelta(days=300), due_on=DAY + timedelta(days=330), theme=action.theme)
    change_action(action, later, by=None, now=NOW)
    assert moved(action) == ""
    look(town)
    assert moved(action) == ""
    assert organisations_to_look_at(NOW) == []


def test_what_is_changed_while_a_worker_looks_is_looked_at_again() -> None:
    town = Town()
    action = begun(town, CHANGED)
    seen = Action.objects.get(pk=action.pk)
    change_action(action, a_plan(title="Another", starts_on=DAY, theme=None), by=None, now=NOW)
    _look_at(seen, NOW)
    assert moved(action) == ""
    assert action.looked_at is None


def test_what_is_closed_while_a_worker_looks_is_told_all_the_same() -> None:
    town = Town()
    action = begun(town, CHANGED)
    seen = Action.objects.get(pk=action.pk)
    close_action(action, "done", "", by=None, now=NOW)
    _look_at(seen, NOW)
    assert moved(action) == Moved.WORSE


def test_nothing_stays_of_figures_that_are_withdrawn_until_they_are_shown_again() -> None:
    town = Town()
    action, newest = begun(town, CHANGED), Wave.objects.latest("number")
    look(town)
    judge(newest, passed=False)
    assert organisations_to_look_at(NOW) == [newest.organisation_id]
    look(town)
    assert moved(action) == told_on_its_page(town, action) == ""
    assert organisations_to_look_at(NOW) == []
    judge(newest, passed=True)
    assert organisations_to_look_at(NOW) == [newest.organisation_id]
    look(town)
    assert moved(action) == told_on_its_page(town, action) == Moved.WORSE


def test_a_signal_of_figures_that_are_withdrawn_no_longer_counts() -> None:
    town = Town()
    withheld = town.next_wave(Wave.objects.latest("number"))
    theme = town.built.questions[0].theme
    signal = make_signal(town.unit(CHANGED), withheld, theme=theme)
    an_action(town.unit(CHANGED), starts_on=DAY, due_on=DAY, theme=theme, signal=signal)
    judge(withheld, passed=False)
    look(town)
    [[_theme, told]] = Finding.objects.get().effects
    assert "because_low" not in told["cautions"]


def test_what_began_or_was_undone_nearby_is_told_by_the_next_day() -> None:
    town, day = Town(), NOW
    action = begun(town, CHANGED)
    too_many = [path for path in TEAMS if path != CHANGED][3:]
    look(town)

    def told() -> str:
        nonlocal day
        assert organisations_to_look_at(day) == []
        day += AGAIN
        assert organisations_to_look_at(day) == [action.organisation_id]
        look(town, day)
        assert moved(action) == told_on_its_page(town, action)
        return action.moved

    for path in too_many:
        town.event(path)
    assert told() == ""
    ChangeEvent.objects.all().delete()
    assert told() == Moved.WORSE
    for path in too_many:
        an_action(town.unit(path), starts_on=DAY, now=day)
    look(town, day)
    assert told() == ""


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_looks_another_only_takes_back_what_is_withdrawn() -> None:
    town = Town()
    action, newest = begun(town, CHANGED), Wave.objects.latest("number")

    def look_beside() -> None:
        try:
            look(town)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with _alone(newest.organisation) as alone:
            assert alone
            pool.submit(look_beside).result()
        assert not FindingRun.objects.exists()
        pool.submit(look_beside).result()
        assert moved(action) == Moved.WORSE
        judge(newest, passed=False)
        with _alone(newest.organisation):
            pool.submit(look_beside).result()
    assert moved(action) == ""
    assert action.looked_at is None
    assert not Finding.objects.exists()


def test_an_organisation_without_waves_or_actions_asks_for_nothing() -> None:
    unit_tree("City")
    assert organisations_to_look_at(NOW) == []
