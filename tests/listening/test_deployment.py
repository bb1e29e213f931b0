"""The files for operators hold together with the code."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from listening.embedded import DataFolder
from listening.start import Start

PROJECT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
OWNED_BY = {"web": "WEB_PASSWORD", "worker": "WORKER_PASSWORD", "beat": "WORKER_PASSWORD"}
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "WEB_PASSWORD", "WORKER_PASSWORD")


def test_compose_runs_each_process_and_each_server() -> None:
    assert set(COMPOSE["services"]) == {"migrate", "web", "worker", "beat", "postgres", "valkey", "mail"}


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"migrate"}))
def test_every_service_that_stays_up_has_a_health_check(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_has_a_value_of_its_own(secret: str) -> None:
    uses = re.findall(r"\$\{" + secret + r"([^}]*)\}", (PROJECT / "docker-compose.yml").read_text())
    assert uses
    assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", OWNED_BY)
def test_a_process_gets_no_password_of_the_database_but_its_own(name: str) -> None:
    service = COMPOSE["services"][name]
    assert "env_file" not in service
    passwords = re.findall(r"\$\{(\w+_PASSWORD)", str(service["environment"]))
    assert passwords == [OWNED_BY[name]]


def test_programs_started_together_are_told_no_address_of_the_database_but_their_own(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "owner", "WEB_DATABASE_URL": "web", "WORKER_DATABASE_URL": "worker"}
    programs = Start(False, DataFolder(tmp_path), "127.0.0.1", 8000, given).programs()
    told = {program.name: program.environment for program in programs}
    assert told == {
        "web": {"DATABASE_URL": "web"},
        "worker": {"DATABASE_URL": "worker"},
        "beat": {"DATABASE_URL": "worker"},
    }


def test_compose_passes_on_what_operators_may_set() -> None:
    read = read_by_settings() - {"POLSSLAG_ENV", "POLSSLAG_DATA", "HOST", "PORT", "STATIC_ROOT", "DEBUG"}
    assert read <= set(COMPOSE["services"]["web"]["environment"])


def test_only_this_machine_reaches_the_published_ports() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_does_not_run_as_root() -> None:
    last_stage = DOCKERFILE.rsplit("FROM ", 1)[1]
    assert re.search(r"^USER polsslag$", last_stage, re.MULTILINE)
    assert last_stage.index("USER") < last_stage.index("CMD")


def test_the_image_is_built_with_the_versions_of_make_and_the_lock() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    uv = re.search(r"UV_VERSION := (\S+)", makefile)
    assert uv is not None
    assert f"uv=={uv[1]}" in DOCKERFILE
    lock = tomllib.loads((PROJECT / "uv.lock").read_text())
    babel = next(package["version"] for package in lock["package"] if package["name"] == "babel")
    assert f"babel=={babel}" in DOCKERFILE


def read_by_settings() -> set[str]:
    code = "".join((PROJECT / "listening" / name).read_text() for name in ("settings.py", "gunicorn.py"))
    return set(re.findall(r"""(?:env\.\w+|environ\.get|secret)\(\s*["']([A-Z_]+)["']""", code))


def test_every_variable_that_settings_read_is_documented() -> None:
    read = read_by_settings()
    documented = set(re.findall(r"`([A-Z_]{4,})`", (PROJECT / "docs" / "operating.md").read_text()))
    assert {"SECRET_KEY", "DATABASE_URL", "PORT"} <= read
    assert read <= documented


def test_publiccode_names_the_version_and_the_licence_of_the_project() -> None:
    publiccode = yaml.safe_load((PROJECT / "publiccode.yml").read_text())
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert publiccode["softwareVersion"] == project["version"]
    assert publiccode["legal"]["license"] == project["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (PROJECT / "LICENSE").read_text()
    assert set(publiccode["description"]) == {"nl", "en"}
    assert all(150 <= len(text["longDescription"]) <= 10_000 for text in publiccode["description"].values())
