"""Commands stand in README and CONTRIBUTING as they can be given."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

PROJECT = Path(__file__).parents[2]
WITHOUT_PACKAGES = "--old-file=.venv/.as-locked"
MANAGE = [".venv/bin/python", "manage.py"]


def commands(start: str) -> list[str]:
    """Lines of their own, without the remark behind them."""
    texts = [(PROJECT / name).read_text() for name in ("README.md", "CONTRIBUTING.md")]
    found = re.findall(rf"^    ({re.escape(start)} .*?)(?:  +#.*)?$", "\n".join(texts), re.MULTILINE)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("command", commands("make"))
def test_make_knows_what_the_manuals_say_it_does(command: str) -> None:
    make, *targets = shlex.split(command)
    known = subprocess.run(
        [make, "--dry-run", WITHOUT_PACKAGES, *targets], cwd=PROJECT, capture_output=True, text=True
    )
    assert known.returncode == 0, known.stderr
    assert known.stdout


@pytest.mark.parametrize("command", commands(" ".join(MANAGE)))
def test_commands_take_the_words_that_the_manuals_give_them(command: str) -> None:
    name, *words = shlex.split(command)[len(MANAGE) :]
    app = get_commands()[name]
    found = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    found.create_parser("manage.py", name).parse_args(words)


def test_help_lists_every_task_of_the_manuals() -> None:
    helped = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[0] for line in helped.splitlines()}
    named = {command.split()[1] for command in commands("make")}
    assert {"demo", "up", "test", "check", "bench", "help"} <= named <= listed
