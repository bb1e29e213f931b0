"""Who moved, was reorganised or lost a role still looks for what was once in reach; and clicks twice."""

from __future__ import annotations

import csv
import html
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from dashboards.reports.document import document
from dashboards.reports.excel import workbook
from dashboards.reports.flat import flat
from dashboards.reports.slides import slides
from dashboards.trends.page import trend_page
from orgunits.access import scope_of
from orgunits.models import ChangeEvent, ImportChange, ImportRun, OrgUnit, Role
from results.comments.models import CommentMark, ReleasedComment
from results.lagging.models import Indicator
from results.layers import layer_sheet
from results.models import Release, WaveVerdict
from results.queries import closed_waves
from results.signals.models import Signal
from surveys.models import Theme
from surveys.persons.erasing import erase
from surveys.persons.finding import find_person
from tests.dashboards import test_signals as signals
from tests.dashboards.reports.city import rows_of_a_city
from tests.dashboards.test_pages import signed_in
from tests.factories import UserFactory, user_with
from tests.results.closing import close
from tests.results.signals.released import Released
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 5, "City/Care": 6, "City/Care/North": 12, "City/Care/South": 8, "City/Works": 12}
made = signals.made  # a fixture


@pytest.fixture
def built() -> OpenWave:
    """North and Works have comments of their own; those of South and Care are read together."""
    opened = open_wave(CITY)
    for unit in CITY:
        scores = [[1 + one % 5, 1 + one % 5] for one in range(CITY[unit])]
        opened.answer(unit, scores, comment=f"We of {unit} hope that Wilhelmina stays")
    UserFactory.create(organisation=opened.wave.organisation, name="Wilhelmina Xander")
    close(opened.wave)
    return opened


def comments(client: Client, built: OpenWave, unit: str) -> str:
    address = reverse("unit_comments", args=[built.units[unit].pk])
    response = client.get(f"{address}?wave={built.wave.pk}", headers={"accept-language": "en"})
    assert response.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def a_comment(unit: str) -> ReleasedComment:
    return ReleasedComment.objects.filter(pool__unit__name=unit).order_by("pk")[0]


def test_comments_of_a_unit_that_moved_away_are_not_read_where_it_was(
    client: Client, built: OpenWave
) -> None:
    signed_in(client, built, Role.MANAGER, "City/Care")
    assert "We of City/Care/North" in comments(client, built, "City/Care")
    north, works = (OrgUnit.objects.get(pk=built.units[one].pk) for one in ("City/Care/North", "City/Works"))
    north.move(works, pos="last-child")
    text = comments(client, built, "City/Care")
    assert "We of City/Care/South" in text
    assert "North" not in text


def test_figures_of_a_unit_that_moved_away_are_not_beside_those_where_it_was(
    client: Client, built: OpenWave
) -> None:
    signed_in(client, built, Role.MANAGER, "City/Care")
    address = f"{reverse('unit', args=[built.units['City/Care'].pk])}?wave={built.wave.pk}"
    assert "North" in client.get(address).content.decode()
    north, works = (OrgUnit.objects.get(pk=built.units[one].pk) for one in ("City/Care/North", "City/Works"))
    north.move(works, pos="last-child")
    page = client.get(address).content.decode()
    assert "South" in page
    assert "North" not in page


def test_what_changed_in_the_team_next_door_is_not_on_the_time_axis() -> None:
    """South has no figures of its own, so its page shows those of Care."""
    built = open_wave(CITY | {"City/Care/South": 3})
    for unit, size in built.invitations.items():
        built.answer(unit, [[1 + one % 5, 1 + one % 5] for one in range(len(size))])
    close(built.wave)
    for name, unit in (("Care got a planner", "City/Care"), ("North lost its lead", "City/Care/North")):
        ChangeEvent.objects.create(
            organisation=built.wave.organisation,
            name=name,
            kind="leadership",
            on=OPENED.date(),
            unit=built.units[unit],
        )
    south = OrgUnit.objects.get(pk=built.units["City/Care/South"].pk)
    seen = {}
    for unit in ("City/Care/South", "City/Care"):
        scope = scope_of(user_with(Role.MANAGER, built.units[unit]), on=OPENED.date())
        seen[unit] = {mark.name for mark in trend_page(scope, south, "energy").marks}
    assert seen["City/Care/South"] == {"Care got a planner"}
    assert seen["City/Care"] == {"Care got a planner", "North lost its lead"}


def test_hr_of_a_part_does_not_read_what_was_hidden_of_those_beside_it(
    client: Client, built: OpenWave
) -> None:
    signed_in(client, built, Role.HR, "City")
    comment = a_comment("Care")
    client.post(reverse("unit_comment", args=[built.units["City"].pk, comment.pk]), {"reason": "person"})
    assert f"comment-{comment.pk}" in _raw(client, built, "City/Care/South")
    signed_in(client, built, Role.HR, "City/Care/South")
    assert f"comment-{comment.pk}" not in _raw(client, built, "City/Care/South")


def _raw(client: Client, built: OpenWave, unit: str) -> str:
    address = reverse("unit_comments", args=[built.units[unit].pk])
    return client.get(f"{address}?wave={built.wave.pk}").content.decode()


