from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import ApiToken
from dashboards.signals.pages import signal_list
from orgunits.access import scope_of
from orgunits.models import Role
from results.signals.models import Signal
from tests.dashboards.api.test_api import Program, program, secret
from tests.dashboards.test_pages import answered
from tests.factories import unit_tree, user_with
from tests.results.closing import close
from tests.signals import make_signal, point
from tests.waves import OpenWave

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> OpenWave:
    built = answered()
    close(built.wave)
    return built


def raised(built: OpenWave, path: str, **fields: object) -> Signal:
    wave = built.wave
    return make_signal(built.units[path], wave, evidence={"points": [point(wave, 3.1, n=60)]}, **fields)


def test_a_program_reads_the_signals_that_the_page_shows(city: OpenWave) -> None:
    head = raised(city, "City/Care", weight=2.0)
    raised(city, "City/Care/North", within=head)
    raised(city, "City/Works", weight=3.0, kind=Signal.Kind.DISAGREEMENT)
    hr = user_with(Role.HR, city.units["City"])
    told = Program(secret(hr)).rows("signals")
    with translation.override("en"):
        page = signal_list(scope_of(hr, on=timezone.localdate()))
    shown = [*page.lines, *page.weak]
    assert [one["id"] for one in told] == [line.signal.pk for line in shown]
    assert [one["what"] for one in told] == [line.telling.what for line in shown]
    assert [one["why"] for one in told] == [line.telling.why for line in shown]
    assert [one["elsewhere"] for one in told] == [0, 1]
    day = city.wave.closes_at.date().isoformat()
    [about] = [one for one in told if one["id"] == head.pk]
    assert (about["kind"], about["theme"], about["state"]) == ("drift", "energy", "new")
    assert (about["began"], about["size"], about["probability"]) == (day, -0.4, 0.83)


def test_sentences_are_in_the_language_asked_for(city: OpenWave) -> None:
    raised(city, "City")
    [told] = program(city, Role.HR, "City").get("signals", language="nl")["results"]
    assert told["what"].startswith("In de hele organisatie")


def test_a_manager_s_program_hears_of_the_own_branch_only(city: OpenWave) -> None:
    above = raised(city, "City")
    own = raised(city, "City/Care", within=above)
    beside = raised(city, "City/Works")
    lead = program(city, Role.MANAGER, "City/Care")
    assert [one["id"] for one in lead.rows("signals")] == [own.pk]
    lead.get(f"signals?unit={beside.unit_id}", 404)
    stranger = Program(secret(user_with(Role.HR, unit_tree("Town")["Town"])))
    assert stranger.rows("signals") == []


def test_of_one_unit_and_of_what_is_over(city: OpenWave) -> None:
    raised(city, "City")
    works = raised(city, "City/Works")
    over = raised(city, "City/Care", state=Signal.State.CLOSED, reason=Signal.Reason.SOLVED)
    hr = program(city, Role.HR, "City")
    assert [one["id"] for one in hr.rows(f"signals?unit={works.unit_id}")] == [works.pk]
    [past] = hr.rows("signals?past=true")
    assert (past["id"], past["state"], past["reason"]) == (over.pk, "closed", "solved")
    assert hr.get("signals?past=yes", 400)["errors"][0]["parameter"] == "past"


def test_a_token_for_figures_reads_no_signals(city: OpenWave) -> None:
    narrow = program(city, Role.HR, "City", ApiToken.Reads.FIGURES)
    assert "not for reading signals" in narrow.get("signals", 403)["detail"]


def test_queries_do_not_grow_with_signals(city: OpenWave) -> None:
    for path in ("City", "City/Care", "City/Works"):
        raised(city, path)
    hr = program(city, Role.HR, "City")
    hr.rows("units")  # the first use of the day marks the token
    counts = []
    for size in (1, 3):
        with CaptureQueriesContext(connection) as made:
            assert len(hr.rows(f"signals?pageSize={size}")) == size
        counts.append(len(made))
    assert counts[0] == counts[1] <= 10
