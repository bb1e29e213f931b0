"""Longer words than those of Dutch and English fit on a phone: see `widths`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.languages.conftest import run


@pytest.mark.browser
@pytest.mark.timeout(900)  # it opens them all
def test_no_page_is_wider_than_a_phone_in_a_language_of_long_words(
    pseudo_folder: Path, chromium: str
) -> None:
    done = run(pseudo_folder, "-m", "tests.languages.widths", chromium)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
