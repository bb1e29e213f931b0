"""The processes of an earlier supervisor that was killed itself.

On Linux they end with it; this finds the rest, on other systems or still busy with their last task.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import psutil

from listening.embedded import DataFolder
from listening.embedded.program import Program

from .console import say

SECONDS_TO_END = 30


def record(folder: DataFolder, programs: Sequence[Program]) -> None:
    text = json.dumps([row for program in programs if (row := _row(program))])
    path = _record_path(folder)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _record_path(folder: DataFolder) -> Path:
    return folder.root / "processes.json"


def _row(program: Program) -> dict[str, str | int | float] | None:
    if program.process is None or not program.alive():
        return None
    try:
        born = psutil.Process(program.process.pid).create_time()
    except psutil.NoSuchProcess:
        return None
    return {
        "name": program.name,
        "pid": program.process.pid,
        "born": born,
        "signal": int(program.stop_signal),
    }


def end_survivors(folder: DataFolder) -> None:
    path = _record_path(folder)
    try:
        rows = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return
    for row in reversed(rows):
        process = _same_process(row["pid"], row["born"])
        if process is None:
            continue
        say(f"{row['name']} was left running by an earlier start; ending it.")
        process.send_signal(row["signal"])
        try:
            process.wait(SECONDS_TO_END)
        except psutil.TimeoutExpired:
            process.kill()
    path.unlink()


def _same_process(pid: int, born: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if abs(process.create_time() - born) < 0.01 else None
    except psutil.NoSuchProcess:
        return None
