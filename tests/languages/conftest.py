from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from listening import translations


@pytest.fixture(scope="session")
def pseudo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pseudo-language, as `POLSSLAG_LOCALE` names one."""
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
