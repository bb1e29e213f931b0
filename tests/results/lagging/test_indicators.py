from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from accounts.models import AuditEvent, User
from listening.tasks import work_due
from orgunits.imports.problems import ImportRefusedError
from orgunits.models import OrgUnit, Role
from results.lagging.models import Indicator, IndicatorValue, LeadLag
from results.lagging.queries import clear_links
from results.lagging.reading import read_monthly
from results.lagging.series import monthly_themes, panel
from results.lagging.services import compare_with_themes, take_over
from results.models import WaveVerdict
from surveys.models import Theme
from tests.dashboards.test_pages import answered, page
from tests.factories import unit_tree, user_with
from tests.results.closing import close

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


NOW = datetime(2026, 4, 3, 9, tzinfo=UTC)
HEADER = "unit_path;month;indicator;measured_in;value\n"


@pytest.fixture
def city() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care", "City/Works")


@pytest.fixture
def hr(city: dict[str, OrgUnit]) -> User:
    return user_with(Role.HR, city["City"])


def upload(city: dict[str, OrgUnit], hr: User, text: str) -> int:
    root = city["City"]
    return take_over(
        root.organisation,
        file_name="sick.csv",
        content=(HEADER + text).encode(),
        units=OrgUnit.objects.filter(organisation=root.organisation),
        by=hr,
        now=NOW,
    )


def values() -> list[tuple[str, date, float]]:
    rows = IndicatorValue.objects.order_by("unit__name", "month")
    return list(rows.values_list("unit__name", "month", "value"))


