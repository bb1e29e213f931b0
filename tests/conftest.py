"""Fixtures of the whole suite."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
import redis
from django.db import connection
from django.test.client import ClientHandler
from pytest_django import Settings

from . import services
from .database import web_role
from .processes import LiveProcesses
from .smtp import SmtpServer


def pytest_configure(config: pytest.Config) -> None:
    # A deadline would measure how busy the machine is.
    hypothesis.settings.register_profile("polsslag", deadline=None)
    hypothesis.settings.load_profile("polsslag")
    services.start()
    django.setup()
    if not services.WORKER and config.getoption("numprocesses", default=None):
        # A parallel worker that inherits this reads the settings before `services` names its own Valkey.
        os.environ.pop("DJANGO_SETTINGS_MODULE")


def pytest_unconfigure() -> None:
    services.stop()


@pytest.fixture(scope="session", autouse=True)
def emptying_reaches_append_only_tables() -> Iterator[None]:
    """Between tests that commit, Django empties all tables; the triggers that refuse it must look away."""
    operations = type(connection.ops)
    truncate = operations.sql_flush

    def without_triggers(*args: Any, **options: Any) -> list[str]:
        return ["SET LOCAL session_replication_role = replica;", *truncate(*args, **options)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", without_triggers)
        yield


@pytest.fixture(scope="session", autouse=True)
def requests_run_as_the_web_process() -> Iterator[None]:
    """A page that reads what its process may not read fails in every test that opens it."""
    answer = ClientHandler.__call__

    def as_web(handler: ClientHandler, environ: dict[str, Any]) -> Any:
        with web_role():
            return answer(handler, environ)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "__call__", as_web)
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_earlier_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some tests begin anew with the numbers of rows, which an installation never does.

    Within a test a look is kept: one more query at the turn of a minute would fail those that count them.
    """
    from accounts import page_look  # its tables are known once Django is set up
    from surveys.answering.groups import homes
    from surveys.answering.traits import longest

    homes.cache_clear()
    longest.cache_clear()
    page_look._page_look.cache_clear()
    monkeypatch.setattr(page_look, "KEPT_FOR", float("inf"))


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    """A real SMTP server that Django's mails go to during the test."""
    server = SmtpServer()
    server.up()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.down()


@pytest.fixture(scope="session")
def valkey_url() -> str:
    """This worker's own numbered database of the run's Valkey."""
    return services.folder.valkey_url(services.worker_number)


@pytest.fixture
def live_processes(transactional_db: None, tmp_path: Path, valkey_url: str) -> Iterator[LiveProcesses]:
    """Real web, worker and beat processes; asking for `smtp_server` first sends their mails there."""
    redis.Redis.from_url(valkey_url).flushdb()
    live = LiveProcesses(tmp_path)
    yield live
    live.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser. Without one its tests are skipped, but never in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    message = "Chromium is missing; 'make browser' installs it or says how."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
