from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.letters.services import make_letters
from surveys.models import LetterRun, Mail, Wave
from tests.factories import RoleGrantFactory, UserFactory
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 6, "City/Care": 6, "City/Care/North": 12, "City/Care/South": 3, "City/Works": 20}


@pytest.fixture
def built() -> OpenWave:
    built = open_wave(CITY)
    last_day = timezone.localdate() + timedelta(days=3)
    closes_at = timezone.make_aware(datetime.combine(last_day, built.wave.cycle.send_at))
    Wave.objects.update(opened_at=timezone.now(), closes_at=closes_at)
    built.wave.refresh_from_db()
    return built


def signed_in(built: OpenWave, unit: str = "City") -> Client:
    client = Client(headers={"accept-language": "en"})
    user = UserFactory.create(organisation=built.wave.organisation)
    RoleGrantFactory.create(
        organisation=built.wave.organisation, user=user, role=Role.HR, unit=built.units[unit]
    )
    client.force_login(user)
    return client


@pytest.fixture
def hr(built: OpenWave) -> Client:
    return signed_in(built)


def mail(built: OpenWave, unit: str, state: str, error: str = "") -> Mail:
    return Mail.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        invitation=built.invitations[unit][0],
        kind=Mail.Kind.INVITATION,
        state=state,
        error=error,
        due_at=timezone.now(),
    )


def address(name: str, built: OpenWave) -> str:
    return reverse(name, args=[built.wave.pk])


