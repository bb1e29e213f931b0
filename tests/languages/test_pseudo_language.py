"""A third language by adding a file, all texts translated, and room for long words: see `walk`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.database import database_of_its_own
from tests.languages.conftest import run
from tests.languages.walk import PSEUDO
from tests.languages.words import Leftovers, visible

PAGE = """<html lang="en-xa"><title>‹Ñéééẋţ›</title><p>‹Þáááĝé› Noor <b>Forgotten</b></p>
<a lang="en">English</a><code>employee_id</code><input placeholder="left behind"><script>var text;</script>"""


pytestmark = pytest.mark.django_db  # so that there is a database to copy


@pytest.fixture(scope="module")
def walked(
    pseudo_folder: Path, chromium: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> dict[str, dict[str, list[str]]]:
    """By what was looked at, and by page; all pages are opened once for both."""
    with django_db_blocker.unblock(), database_of_its_own("walk"):
        database = str(connection.settings_dict["NAME"])
        done = run(pseudo_folder, "-m", "tests.languages.walk", database, chromium)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout)
    return found


@pytest.mark.browser
@pytest.mark.timeout(900)  # it opens them all
def test_everything_that_people_read_is_in_the_language_of_a_file_that_was_added(
    walked: dict[str, dict[str, list[str]]],
) -> None:
    left = [f"{name}: {line}" for name, lines in walked["left"].items() for line in lines]
    assert not left, "\n".join(left)


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_no_page_is_wider_than_a_phone_in_a_language_of_long_words(
    walked: dict[str, dict[str, list[str]]],
) -> None:
    assert {name: found for name, found in walked["wide"].items() if found} == {}


def test_a_text_that_nobody_marked_is_found_and_what_people_filled_in_is_not() -> None:
    assert Leftovers(["Noor"]).in_lines(visible(PAGE, PSEUDO)) == ["Forgotten", "left behind"]
    assert Leftovers(["Noor"]).in_lines(["‹Þáááĝé› of Noor", "‹ɱááíļ›: noor@x.example"]) == [
        "‹Þáááĝé› of Noor"
    ]


def test_a_language_more_changes_no_table(pseudo_folder: Path) -> None:
    done = run(pseudo_folder, "manage.py", "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_language_of_the_file_is_offered_after_dutch_and_english(pseudo_folder: Path) -> None:
    code = "import listening.settings as one; print([code for code, name in one.LANGUAGES])"
    assert run(pseudo_folder, "-c", code).stdout.strip() == str(["nl", "en", PSEUDO])
