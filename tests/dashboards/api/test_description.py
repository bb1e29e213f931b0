"""The description of the API, held against the API by generated requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import schemathesis
from django.conf import settings
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from pytest_django.live_server_helper import LiveServer

from dashboards.api import urls
from orgunits.models import Role
from tests.actions.steps import an_action
from tests.dashboards.api.test_api import secret
from tests.dashboards.test_pages import answered
from tests.factories import user_with
from tests.results.closing import close

CASES_OF_EACH = 15
PATHS = [
    "organisation",
    "units",
    "units/{unit_id}",
    "actions",
    "cycles",
    "waves",
    "waves/{wave_id}",
    "signals",
]
PATHS += [f"waves/{{wave_id}}/{part}" for part in ("participation", "figures", "filters")]


@dataclass(frozen=True)
class Reader:
    url: str
    token: str
    wave_id: int


@pytest.fixture
def reader(live_server: LiveServer) -> Reader:
    built = answered()
    close(built.wave)
    an_action(built.units["City"])
    token = secret(user_with(Role.HR, built.units["City"]))
    return Reader(live_server.url, token, built.wave.pk)


@pytest.mark.django_db(transaction=True)
def test_each_answer_is_as_described(reader: Reader) -> None:
    schema = schemathesis.openapi.from_url(reader.url + reverse("api:openapi"))
    for path in PATHS:
        operation = schema[f"/{path}"]["GET"]

        @given(case=operation.as_strategy())
        @given_settings(max_examples=CASES_OF_EACH, suppress_health_check=list(HealthCheck), database=None)
        def answers(case: schemathesis.Case[Any]) -> None:
            if case.path_parameters.get("wave_id", 1) % 2 == 0:
                case.path_parameters["wave_id"] = reader.wave_id
            case.call_and_validate(headers={"Authorization": f"Bearer {reader.token}"})

        answers()


def test_the_description_names_every_address() -> None:
    written = {re.sub(r"<int:(\w+)>", r"{\1}", str(one.pattern)) for one in urls.urlpatterns}
    assert written - {"openapi.json", "<path:rest>"} == set(PATHS)


@pytest.mark.django_db(transaction=True)
def test_the_example_in_the_guide_runs(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLSSLAG_TOKEN", reader.token)
    monkeypatch.setenv("POLSSLAG", reader.url)
    guide = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - it is our own guide
    table: pd.DataFrame = names["table"]
    assert list(table.columns) == ["energy"]
    assert "Works" in table.index