def text(client: Client, url: str, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_page_shows_a_unit_and_those_below_it_pooled(hr: Client, built: OpenWave) -> None:
    built.answer("City/Works", [[4, 4]] * 5, now=timezone.now() - timedelta(days=1))
    whole = text(hr, address("wave", built))
    assert "Works 25% 5 of 20" in whole
    assert "North" not in whole
    care = text(hr, address("wave", built), unit=built.units["City/Care"].pk)
    assert "North 0% 0 of 12" in care
    assert "South Too few people to show" in care


def test_who_was_not_reached_is_listed_with_the_reason(hr: Client, built: OpenWave) -> None:
    mail(built, "City/Care", "refused", "550 5.1.1 User unknown")
    page = text(hr, address("wave", built))
    assert "550 5.1.1 User unknown" in page
    assert "Send again to 1 person" in page


def test_hr_sends_again_to_those_ticked_or_to_all(hr: Client, built: OpenWave) -> None:
    for unit in ("City", "City/Care"):
        mail(built, unit, "refused")
    hr.post(address("waves:send_again", built))
    assert Mail.objects.filter(state="due").count() == 0
    hr.post(address("waves:send_again", built), {"people": built.invitations["City"][0].pk})
    assert Mail.objects.filter(state="due").count() == 1
    hr.post(address("waves:send_again", built), {"all": "1"})
    assert Mail.objects.filter(state="due").count() == 2
    actors = AuditEvent.objects.filter(action="mail.sent_again").values_list("actor", flat=True)
    assert None not in actors


def test_the_live_part_is_sent_only_when_it_shows_something_new(hr: Client, built: OpenWave) -> None:
    live = address("wave_live", built)
    first = hr.get(live)
    again = hr.get(live, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-cache" in first["Cache-Control"]
    mail(built, "City/Works", "refused")
    changed = hr.get(live, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("name", ["wave_live", "today_numbers"])
def test_the_etag_does_not_move_when_someone_answers_who_is_not_shown(name: str) -> None:
    """In a wave for three people no participation is shown, so neither may it be felt."""
    built = open_wave({"City": 3})
    Wave.objects.update(closes_at=timezone.now() + timedelta(days=3))
    client = signed_in(built)
    before = client.get(address(name, built))["ETag"]
    built.answer("City", [[4, 4]], now=timezone.now())
    assert client.get(address(name, built))["ETag"] == before


def test_a_page_that_waits_for_a_wave_that_closed_loads_itself_anew(hr: Client, built: OpenWave) -> None:
    Wave.objects.update(state=Wave.State.CLOSING)
    assert hr.get(address("wave_live", built))["HX-Refresh"] == "true"
    assert "This wave is closing" in text(hr, address("wave", built))


def test_the_page_takes_the_same_queries_for_any_number_of_units(hr: Client, built: OpenWave) -> None:
    hr.get(address("wave", built))
    with CaptureQueriesContext(connection) as queries:
        hr.get(address("wave", built))
    assert len(queries) == 11


def test_hr_of_a_part_sees_no_wave_of_the_whole(built: OpenWave) -> None:
    client = signed_in(built, "City/Care")
    run = LetterRun.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        audience="units",
        form="csv",
        ordered_at=timezone.now(),
    )
    for name in ("wave", "wave_live", "waves:extend", "waves:letters"):
        assert client.get(address(name, built)).status_code == 404
    assert client.post(address("waves:send_again", built), {"all": "1"}).status_code == 404
    for name in ("waves:fetch", "waves:withdraw"):
        assert client.post(reverse(name, args=[run.pk])).status_code == 404
    assert client.get(reverse("waves:refused")).status_code == 403
    assert client.get(reverse("today_numbers", args=[built.wave.pk])).status_code == 200


# Extending


def test_hr_keeps_a_wave_open_longer(hr: Client, built: OpenWave) -> None:
    until = timezone.localdate() + timedelta(days=9)
    response = hr.post(address("waves:extend", built), {"until": until.isoformat()})
    assert response.status_code == 302
    built.wave = Wave.objects.get()
    zone = built.wave.organisation.zone
    assert built.wave.closes_at.astimezone(zone).date() == until
    assert built.wave.closes_at.astimezone(zone).time() == built.wave.cycle.send_at
    assert AuditEvent.objects.filter(action="wave.extended").exists()


@pytest.mark.parametrize("days", [-1, 0, 3, 4000])
def test_a_day_that_does_not_fit_is_refused_and_kept(hr: Client, built: OpenWave, days: int) -> None:
    until = (timezone.localdate() + timedelta(days=days)).isoformat()
    response = hr.post(address("waves:extend", built), {"until": until})
    assert response.status_code == 200
    assert f'value="{until}"' in response.content.decode()
    assert not AuditEvent.objects.exists()


# Letters


def test_hr_orders_letters_and_fetches_the_file(hr: Client, built: OpenWave) -> None:
    page = address("waves:letters", built)
    response = hr.post(page, {"audience": "units", "units": [built.units["City/Care"].pk], "form": "pdf"})
    assert response.status_code == 302
    assert "being made" in text(hr, page)
    run = LetterRun.objects.get()
    make_letters(run.pk, now=timezone.now())
    assert "21 letters" in text(hr, page)
    fetched = hr.post(reverse("waves:fetch", args=[run.pk]))
    assert fetched["Content-Type"] == "application/pdf"
    assert "no-store" in fetched["Cache-Control"]
    assert fetched.content.startswith(b"%PDF")
    hr.post(reverse("waves:withdraw", args=[run.pk]))
    assert hr.post(reverse("waves:fetch", args=[run.pk])).status_code == 302


def test_a_choice_of_no_unit_is_refused(hr: Client, built: OpenWave) -> None:
    page = hr.post(address("waves:letters", built), {"audience": "units", "form": "pdf"})
    assert "Choose at least one unit" in page.content.decode()
    assert not LetterRun.objects.exists()


def test_units_of_another_wave_cannot_be_chosen(hr: Client, built: OpenWave) -> None:
    other = open_wave({"Town": 6}).units["Town"]
    page = hr.post(address("waves:letters", built), {"audience": "units", "units": [other.pk], "form": "pdf"})
    assert page.status_code == 200
    assert not LetterRun.objects.exists()


@pytest.fixture
def large_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree counts as one that is too large to be written whole."""
    monkeypatch.setattr("surveys.unit_tree.WRITTEN_WHOLE", 2)


@pytest.mark.usefixtures("large_tree")
def test_units_in_a_closed_branch_are_fetched_when_it_is_unfolded(hr: Client, built: OpenWave) -> None:
    city, care, north = (built.units[path].pk for path in ("City", "City/Care", "City/Care/North"))
    page = hr.get(address("waves:letters", built)).content.decode()
    fetched = reverse("waves:letters_branch", args=[built.wave.pk, care])
    assert fetched in page
    assert f'id="units-{north}"' not in page
    branch = hr.get(fetched).content.decode()
    assert f'id="units-{north}"' in branch
    assert f'id="units-{city}"' not in branch
    assert "excluded_units" not in branch


@pytest.mark.usefixtures("large_tree")
def test_without_script_a_button_unfolds_and_keeps_what_was_filled_in(hr: Client, built: OpenWave) -> None:
    works, care, north = (built.units[path].pk for path in ("City/Works", "City/Care", "City/Care/North"))
    sent = {"audience": "without_mail", "form": "csv", "units": [works], "unfold": care}
    page = hr.post(address("waves:letters", built), sent).content.decode()
    assert f'id="units-{north}"' in page
    assert f'id="units-{works}" checked' in page
    assert re.search(r'value="csv"[^>]* checked', page)
    assert not LetterRun.objects.exists()


# Today


def test_today_says_what_needs_attention_and_what_comes_next(hr: Client, built: OpenWave) -> None:
    mail(built, "City", "refused")
    built.wave.invitations.filter(pk=built.invitations["City/Care"][0].pk).update(email="")
    cycle = built.wave.cycle
    cycle.next_opens_at = timezone.now() + timedelta(days=1)
    cycle.save()
    page = text(hr, reverse("today"))
    assert "the mail of 1 person was refused" in page
    assert "1 person has no e-mail address" in page
    assert "will be skipped" in page
    assert "Pulse: the next wave opens" in page
    assert "Pulse 1 closes" in page
