"""A third language by adding a file, and no text that cannot be translated: see `walk`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from listening import translations
from tests.languages.walk import PSEUDO


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("locale")
    translations.write_pseudo(made)
    return made


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    given = {"POLSSLAG_LOCALE": str(folder), "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, *command],
        env=os.environ | given,
        cwd=translations.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_that_people_read_is_in_the_language_of_a_file_that_was_added(folder: Path) -> None:
    done = run(folder, "-m", "tests.languages.walk")
    assert done.returncode == 0, done.stderr
    left = [f"{name}: {line}" for name, lines in json.loads(done.stdout).items() for line in lines]
    assert not left, "\n".join(left)


def test_a_language_more_changes_no_table(folder: Path) -> None:
    done = run(folder, "manage.py", "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_language_of_the_file_is_offered_after_dutch_and_english(folder: Path) -> None:
    code = "import listening.settings as one; print([code for code, name in one.LANGUAGES])"
    assert run(folder, "-c", code).stdout.strip() == str(["nl", "en", PSEUDO])
