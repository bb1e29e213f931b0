"""What HR reads between the last answer and the figures, on each page that names the wave."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgunits.models import Role
from results.models import WaveVerdict
from results.verdicts import audit_wave
from surveys.models import Mail, Wave
from tests.dashboards.test_pages import answered, page, signed_in
from tests.results.closing import AFTER, close
from tests.waves import OpenWave

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> OpenWave:
    return answered()


@pytest.fixture
def hr(client: Client, built: OpenWave) -> Client:
    return signed_in(client, built, Role.HR, "City")


def pages(hr: Client, wave: Wave) -> list[str]:
    """Its own, that of its cycle, and Today."""
    own, cycle = reverse("wave", args=[wave.pk]), reverse("surveys:cycle", args=[wave.cycle_id])
    return [page(hr, address) for address in (own, cycle, reverse("today"))]


def withhold(wave: Wave, *, passed: bool = False) -> None:
    WaveVerdict.objects.create(
        organisation=wave.organisation, wave=wave, audited_at=AFTER, passed=passed, report={}
    )


def test_a_wave_that_closes_says_so_everywhere(built: OpenWave, hr: Client) -> None:
    Wave.objects.update(state=Wave.State.CLOSING)
    own, cycle, today = pages(hr, built.wave)
    assert "This wave is closing" in own
    assert "closing" in cycle
    assert f"{built.wave} closing" in today


def test_a_closed_wave_is_being_checked_until_it_has_its_verdict(built: OpenWave, hr: Client) -> None:
    close(built.wave, audited=False)
    own, cycle, today = pages(hr, built.wave)
    assert "The figures are being checked" in own
    assert "See its figures" not in own
    assert f"{built.wave} being checked" in cycle
    assert f"{built.wave} being checked" in today
    audit_wave(built.wave.pk, now=AFTER)
    own, cycle, today = pages(hr, built.wave)
    assert "See its figures" in own
    assert "being checked" not in own + cycle + today.lower()


def test_withheld_figures_are_explained_with_what_hr_can_do(built: OpenWave, hr: Client) -> None:
    close(built.wave, audited=False)
    withhold(built.wave)
    own, cycle, today = pages(hr, built.wave)
    assert "Nobody sees the figures of this wave" in own
    assert "Talk to your privacy officer" in own
    assert "See its figures" not in own
    assert f"{built.wave} figures withheld" in cycle
    assert f"{built.wave}: nobody sees the figures" in today
    assert "Being checked" not in today


def test_the_newest_verdict_counts(built: OpenWave, hr: Client) -> None:
    close(built.wave, audited=False)
    withhold(built.wave)
    withhold(built.wave, passed=True)
    own, cycle, today = pages(hr, built.wave)
    assert "See its figures" in own
    assert "withheld" not in own + cycle + today


def test_the_page_loads_itself_anew_once_something_has_changed(built: OpenWave, hr: Client) -> None:
    close(built.wave, audited=False)
    address = reverse("wave_live", args=[built.wave.pk])
    assert hr.get(address, {"was": "checked"}).status_code == 204
    assert hr.get(address, {"was": "closing"})["HX-Refresh"] == "true"
    audit_wave(built.wave.pk, now=AFTER)
    assert hr.get(address, {"was": "checked"})["HX-Refresh"] == "true"


def test_a_cycle_takes_the_same_queries_for_any_number_of_waves(built: OpenWave, hr: Client) -> None:
    close(built.wave, audited=False)
    address = reverse("surveys:cycle", args=[built.wave.cycle_id])

    def queries() -> int:
        hr.get(address)
        with CaptureQueriesContext(connection) as captured:
            hr.get(address)
        return len(captured)

    one = queries()
    for number in (2, 3):
        built.wave.pk, built.wave.number = None, number
        built.wave.scheduled_for = AFTER.replace(year=AFTER.year + number)
        built.wave.save(force_insert=True)
    assert queries() == one


def test_mails_that_are_no_longer_kept_are_not_told_as_none(built: OpenWave, hr: Client) -> None:
    Mail.objects.all().delete()
    assert "0 sent" in page(hr, reverse("surveys:cycle", args=[built.wave.cycle_id]))
    close(built.wave)
    assert "0 sent" not in page(hr, reverse("surveys:cycle", args=[built.wave.cycle_id]))
