"""Pages about signals: who sees which, what they say, and what someone can do there."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, User
from dashboards.signals import marks, shortlist
from dashboards.signals.drawing import Row
from dashboards.signals.writing import written_rows
from orgunits.models import ChangeEvent, OrgUnit, Role
from results.models import WaveVerdict
from results.signals.models import Signal, SignalRun, SignalSetting
from results.signals.ongoing import Ongoing
from results.signals.queries import unexplained
from results.signals.telling import title
from surveys.models import Cycle, Wave
from tests.factories import EmployeeFactory, user_with
from tests.results.signals.released import Released, organisation_with, release_wave
from tests.signals import make_signal, point

pytestmark = pytest.mark.django_db

PATHS = ["City", "City/Care", "City/Care/Night", "City/Works"]
VALUES = [3.8, 3.8, 3.7, 3.8, 3.6, 3.4, 3.3]


@pytest.fixture
def made() -> Released:
    made = organisation_with(PATHS)
    for value in VALUES:
        release_wave(made, {"energy": [3.7, 3.6, value, 3.8]}, [40, 20, 9, 11])
    levels = {
        name: {"raised": 4, "by_chance": part}
        for name, part in zip(("few", "normal", "early"), (1, 2, 3), strict=True)
    }
    SignalRun.objects.create(
        organisation=made.organisation,
        wave=made.waves[-1],
        read_at=made.waves[-1].closes_at,
        version="1",
        sensitivity="normal",
        outcome={"unit_waves": 100, "levels": levels},
    )
    return made


def raised(
    made: Released, path: str = "City/Care/Night", *, wave: Wave | None = None, **fields: object
) -> Signal:
    """One wave has no figure."""
    points = [
        point(wave, value, n=9)
        if value != 3.6
        else {"wave": wave.pk, "day": wave.closes_at.date().isoformat()}
        for wave, value in zip(made.waves, VALUES, strict=True)
    ]
    when = {"since": made.waves[4], "earliest": made.waves[3], "latest": made.waves[5]}
    usual: dict[str, object] = {"theme": made.themes["energy"], **when}
    evidence = {"points": points, "start": 4, "earliest": 3, "latest": 5, "organisation": -0.01}
    return make_signal(made.units[path], wave or made.waves[-1], evidence=evidence, **usual | fields)


def signed_in(client: Client, made: Released, role: Role, path: str = "City") -> User:
    user = user_with(role, made.units[path])
    client.force_login(user)
    return user


def page(client: Client, name: str, *args: int) -> str:
    response = client.get(reverse(name, args=args), headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_tells_each_signal_in_two_sentences(made: Released, client: Client) -> None:
    signal = raised(made)
    signed_in(client, made, Role.DIRECTOR)
    text = page(client, "signals")
    assert "In Night “Energy” has gone down since" in text
    assert "by 0.4 points (on a scale from 1 to 5)" in text
    assert "This is probably more than chance (83%)" in text
    assert reverse("signal", args=[signal.pk]) in text


@pytest.mark.parametrize(
    ("same", "of", "told"), [(1, 2, ""), (0, 2, ""), (1, 3, "1 of the 3"), (0, 3, "None")]
)
def test_of_units_beside_it_a_count_is_told_from_three_on(
    made: Released, client: Client, same: int, of: int, told: str
) -> None:
    """Of fewer it would tell how one of them is doing."""
    signal = raised(made)
    signal.evidence["siblings"] = {"same": same, "of": of}
    signal.save()
    signed_in(client, made, Role.DIRECTOR)
    text = page(client, "signal", signal.pk)
    assert ("units beside it" in text) == bool(told)
    assert told in text


def test_a_manager_sees_signals_of_the_own_units_only(made: Released, client: Client) -> None:
    signal = raised(made)
    signed_in(client, made, Role.MANAGER, "City/Works")
    assert "Night" not in page(client, "signals")
    for name in ("signal", "signal_state"):
        assert client.post(reverse(name, args=[signal.pk])).status_code in {404, 405}
    assert client.get(reverse("signal", args=[signal.pk])).status_code == 404


def test_nothing_is_said_to_be_calm_before_all_waves_were_read(made: Released, client: Client) -> None:
    signed_in(client, made, Role.MANAGER, "City/Works")
    text = page(client, "signals")
    assert f"{len(made.waves) - 1} waves were not looked at yet" in text
    assert "Nothing shifts" not in text
    for wave in made.waves[:-1]:
        SignalRun.objects.create(
            organisation=made.organisation,
            wave=wave,
            read_at=wave.closes_at,
            version="1",
            sensitivity="normal",
            outcome={},
        )
    text = page(client, "signals")
    assert "not looked at yet" not in text
    assert "Nothing shifts" in text


def test_a_unit_s_page_names_its_own_signals(made: Released, client: Client) -> None:
    signal = raised(made)
    signed_in(client, made, Role.DIRECTOR)
    for path, is_named in (("City/Care/Night", True), ("City/Works", False)):
        text = client.get(reverse("unit", args=[made.units[path].pk])).content.decode()
        assert (reverse("signal", args=[signal.pk]) in text) is is_named


def test_a_part_is_listed_under_what_explains_it(made: Released, client: Client) -> None:
    head = raised(made, "City/Care")
    part = raised(made, within=head)
    signed_in(client, made, Role.DIRECTOR)
    text = page(client, "signals")
    assert reverse("signal", args=[part.pk]) not in text
    assert "One other unit shows the same" in text
    assert reverse("signal", args=[head.pk]) in page(client, "signal", part.pk)
    assert reverse("signal", args=[part.pk]) in page(client, "signal", head.pk)


def test_one_page_draws_the_evidence_and_says_the_same_as_text(made: Released, client: Client) -> None:
    signal = raised(made)
    day = made.waves[4].closes_at.date() - timedelta(days=3)
    event = ChangeEvent.objects.create(
        organisation=made.organisation,
        name="New roster",
        kind="process",
        on=day,
        unit=made.units["City/Care"],
    )
    signed_in(client, made, Role.HR)
    text = page(client, "signal", signal.pk)
    assert reverse("change_effect", args=[event.pk]) in text
    assert 'class="signal__began"' in text
    assert text.count('class="signal__event"') == 1
    assert "Around the start: New roster" in text
    assert text.count('<th scope="row" class="table__unbroken">') == len(VALUES)
    assert text.count("no figure") == 1
    assert "3.5 – 3.9" in text


def test_a_distance_below_nought_has_a_minus_sign_unless_nothing_is_left_of_it() -> None:
    written = written_rows([Row(date(2026, 3, 5), -0.03, 22, -0.42, 0.5)])
    assert re.findall(r"[−-]?\d\.\d", written) == ["0.0", "−0.4", "0.5"]


def test_what_is_done_is_kept_and_shown_to_the_next_who_looks(made: Released, client: Client) -> None:
    signal = raised(made)
    signed_in(client, made, Role.MANAGER, "City/Care")
    client.post(reverse("signal_state", args=[signal.pk]), {"state": "acting"})
    signal.refresh_from_db()
    assert signal.state == Signal.State.ACTING
    assert AuditEvent.objects.filter(action="signal.changed").count() == 1
    signed_in(client, made, Role.HR)
    assert "being acted on" in page(client, "signals")


def test_a_signal_is_closed_for_a_reason(made: Released, client: Client) -> None:
    signal = raised(made)
    signed_in(client, made, Role.HR)
    assert client.post(reverse("signal_state", args=[signal.pk]), {"state": "closed"}).status_code == 404
    client.post(reverse("signal_state", args=[signal.pk]), {"state": "closed:no_issue"})
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("closed", "no_issue")
    assert "closed: not an issue" in page(client, "signals")
    client.post(reverse("signal_state", args=[signal.pk]), {"state": "seen"})
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("seen", "")


def test_hr_of_the_whole_organisation_chooses_how_soon(made: Released, client: Client) -> None:
    signed_in(client, made, Role.HR)
    assert "about 5 in 10 would be noise" in page(client, "signals")
    client.post(reverse("signal_sensitivity"), {"sensitivity": "few"})
    assert SignalSetting.objects.get().sensitivity == "few"
    signed_in(client, made, Role.HR, "City/Care")
    assert "would be noise" not in page(client, "signals")
    assert client.post(reverse("signal_sensitivity"), {"sensitivity": "early"}).status_code == 403


def test_the_number_of_queries_does_not_grow_with_signals(made: Released, client: Client) -> None:
    signed_in(client, made, Role.DIRECTOR)
    raised(made)
    page(client, "signals")  # the look of the organisation is remembered from here on
    with CaptureQueriesContext(connection) as one:
        page(client, "signals")
    for path in ("City", "City/Care", "City/Works"):
        raised(made, path)
    with CaptureQueriesContext(connection) as several:
        page(client, "signals")
    assert len(several) == len(one)


def test_other_pages_get_marks_and_a_short_list(made: Released) -> None:
    signal = raised(made)
    closed = raised(made, "City/Works", state="closed", reason="solved")
    weak = raised(made, "City")
    Signal.objects.filter(pk=weak.pk).update(evidence=weak.evidence | {"probability": 0.3})
    units = [unit.pk for unit in made.units.values()]
    with CaptureQueriesContext(connection) as queries:
        found = marks(Ongoing(made.organisation), units)
    assert len(queries) == 2
    assert found == {(signal.unit_id, made.themes["energy"].pk): reverse("signal", args=[signal.pk])}
    assert [one.url for one in shortlist(made.units["City/Care/Night"])] == [
        reverse("signal", args=[signal.pk])
    ]
    assert shortlist(closed.unit) == []


def test_a_unit_s_page_lists_signals_of_the_units_below_once(made: Released) -> None:
    head = raised(made, "City/Care")
    raised(made, within=head)
    night = raised(made, kind=Signal.Kind.DISAGREEMENT, weight=0.5)
    assert [one.url for one in shortlist(made.units["City/Care"])] == [
        reverse("signal", args=[signal.pk]) for signal in (head, night)
    ]


def test_other_pages_name_the_same_signals_as_the_list_in_the_same_words(made: Released) -> None:
    head = raised(made, "City/Care")
    elsewhere = raised(made, "City/Works", weight=3.0)
    raised(made, within=head)
    raised(made, kind=Signal.Kind.DISAGREEMENT, within=elsewhere)
    raised(made, "City", state=Signal.State.SEEN)
    raised(made, "City", kind=Signal.Kind.LAYER_GAP, state="closed", reason="solved")
    for path in ("City", "City/Care", "City/Works"):
        unit = made.units[path]
        reach = OrgUnit.objects.filter(organisation=made.organisation).at_or_below([unit.path])
        listed = list(unexplained(made.organisation, reach))
        found, total = Ongoing(made.organisation).heads([unit.path], most=10)
        assert [one.titled.pk for one in found] == [signal.pk for signal in listed]
        assert [title(one.titled) for one in found] == [title(signal) for signal in listed]
        assert total == len(listed)


def test_other_pages_show_no_signal_of_a_wave_whose_figures_are_withheld(made: Released) -> None:
    signal = raised(made)
    WaveVerdict.objects.create(
        organisation=made.organisation, wave=signal.wave, audited_at=signal.raised_at, passed=False, report={}
    )
    ongoing = Ongoing(made.organisation)
    assert ongoing.heads([signal.unit.path], most=3) == ([], 0)
    assert ongoing.marks([signal.unit_id]) == {}


@pytest.mark.parametrize(
    ("role", "path", "address", "expected"),
    [
        (Role.HR, "City", "today", ["City/Works", "City/Care/Night"]),
        (Role.HR, "City/Care", "today", ["City/Care/Night"]),
        (Role.DIRECTOR, "City", "heatmap", ["City/Works", "City/Care/Night"]),
        (Role.MANAGER, "City/Care", "heatmap", ["City/Care/Night"]),
    ],
)
def test_a_first_page_shows_what_is_new_in_one_s_own_layer(
    made: Released, client: Client, role: Role, path: str, address: str, expected: list[str]
) -> None:
    Cycle.objects.filter(organisation=made.organisation).update(state=Cycle.State.ACTIVE)
    EmployeeFactory.create(unit=made.units["City"])
    fresh = {
        "City/Works": raised(made, "City/Works", weight=2.0),
        "City/Care/Night": raised(made),
    }
    raised(made, kind=Signal.Kind.DISAGREEMENT, within=fresh["City/Care/Night"])
    raised(made, "City/Care", state=Signal.State.SEEN)
    weak = raised(made, "City")
    Signal.objects.filter(pk=weak.pk).update(evidence=weak.evidence | {"probability": 0.3})
    signed_in(client, made, role, path)
    news = client.get(reverse(address)).context["page"].new_signals
    assert [one.url for one in news.lines] == [reverse("signal", args=[fresh[name].pk]) for name in expected]
    assert news.total == len(expected)


def test_of_many_new_signals_the_weightiest_are_named_and_all_are_counted(
    made: Released, client: Client
) -> None:
    kinds = (Signal.Kind.DRIFT, Signal.Kind.DISAGREEMENT)
    every = [
        raised(made, path, kind=kind, weight=1 + place)
        for place, path in enumerate(("City", "City/Care"))
        for kind in kinds
    ]
    signed_in(client, made, Role.DIRECTOR)
    client.get(reverse("heatmap"))  # from here on the look of the organisation is remembered
    with CaptureQueriesContext(connection) as queries:
        text = client.get(reverse("heatmap"), headers={"accept-language": "en"}).content.decode()
    assert len([one for one in queries if "results_signal" in one["sql"]]) == 2  # these, and the marks
    assert len(queries) <= 10  # of the whole page
    assert "See all 4 new ones" in text
    links = re.findall(r"/signals/(\d+)/", text[text.index("New signals") : text.index("See all 4")])
    assert [int(one) for one in links] == [one.pk for one in (every[2], every[3], every[0])]