def test_a_file_is_taken_over_and_the_newest_counts(city: dict[str, OrgUnit], hr: User) -> None:
    upload(city, hr, "City/Care;2026-01;Sick leave;%;5,2\nCity/Care;2026-02;Sick leave;%;6.0%\n")
    upload(city, hr, "City/Care;2026-2-01;Sick leave;%;7\n")
    assert values() == [("Care", date(2026, 1, 1), 5.2), ("Care", date(2026, 2, 1), 7.0)]
    assert Indicator.objects.get().unit_of_measure == "%"
    assert AuditEvent.objects.filter(action="indicators.taken_over").count() == 2


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("City/Nowhere;2026-01;Sick leave;;5", "unit_path", "no unit"),
        ("City/Care;January;Sick leave;;5", "month", "2026-03"),
        ("City/Care;2026-13;Sick leave;;5", "month", "2026-03"),
        ("City/Care;2027-01;Sick leave;;5", "month", "still to come"),
        ("City/Care;2026-01;;;5", "indicator", "empty"),
        ("City/Care;2026-01;Sick leave;;much", "value", "number"),
        ("City/Care;2026-01;Sick leave;;inf", "value", "number"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken_over(
    city: dict[str, OrgUnit], hr: User, row: str, column: str, reason: str
) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        upload(city, hr, f"City/Works;2026-01;Sick leave;;4\n{row}\n")
    [problem] = refused.value.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert not Indicator.objects.exists()


def test_the_same_month_twice_is_a_mistake(city: dict[str, OrgUnit], hr: User) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        upload(city, hr, "City/Care;2026-01;Sick leave;;4\n" * 2)
    assert "line 2" in refused.value.problems[0].reason


def test_a_file_that_is_none_says_so() -> None:
    for content in (b"", b"unit_path,month\n", b"PK\x03\x04broken", "é;é\n1;2".encode("utf-16")):
        rows, problems = read_monthly("x", content, {}, today=NOW.date())
        assert not rows
        assert problems


def test_a_manager_sees_the_own_unit_and_not_the_one_beside_it(
    city: dict[str, OrgUnit], hr: User, client: Client
) -> None:
    rows = [
        f"City/{name};2026-0{month};Sick leave;%;{value}"
        for name, value in (("Care", 5), ("Works", 9))
        for month in (1, 2, 3)
    ]
    upload(city, hr, "\n".join(rows))
    client.force_login(user_with(Role.MANAGER, city["City/Care"], user__email="lead@example.org"))
    text = page(client, f"/indicators/?unit={city['City/Works'].pk}")
    assert "Care" in text
    assert "Works" not in text
    assert "9.0" not in text


def test_only_hr_uploads_and_only_for_their_part(city: dict[str, OrgUnit], client: Client) -> None:
    file = (HEADER + "City/Works;2026-01;Sick leave;;5\n").encode()
    client.force_login(user_with(Role.DIRECTOR, city["City"]))
    client.post("/indicators/", {"file": SimpleUploadedFile("sick.csv", file)})
    assert not Indicator.objects.exists()
    client.force_login(user_with(Role.HR, city["City/Care"]))
    refused = client.post("/indicators/", {"file": SimpleUploadedFile("sick.csv", file)})
    assert refused.status_code == 422
    assert b"City/Works" in refused.content
    assert not Indicator.objects.exists()


def test_removing_is_hr_s_of_all(city: dict[str, OrgUnit], hr: User, client: Client) -> None:
    upload(city, hr, "City/Care;2026-01;Sick leave;;4\n")
    address = f"/indicators/{Indicator.objects.get().pk}/remove/"
    client.force_login(user_with(Role.HR, city["City/Care"]))
    assert client.post(address).status_code == 403
    client.force_login(hr)
    assert client.post(address).status_code == 302
    assert not IndicatorValue.objects.exists()
    assert AuditEvent.objects.filter(action="indicator.removed").exists()


def test_themes_stand_in_the_month_in_which_their_wave_closed(hr: User) -> None:
    built = answered()
    close(built.wave)
    months = [date(2026, month, 1) for month in (2, 3, 4)]
    units = [built.units["City/Works"].pk, built.units["City/Care/South"].pk]
    [(theme, series)] = monthly_themes(built.wave.organisation, units, months)
    assert theme.code == "energy"
    assert np.isnan(series).tolist() == [[True, False, True], [True, True, True]]


def test_an_indicator_is_compared_when_it_or_the_figures_are_new(city: dict[str, OrgUnit], hr: User) -> None:
    upload(city, hr, "".join(f"City/Care;2025-{month:02};Sick leave;;{month}\n" for month in range(1, 13)))
    indicator = Indicator.objects.get()
    assert _due() == [indicator.pk]
    compare_with_themes(indicator.pk, now=NOW + timedelta(minutes=1))
    assert _due() == []
    built = answered()
    close(built.wave)
    assert _due() == []  # another organisation's
    WaveVerdict.objects.create(
        organisation=indicator.organisation,
        wave=built.wave,
        audited_at=NOW + timedelta(days=1),
        passed=True,
        report={},
    )
    assert _due() == [indicator.pk]
    assert panel(indicator, most=9).months == [date(2025, month, 1) for month in range(1, 13)]
    assert not LeadLag.objects.exists()  # no theme to lay it beside


def test_a_link_is_told_only_when_it_stands_out_from_all_that_were_looked_at(
    city: dict[str, OrgUnit],
) -> None:
    """One in twenty by chance is what one of twenty themes shows where nothing is linked."""
    organisation = city["City"].organisation
    indicator = Indicator.objects.create(organisation=organisation, name="Sick leave", changed_at=NOW)
    other = Indicator.objects.create(organisation=organisation, name="Turnover", changed_at=NOW)
    themes = [Theme.objects.create(code=f"theme_{place}", position=place) for place in range(8)]
    for each, least in ((indicator, 0.003), (other, 0.04)):
        LeadLag.objects.bulk_create(
            LeadLag(
                organisation=organisation,
                indicator=each,
                theme=theme,
                chance=least if place == 0 else 0.2 + place / 20,
                correlation=-0.5,
                **dict.fromkeys(("months", "earliest", "latest"), 3),
                **dict.fromkeys(("lowest", "highest"), -0.5),
                **dict.fromkeys(("pairs", "units"), 20),
            )
            for place, theme in enumerate(themes)
        )
    told = clear_links(organisation)
    assert {key: [one.theme for one in links] for key, links in told.items()} == {indicator.pk: [themes[0]]}


def test_a_link_with_figures_that_were_withheld_since_has_no_line(
    city: dict[str, OrgUnit], hr: User, client: Client
) -> None:
    upload(city, hr, "".join(f"City;2025-{month:02};Sick leave;;{month}\n" for month in range(1, 4)))
    LeadLag.objects.create(
        organisation=city["City"].organisation,
        indicator=Indicator.objects.get(),
        theme=Theme.objects.create(code="calm", name_en="Calm"),
        chance=0.001,
        correlation=-0.5,
        **dict.fromkeys(("months", "earliest", "latest"), 3),
        **dict.fromkeys(("lowest", "highest"), -0.5),
        **dict.fromkeys(("pairs", "units"), 20),
    )
    Indicator.objects.update(compared_at=NOW)
    client.force_login(hr)
    assert "Calm" in page(client, "/indicators/")


def _due() -> list[int | None]:
    return [work.on for work in work_due(NOW) if work.task == "results.tasks.compare_indicator"]
