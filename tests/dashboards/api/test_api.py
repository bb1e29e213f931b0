from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.api_tokens import make_token, withdraw_token
from accounts.models import ApiToken, User
from orgunits.models import Role
from results import queries
from results.figures import Shown
from results.models import Release
from tests.dashboards.test_pages import answered
from tests.factories import RoleGrantFactory, UserFactory, unit_tree, user_with
from tests.results.closing import close
from tests.waves import OPENED, OpenWave

pytestmark = pytest.mark.django_db

EVERYTHING = list(ApiToken.Reads)


def secret(user: User, *reads: ApiToken.Reads, expires_on: date | None = None) -> str:
    day = expires_on or timezone.localdate() + timedelta(days=1)
    return make_token(user, name="Report", reads=reads or EVERYTHING, expires_on=day, now=OPENED)


class Program:
    """Reads with a token, and nothing else."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(self, path: str, status: int = 200, *, language: str = "en") -> Any:
        response = self.client.get(f"/api/v1/{path}", headers={"accept-language": language})
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    def rows(self, path: str) -> list[Any]:
        return list(self.get(path)["results"])


@pytest.fixture
def city() -> OpenWave:
    built = answered()
    close(built.wave)
    return built


def program(built: OpenWave, role: Role, unit: str, *reads: ApiToken.Reads) -> Program:
    return Program(secret(user_with(role, built.units[unit], user=_user(built)), *reads))


def _user(built: OpenWave) -> User:
    user: User = UserFactory.create(organisation=built.wave.organisation)
    return user


def test_a_program_reads_the_figures_that_the_pages_show(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    wave, unit = city.wave, city.units["City/Works"]
    figures = hr.rows(f"waves/{wave.pk}/figures?unit={unit.pk}")
    [released] = queries.closed_waves(wave.organisation)
    sheet = queries.sheet([released], [unit.pk])
    for question in queries.questions(released):
        [told] = [one for one in figures if one["code"] == question.code]
        figure = sheet.figure(released, unit.pk, question.question_id)
        assert isinstance(figure, Shown)
        assert (told["mean"], told["n"], told["covered"]) == (figure.mean, figure.n, figure.covered)
        assert sum(told["distribution"]) == 60
    assert [one["of"] for one in figures] == ["theme", "question", "question"]


def test_a_withheld_figure_has_a_reason_and_no_number(city: OpenWave) -> None:
    figures = program(city, Role.HR, "City").rows(
        f"waves/{city.wave.pk}/figures?unit={city.units['City/Care/South'].pk}"
    )
    assert figures
    for figure in figures:
        assert (figure["shown"], figure["reason"]) == (False, "too_few")
        assert [figure[name] for name in ("mean", "n", "distribution", "covered", "invited")] == [None] * 5


def test_a_manager_s_program_reads_the_own_branch_only(city: OpenWave) -> None:
    lead = program(city, Role.MANAGER, "City/Care")
    own = {city.units[path].pk for path in ("City/Care", "City/Care/North", "City/Care/South")}
    assert {unit["id"] for unit in lead.rows("units")} == own
    assert {one["unit"] for one in lead.rows(f"waves/{city.wave.pk}/figures")} == own
    assert {one["unit"] for one in lead.rows(f"waves/{city.wave.pk}/participation")} <= own
    top = lead.rows("units")[0]
    assert (top["name"], top["above"], top["layer"]) == ("Care", None, 2)
    works = city.units["City/Works"].pk
    for path in (f"units/{works}", f"waves/{city.wave.pk}/figures?unit={works}"):
        assert lead.get(path, 404)["status"] == 404


def test_another_organisation_s_wave_is_not_found(city: OpenWave) -> None:
    stranger = Program(secret(user_with(Role.HR, unit_tree("Town")["Town"])))
    for path in ("", "/figures", "/participation"):
        assert stranger.get(f"waves/{city.wave.pk}{path}", 404)["title"] == "Not Found"
    assert stranger.rows("waves") == stranger.rows("cycles") == []


def test_an_open_wave_is_not_told_of() -> None:
    built = answered()
    hr = program(built, Role.HR, "City")
    assert hr.rows("waves") == []
    hr.get(f"waves/{built.wave.pk}/figures", 404)


def test_waves_bring_their_questions_in_the_language_asked_for(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    [wave] = hr.rows("waves")
    [again] = hr.rows(f"waves?cycle={wave['cycle']}")
    assert again == wave
    assert hr.rows(f"waves?cycle={wave['cycle'] + 1}") == []
    assert hr.rows("cycles") == [{"id": wave["cycle"], "name": "Pulse", "kind": "recurring", "waves": 1}]
    dutch = hr.get(f"waves/{wave['id']}", language="nl")
    assert [question["text"] for question in dutch["questions"]] == ["Stelling 1", "Stelling 2"]


def test_a_token_opens_only_what_it_is_for(city: OpenWave) -> None:
    narrow = program(city, Role.HR, "City", ApiToken.Reads.PARTICIPATION)
    assert narrow.rows(f"waves/{city.wave.pk}/participation")
    for path in ("units", "waves", "cycles", f"waves/{city.wave.pk}/figures"):
        assert "not for reading" in narrow.get(path, 403)["detail"]


def test_a_token_stops_when_it_is_withdrawn_past_its_day_or_its_user_leaves(city: OpenWave) -> None:
    user = user_with(Role.HR, city.units["City"], user=_user(city))
    first, second, third = secret(user), secret(user), secret(user, expires_on=OPENED.date())
    withdraw_token(ApiToken.objects.order_by("pk")[0], by=user, now=timezone.now())
    assert Program(first).get("units", 401)["status"] == 401
    assert Program(third).get("units", 401)["status"] == 401
    assert Program(second).rows("units")
    User.objects.filter(pk=user.pk).update(is_active=False)
    Program(second).get("units", 401)


def test_a_token_reads_no_more_than_its_user_may_today(city: OpenWave) -> None:
    user = user_with(Role.HR, city.units["City"], user=_user(city))
    reader = Program(secret(user))
    assert len(reader.rows("units")) == 5
    user.role_grants.update(role=Role.IT_ADMINISTRATOR)
    reader.get("units", 403)
    RoleGrantFactory.create(
        organisation=user.organisation, user=user, role=Role.MANAGER, unit=city.units["City/Works"]
    )
    assert [unit["name"] for unit in reader.rows("units")] == ["Works"]


def test_a_secret_is_in_no_row(city: OpenWave) -> None:
    made = secret(_user(city))
    kept = ApiToken.objects.get()
    assert made.removeprefix("polsslag_").encode() not in bytes(kept.secret_hash)
    assert made not in str(list(ApiToken.objects.values()))


def test_an_error_is_a_problem_that_names_the_parameter(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    for query, name in (("pageSize=0", "pageSize"), ("pageSize=x", "pageSize"), ("pageSize=501", "pageSize")):
        response = hr.client.get(f"/api/v1/units?{query}")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        assert [error["parameter"] for error in response.json()["errors"]] == [name]
    assert hr.get("waves?cycle=-1", 400)["errors"][0]["parameter"] == "cycle"
    assert hr.get("units?page=99", 404)["status"] == 404
    assert hr.get("nothing/like/it", 404)["type"] == "about:blank"
    assert Client().get("/api/v1/units").headers["WWW-Authenticate"] == "Bearer"


def test_nothing_new_is_not_sent_again(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    address = f"/api/v1/waves/{city.wave.pk}/figures"
    first = hr.client.get(address)
    assert first.headers["API-Version"] == "1.2.0"
    assert "private" in first.headers["Cache-Control"]
    second = hr.client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (second.status_code, second.content) == (304, b"")


def test_pages_count_units_and_link_on(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    first = hr.get(f"waves/{city.wave.pk}/figures?pageSize=2")
    assert first["count"] == 5
    assert {one["unit"] for one in first["results"]} == {
        city.units[path].pk for path in ("City", "City/Care")
    }
    assert "page=2" in first["next"]
    assert "pageSize=2" in first["next"]


def test_queries_do_not_grow_with_units_or_waves(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    counts = []
    hr.rows("units")  # the first use of the day marks the token
    for size in (1, 5):
        with CaptureQueriesContext(connection) as queries_made:
            hr.rows(f"waves/{city.wave.pk}/figures?pageSize={size}")
        counts.append(len(queries_made))
    assert Release.objects.exists()
    assert counts[0] == counts[1] <= 11


def test_an_odd_request_gets_a_problem_or_an_answer_and_never_a_page(city: OpenWave) -> None:
    hr = program(city, Role.HR, "City")
    tag = hr.client.get("/api/v1/units").headers["ETag"]
    listed = hr.client.get("/api/v1/units", headers={"if-none-match": f'"other", W/{tag}, "more"'})
    assert (listed.status_code, listed.content) == (304, b"")
    assert hr.client.head("/api/v1/units").content == b""
    for accept in ("text/html", "image/*;q=0.1", "nonsense", "application/xml, */*;q=0"):
        answer = hr.client.get("/api/v1/units", headers={"accept": accept})
        assert answer.headers["Content-Type"] in {"application/json", "application/problem+json"}
        assert answer.status_code in {200, 406}
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(hr.client, method)("/api/v1/units", "{", content_type="application/json")
        assert (refused.status_code, refused.json()["status"]) == (405, 405)
    assert hr.client.options("/api/v1/units").status_code == 200
    assert Client().options("/api/v1/units").status_code == 401
    for page in ("999999999999999999999", "-1", "0", "1e3", "last%00", "٣"):
        assert hr.get(f"units?page={page}", 404)["status"] == 404
    hr.get(f"units/{10**30}", 404)
    hr.get("units/", 404)


def test_the_description_can_be_read_from_anywhere_and_says_its_version() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["API-Version"] == "1.2.0"
    told = answer.json()
    assert told["info"]["version"] == "1.2.0"
    assert set(told["info"]["contact"]) == {"name", "url", "email"}
    assert [server["url"] for server in told["servers"]] == ["/api/v1"]
    for path in told["paths"].values():
        assert "API-Version" in path["get"]["responses"]["200"]["headers"]
