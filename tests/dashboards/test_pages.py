from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgunits.models import Role
from results.models import Release
from surveys.models import Wave
from tests.factories import RoleGrantFactory, UserFactory
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 6, "City/Care": 6, "City/Care/North": 12, "City/Care/South": 3, "City/Works": 60}


def answered(sizes: dict[str, int] = CITY, *, questions: int = 2) -> OpenWave:
    built = open_wave(sizes, questions=questions)
    for unit, invitations in built.invitations.items():
        columns = range(len(built.questions))
        built.answer(
            unit, [[1 + (one + column) % 5 for column in columns] for one in range(len(invitations))]
        )
    return built


def signed_in(client: Client, built: OpenWave, role: Role, unit: str) -> Client:
    user = UserFactory.create(organisation=built.wave.organisation)
    RoleGrantFactory.create(
        organisation=built.wave.organisation, user=user, role=role, unit=built.units[unit]
    )
    client.force_login(user)
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_team_lead_starts_at_the_own_team_and_sees_its_figures(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.MANAGER, "City/Care/North")
    home = client.get("/", follow=True)
    assert home.redirect_chain[-1][0] == f"/units/{built.units['City/Care/North'].pk}/"
    text = page(client, home.redirect_chain[-1][0])
    assert "Energy" in text
    assert "12 answers" in text
    assert "Statement 1" in text


def test_a_team_that_is_too_small_sees_the_unit_above_and_why(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.MANAGER, "City/Care/South")
    text = page(client, f"/units/{built.units['City/Care/South'].pk}/")
    assert "Too few people of South answered" in text
    assert "Below you see Care" in text


def test_a_team_lead_sees_no_other_team(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.MANAGER, "City/Care/North")
    for unit in ("City", "City/Care", "City/Care/South", "City/Works"):
        assert client.get(f"/units/{built.units[unit].pk}/").status_code == 404


def test_another_organisations_unit_does_not_exist(client: Client) -> None:
    built, other = answered(), answered()
    close(other.wave)
    signed_in(client, built, Role.DIRECTOR, "City")
    assert client.get(f"/units/{other.units['City'].pk}/").status_code == 404
    assert client.get(f"/heatmap/?wave={other.wave.pk}&open=all").status_code == 200
    assert "12 answers" not in page(client, f"/heatmap/?wave={other.wave.pk}&open=all")


@pytest.mark.parametrize("role", [Role.IT_ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_some_roles_see_no_results_at_all(client: Client, role: Role) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, role, "City")
    for address in ("/heatmap/", "/today/", f"/units/{built.units['City'].pk}/"):
        assert client.get(address).status_code == 403


def test_a_role_that_ended_opens_nothing(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.DIRECTOR, "City").get("/heatmap/")
    built.wave.organisation.role_grants.update(ends_on=date(2020, 12, 31))
    assert client.get("/heatmap/").status_code == 403


def test_the_heatmap_unfolds_layer_by_layer(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.DIRECTOR, "City")
    first = page(client, "/heatmap/")
    assert "Care" in first
    assert "North" not in first
    unfolded = page(client, f"/heatmap/?open={built.units['City'].pk},{built.units['City/Care'].pk}")
    assert "North" in unfolded
    assert "North" in page(client, "/heatmap/?open=all")
    assert "Unfold City" in client.get("/heatmap/?open=none").content.decode()
    assert 'class="heatmap__row--2"' not in client.get("/heatmap/?open=none").content.decode()


@pytest.mark.parametrize(
    "query", ["wave=x", "wave=" + "9" * 30, "open=,,-1,x", "sort=none", "open=&sort=energy"]
)
def test_a_mangled_address_still_gives_the_page(client: Client, query: str) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.DIRECTOR, "City")
    assert client.get(f"/heatmap/?{query}").status_code == 200


def test_a_director_of_a_directorate_sees_that_directorate_only(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.DIRECTOR, "City/Care")
    text = page(client, "/heatmap/?open=all")
    assert "North" in text
    assert "Works" not in text


def test_hr_follows_an_open_wave_by_unit(client: Client) -> None:
    built = answered()
    signed_in(client, built, Role.HR, "City")
    text = page(client, "/today/")
    assert "87 of 87" in text
    assert "South Too few people to show" in text


def test_of_many_units_hr_first_sees_those_where_fewest_take_part(client: Client) -> None:
    sizes = {"City": 6} | {f"City/Team {number}": 8 for number in range(30)}
    built = open_wave(sizes)
    for number in range(2, 30):
        built.answer(f"City/Team {number}", [[4, 4]] * 6)
    signed_in(client, built, Role.HR, "City")
    text = page(client, "/today/")
    assert "The 20 units of 31 where fewest people have taken part" in text
    assert text.index("Team 0") < text.index("Team 2")
    assert "Team 29" not in text
    everything = page(client, f"/today/waves/{built.wave.pk}/units/")
    assert all(f"Team {number}" in everything for number in range(30))


def test_the_units_of_a_wave_that_is_over_are_not_listed(client: Client) -> None:
    built = answered()
    close(built.wave)
    signed_in(client, built, Role.HR, "City")
    assert client.get(f"/today/waves/{built.wave.pk}/units/").status_code == 404


def test_hr_of_a_department_lists_its_own_units_only(client: Client) -> None:
    built = answered()
    signed_in(client, built, Role.HR, "City/Care")
    text = page(client, f"/today/waves/{built.wave.pk}/units/")
    assert "North" in text
    assert "Works" not in text


def test_nothing_of_an_open_wave_but_participation_is_shown(client: Client) -> None:
    built = answered()
    signed_in(client, built, Role.HR, "City")
    assert not Release.objects.exists()
    assert "There are no figures yet" in page(client, f"/units/{built.units['City'].pk}/")
    assert "There are no figures yet" in page(client, "/heatmap/")


def test_pages_before_there_is_anything_say_what_to_do_next(client: Client) -> None:
    built = open_wave({"City": 0})
    Wave.objects.all().delete()
    built.wave.cycle.delete()
    signed_in(client, built, Role.HR, "City")
    assert "Start with the people" in page(client, "/today/")


def count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_same_queries_for_one_unit_and_question_as_for_many(client: Client) -> None:
    counted = []
    for teams, questions in ((1, 1), (12, 6)):
        built = answered({"City": 6} | {f"City/Team {team}": 8 for team in range(teams)}, questions=questions)
        close(built.wave)
        signed_in(client, built, Role.HR, "City")
        unit = built.units["City"].pk
        addresses = ("/today/", "/heatmap/?open=all", f"/units/{unit}/")
        counted.append([count(client, address) for address in addresses])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 24
