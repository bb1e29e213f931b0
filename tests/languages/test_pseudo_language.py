"""A third language by adding a file, and no text that cannot be translated: see `walk`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.languages.conftest import run
from tests.languages.walk import PSEUDO
from tests.languages.words import Leftovers, visible

PAGE = """<html lang="en-xa"><title>‹Ñéééẋţ›</title><p>‹Þáááĝé› Noor <b>Forgotten</b></p>
<a lang="en">English</a><code>employee_id</code><input placeholder="left behind"><script>var text;</script>"""


def test_everything_that_people_read_is_in_the_language_of_a_file_that_was_added(pseudo_folder: Path) -> None:
    done = run(pseudo_folder, "-m", "tests.languages.walk")
    assert done.returncode == 0, done.stderr
    left = [f"{name}: {line}" for name, lines in json.loads(done.stdout).items() for line in lines]
    assert not left, "\n".join(left)


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