def test_who_signs_in_and_is_on_no_list_of_people_is_masked_too(built: OpenWave) -> None:
    texts = set(ReleasedComment.objects.values_list("text", flat=True))
    assert texts
    assert not any("Wilhelmina" in text for text in texts)


def test_a_second_click_hides_nothing_twice(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.HR, "City")
    address = reverse("unit_comment", args=[built.units["City"].pk, a_comment("Works").pk])
    for data in ({}, {"reason": "person"}, {"reason": "person"}, {}, {}):
        client.post(address, data)
    assert list(CommentMark.objects.order_by("pk").values_list("hidden", flat=True)) == [True, False]
    assert AuditEvent.objects.filter(action__startswith="comment.").count() == 2


def test_a_second_click_on_a_signal_is_one_event(client: Client, made: Released) -> None:
    signal = signals.raised(made)
    signals.signed_in(client, made, Role.MANAGER)
    for _click in range(2):
        client.post(reverse("signal_state", args=[signal.pk]), {"state": "seen"})
    assert AuditEvent.objects.filter(action="signal.changed").count() == 1


def test_a_signal_shows_no_figure_of_a_wave_that_was_withdrawn(client: Client, made: Released) -> None:
    signal = signals.raised(made)
    question = Release.objects.filter(wave=made.waves[0])[0].question_id
    told = signal.evidence | {"questions": [{"question": question, "before": 4.44, "now": 3.33}]}
    told["points"][2] |= {"value": 2.22}
    Signal.objects.filter(pk=signal.pk).update(evidence=told)
    signals.signed_in(client, made, Role.MANAGER)
    pages = [reverse("signal", args=[signal.pk]), reverse("signals")]
    before = "".join(client.get(page, headers={"accept-language": "en"}).content.decode() for page in pages)
    assert "2.2" in before
    assert "4.4" in before
    WaveVerdict.objects.create(
        organisation=made.organisation,
        wave=made.waves[2],
        audited_at=made.waves[-1].closes_at + timedelta(days=1),
        passed=False,
        report={},
    )
    after = "".join(client.get(page, headers={"accept-language": "en"}).content.decode() for page in pages)
    assert "2.2" not in after
    assert "4.4" not in after


def test_erasing_someone_leaves_those_whose_address_ends_like_theirs(built: OpenWave) -> None:
    tenant = built.wave.organisation
    person = find_person(tenant, built.invitations["City/Care"][0].email)
    assert person
    (email,) = person.emails
    run = ImportRun.objects.create(
        organisation=tenant, state=ImportRun.State.APPLIED, file_name="people.csv", uploaded_at=OPENED
    )
    for values in ({"email": ["", email.upper()]}, {"email": [f"jan{email}", ""]}):
        ImportChange.objects.create(
            organisation=tenant, run=run, kind="people.changed", subject="Jo (7)", values=values
        )
    erase(person, by=None, now=OPENED)
    assert [one.values["email"][0] for one in ImportChange.objects.all()] == [f"jan{email}"]


def test_a_unit_that_came_to_lie_beside_its_old_one_counts_once_in_the_layers(built: OpenWave) -> None:
    (wave,) = closed_waves(built.wave.organisation)
    care, north = (built.units[one].pk for one in ("City/Care", "City/Care/North"))
    assert layer_sheet(wave, [care, north]).by_question == layer_sheet(wave, [care]).by_question


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "٣", "\x00", "-1", ""])
def test_a_report_of_no_wave_is_no_error(client: Client, built: OpenWave, number: str) -> None:
    signed_in(client, built, Role.MANAGER, "City/Works")
    address = reverse("report_order", args=[built.units["City/Works"].pk])
    response = client.post(address, {"wave": number, "form": "csv"})
    assert response.status_code in (302, 404)


def test_names_that_try_to_get_out_of_a_file_stay_text() -> None:
    rows = rows_of_a_city()
    evil = '\x0b=1]]></a:t>\x0b\x1b\x01#eval("1")\n$x$ {{7*7}} &amp; \u202e\'"<svg onload=x>'
    OrgUnit.objects.filter(pk=rows.unit("City/Care/North").pk).update(name=evil[:100])
    Theme.objects.filter(code="load").update(name_en=evil[:60])
    report = rows.report("City/Care")
    assert all(make(report) for make in (slides, document, workbook))
    cells = [cell for row in csv.reader(StringIO(flat(report).decode("utf-8-sig"))) for cell in row]
    assert any("=1]]>" in cell for cell in cells)
    assert not any(cell.startswith("=") or "\x0b" in cell for cell in cells)


def test_figures_of_hr_that_break_every_drawing_are_refused(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.HR, "City")
    lines = ["unit_path,month,indicator,value"]
    file = {"1e308": 422, "-1e308": 422, "1e13": 422, "5e-324": 302}
    for value, status in file.items():
        content = "\n".join([*lines, f"City,2026-01,Sick\x00ness,{value}", "City,2026-02,Sick\x00ness,0"])
        response = client.post(reverse("indicators"), {"file": SimpleUploadedFile("a.csv", content.encode())})
        assert response.status_code == status
    assert Indicator.objects.get().name == "Sickness"
    assert client.get(reverse("indicators")).status_code == 200
