"""Evidence as files, for an auditor from outside: tree.csv, atoms.csv, releases.jsonl and comments.jsonl."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO, TypeVar

from results.audit.evidence import STATISTICS, Atom, Evidence, Gathered, Places, Released, Value, places

TREE, ATOMS, RELEASES, COMMENTS = "tree.csv", "atoms.csv", "releases.jsonl", "comments.jsonl"
BAND = "band_"
T = TypeVar("T")


class EvidenceError(Exception):
    """A file that cannot be read, with its name and line."""


def write(evidence: Evidence, folder: Path, *, with_values: bool = True) -> None:
    """Without values they still tell whom each figure concerns, which is what the proof is about."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / TREE, ["unit", "parent"], ([unit, above] for unit, above in evidence.tree.items()))
    traits = sorted({trait for atom in evidence.atoms for trait in atom.bands})
    _write_csv(
        folder / ATOMS,
        ["atom", "unit", "step", *(BAND + trait for trait in traits), "respondents"],
        (
            [atom.name, atom.unit, atom.step, *(atom.bands.get(trait, "") for trait in traits), atom.people]
            for atom in evidence.atoms
        ),
    )
    names = [atom.name for atom in evidence.atoms]
    wave = int(evidence.wave) if evidence.wave.isdecimal() else evidence.wave
    write_lines(
        folder / RELEASES,
        (
            {
                "release": one.name,
                "wave": wave,
                "released_at": one.released_at.isoformat(),
                "statistic": one.statistic,
                "question": one.question,
                "atoms": [names[place] for place in one.atoms.tolist()],
                "n": one.n,
                "value": one.value if with_values else None,
            }
            for one in evidence.releases
        ),
    )
    write_lines(
        folder / COMMENTS,
        (
            {
                "pool": one.name,
                "wave": wave,
                "question": one.question,
                "atoms": [names[place] for place in one.atoms.tolist()],
                "n": one.n,
            }
            for one in evidence.comments
        ),
    )


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_csv(path: Path, header: list[str], rows: Iterator[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_folder(folder: Path, *, minimum: int) -> Evidence:
    tree = dict(_read_csv(folder / TREE, lambda row: (row["unit"], row["parent"])))
    atoms = list(_read_csv(folder / ATOMS, _atom))
    by_name = {atom.name: place for place, atom in enumerate(atoms)}
    problems = [f"{ATOMS}: two atoms have the same name"] if len(by_name) < len(atoms) else []
    problems += [
        f"{ATOMS}: {atom.name} is of a unit that {TREE} does not have"
        for atom in atoms
        if atom.unit not in tree
    ]
    waves: set[str] = set()
    releases = list(_read_lines(folder / RELEASES, lambda row: _release(row, by_name, waves)))
    comments = []
    if (folder / COMMENTS).exists():  # earlier versions wrote none
        comments = list(_read_lines(folder / COMMENTS, lambda row: _gathered(row, by_name, waves)))
    if len(waves) > 1:
        problems.append(f"{RELEASES}: figures of more than one wave")
    return Evidence(
        ", ".join(sorted(waves)), minimum, tree, atoms, releases, problems=problems, comments=comments
    )


def _atom(row: dict[str, str]) -> Atom:
    bands = {name.removeprefix(BAND): value for name, value in row.items() if name.startswith(BAND) and value}
    people = int(row["respondents"])
    if people < 0:
        raise ValueError(f"{people} respondents")
    return Atom(row["atom"], row["unit"], row["step"], people, bands)


def _release(row: dict[str, Any], by_name: dict[str, int], waves: set[str]) -> Released:
    if row["statistic"] not in STATISTICS:
        raise ValueError(f"unknown statistic {row['statistic']!r}")
    atoms = _places(row["atoms"], by_name)
    waves.add(str(row["wave"]))
    return Released(
        str(row["release"]),
        row["statistic"],
        row["question"] or None,
        atoms,
        int(row["n"]),
        _value(row["value"]),
        datetime.fromisoformat(row["released_at"]),
    )


def _gathered(row: dict[str, Any], by_name: dict[str, int], waves: set[str]) -> Gathered:
    waves.add(str(row["wave"]))
    atoms = _places(row["atoms"], by_name)
    return Gathered(str(row["pool"]), row["question"] or None, atoms, int(row["n"]))


def _places(names: Sequence[str], by_name: dict[str, int]) -> Places:
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"unknown atom {unknown[0]!r}")
    return places({by_name[name] for name in names})


def _value(written: Any) -> Value:
    if isinstance(written, list):
        return tuple(map(int, written))
    return None if written is None else float(written)


def _read_csv(path: Path, parse: Callable[[dict[str, str]], T]) -> Iterator[T]:
    with _open(path) as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            yield _parsed(path.name, line, partial(parse, row))


def _read_lines(path: Path, parse: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    with _open(path) as file:
        for line, text in enumerate(file, start=1):
            if text.strip():
                yield _parsed(path.name, line, partial(_read_line, text, parse))


def _read_line(text: str, parse: Callable[[dict[str, Any]], T]) -> T:
    return parse(json.loads(text))


def _parsed(name: str, line: int, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except KeyError as error:
        raise EvidenceError(f"{name}, line {line}: {error} is missing") from error
    except (ValueError, TypeError) as error:
        raise EvidenceError(f"{name}, line {line}: {error}") from error


def _open(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}") from error
