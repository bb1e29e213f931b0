"""The audit of a closed wave: from the tables, from exported files, and of files that someone changed."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from results import audit
from results.audit import files
from results.audit.judging import Verdict, judge
from results.audit.reading import read_wave
from results.comments.models import CommentPool, ReleasedComment
from results.models import Participation, Release
from surveys.models import Wave
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

# A department with teams of 12, 9, 3 and 2; 70 people beside it. Its director is alone.
SIZES = {
    "City": 7,
    "City/Care": 1,
    "City/Care/Day": 12,
    "City/Care/Night": 9,
    "City/Care/Front": 3,
    "City/Care/Back": 2,
    "City/Works": 70,
}


def closed_wave() -> OpenWave:
    built = open_wave(SIZES)
    for unit, size in SIZES.items():
        skips = [None if one % 5 == 4 else one % 4 + 1 for one in range(size)]
        built.answer(unit, [(one % 5 + 1, skip) for one, skip in enumerate(skips)])
    close(built.wave)
    return built


def told(*arguments: object) -> str:
    out = StringIO()
    call_command("disclosure", *map(str, arguments), stdout=out)
    return out.getvalue()


def summary(verdict: Verdict) -> list[tuple[object, ...]]:
    return [(one.statistic, one.question, one.groups, one.smallest, one.holds) for one in verdict.certified]


def test_the_auditor_imports_nothing_of_the_code_that_decides() -> None:
    allowed = ("results.audit", "results.models", "results.comments.models", "surveys.models")
    ours = ("accounts", "orgunits", "surveys", "results", "actions", "dashboards", "listening")
    for path in Path(next(iter(audit.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert not name.startswith(ours) or name.startswith(allowed), f"{path.name}: {name}"


@pytest.mark.django_db
def test_a_closed_wave_holds_and_the_command_says_so() -> None:
    built = closed_wave()
    verdict = judge(read_wave(built.wave))
    assert verdict.passed
    assert {one.statistic for one in verdict.certified if one.groups} >= {
        "mean",
        "favourable",
        "distribution",
    }
    out = told("audit")
    assert "verdict: holds" in out
    assert "1 waves audited, no breach" in out
    assert told("audit", "--wave", built.wave.pk).splitlines()[:-2] == out.splitlines()[:-2]


@pytest.mark.django_db
def test_exported_files_alone_give_the_same_verdict(tmp_path: Path) -> None:
    built = closed_wave()
    told("export", "--wave", built.wave.pk, "--to", tmp_path / "out")
    Wave.objects.all().update(state=Wave.State.OPEN)  # nothing of the tables may be of use
    verdict = judge(files.read_folder(tmp_path / "out", minimum=5))
    assert verdict.passed
    assert summary(verdict) == summary(judge(read_wave(built.wave)))
    assert "verdict: holds" in told("audit", "--from", tmp_path / "out")


@pytest.mark.django_db
def test_the_files_have_the_columns_that_are_documented(tmp_path: Path) -> None:
    built = closed_wave()
    told("export", "--wave", built.wave.pk, "--to", tmp_path)
    tree = list(csv.DictReader((tmp_path / "tree.csv").open()))
    assert {"unit": "City/Care/Day", "parent": "City/Care"} in tree
    assert {"unit": "City", "parent": ""} in tree
    atoms = list(csv.DictReader((tmp_path / "atoms.csv").open()))
    assert list(atoms[0]) == ["atom", "unit", "step", "respondents"]
    assert {atom["step"] for atom in atoms} == {"final", "invited"}
    assert sum(int(atom["respondents"]) for atom in atoms if atom["step"] == "final") == 104
    names = {atom["atom"] for atom in atoms}
    rows = [json.loads(line) for line in (tmp_path / "releases.jsonl").open()]
    for row in rows:
        assert list(row) == [
            *("release", "wave", "released_at", "statistic", "question", "atoms", "n", "value")
        ]
        assert set(row["atoms"]) <= names
    assert {row["statistic"] for row in rows} == {"mean", "count", "favourable", "distribution"}
    assert len({row["release"] for row in rows}) == len(rows)


def commented_wave() -> OpenWave:
    """Pools of 12, and of 7 and 5 that are read together one level up; nothing on the second question."""
    built = open_wave({"City": 6, "City/Care": 20, "City/Works": 9})
    for unit, writers in (("City/Care", 12), ("City/Works", 7), ("City", 5)):
        built.answer(unit, [(one % 5 + 1, 3) for one in range(writers)], comment="Fine")
    close(built.wave)
    return built


@pytest.mark.django_db
def test_comments_that_are_read_together_are_judged_from_the_tables_and_from_files(tmp_path: Path) -> None:
    built = commented_wave()
    (certified,) = (one for one in judge(read_wave(built.wave)).certified if one.statistic == "comments")
    assert (certified.question, certified.groups, certified.smallest, certified.holds) == (None, 2, 12, True)
    told("export", "--wave", built.wave.pk, "--to", tmp_path)
    assert summary(judge(files.read_folder(tmp_path, minimum=5))) == summary(judge(read_wave(built.wave)))
    rows = [json.loads(line) for line in (tmp_path / "comments.jsonl").open()]
    assert [list(row) for row in rows] == [["pool", "wave", "question", "atoms", "n"]] * 2
    (tmp_path / "comments.jsonl").unlink()
    assert judge(files.read_folder(tmp_path, minimum=5)).passed, "files of earlier versions have none"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("n", "units", "says"),
    [
        (9, ["City/Care"], "comments: 9 people, not 10"),
        (13, ["City/Care"], "over the same people say 12 and 13"),
        (10, ["City/Works"], "more than there are"),
        (14, ["City/Care", "City/Works"], "comments: 2 people, not 10"),
    ],
)
def test_pools_of_comments_that_give_people_away_do_not_pass(n: int, units: list[str], says: str) -> None:
    """Of too few; of another number than figures over the same people; of more than answered; nested."""
    built = commented_wave()
    sample = CommentPool.objects.get(unit=built.units["City/Care"])
    sample.pk, sample.unit, sample.n = None, built.units["City/Works"], n
    sample.own_groups = [built.units[path].pk for path in units]
    sample.save(force_insert=True)
    texts = [ReleasedComment(organisation=sample.organisation, pool=sample, text="Fine") for _ in range(n)]
    ReleasedComment.objects.bulk_create(texts)
    out = StringIO()
    with pytest.raises(CommandError, match="with a breach"):
        call_command("disclosure", "audit", stdout=out)
    assert says in out.getvalue()


@pytest.mark.django_db
def test_fewer_texts_than_the_ledger_says_do_not_pass_until_their_time_is_over() -> None:
    built = commented_wave()
    texts = ReleasedComment.objects.filter(pool__unit=built.units["City/Care"])
    texts.filter(pk=texts[0].pk).delete()
    assert "City/Care: 11 comments, not 12" in judge(read_wave(built.wave)).problems
    texts.delete()
    assert judge(read_wave(built.wave)).passed


@pytest.fixture
def folder(db: None, tmp_path: Path) -> Path:
    told("export", "--wave", closed_wave().wave.pk, "--to", tmp_path)
    return tmp_path


Rows = list[dict[str, Any]]


def change(folder: Path, edit: Callable[[Rows], object]) -> None:
    path = folder / "releases.jsonl"
    rows = [json.loads(line) for line in path.open()]
    edit(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def of(rows: Rows, statistic: str, *, question: str | None = "energy_1") -> Rows:
    found = [row for row in rows if row["statistic"] == statistic and row["question"] == question]
    return sorted(found, key=lambda row: int(row["n"]))


def shares_less_six(rows: Rows) -> None:
    """Two figures, with and without a block of six: enough for a mean, not for shares."""
    whole = next(row for row in of(rows, "mean")[::-1] if len(row["atoms"]) == 5)
    for name, n, atoms in (("all", whole["n"], whole["atoms"]), ("less", whole["n"] - 6, whole["atoms"][1:])):
        rows.append(whole | {"release": name, "statistic": "favourable", "atoms": atoms, "n": n})


def a_team_of_few(rows: Rows) -> None:
    rows.append(of(rows, "mean")[0] | {"release": "few", "n": 3})


def shares_of_the_smallest(rows: Rows) -> None:
    rows.append(of(rows, "mean")[0] | {"release": "shares", "statistic": "favourable", "value": 50.0})


def spread_of_a_team(rows: Rows) -> None:
    rows.append(of(rows, "favourable")[0] | {"release": "all", "statistic": "distribution", "value": [3] * 5})


def participation_without_one(rows: Rows) -> None:
    whole = of(rows, "count", question=None)[-1]
    rows.append(whole | {"release": "less", "atoms": whole["atoms"][1:], "n": whole["n"]})


def more_than_there_are(rows: Rows) -> None:
    of(rows, "mean")[0]["n"] += 40


def all_the_same(rows: Rows) -> None:
    of(rows, "mean")[0]["value"] = 5.0


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (a_team_of_few, "say"),
        (shares_of_the_smallest, "favourable: "),
        (spread_of_a_team, "distribution: 12 people, not 50"),
        (participation_without_one, "less: concerns"),
        (shares_less_six, "favourable: "),
        (more_than_there_are, "BREACH"),
        (all_the_same, "too alike"),
    ],
)
def test_files_in_which_something_gives_people_away_do_not_pass(
    folder: Path, edit: Callable[[Rows], None], says: str
) -> None:
    change(folder, edit)
    out = StringIO()
    with pytest.raises(CommandError, match="with a breach") as raised:
        call_command("disclosure", "audit", "--from", str(folder), stdout=out)
    assert raised.value.returncode == 1
    assert says in out.getvalue()


def test_a_stricter_promise_may_not_hold(folder: Path) -> None:
    with pytest.raises(CommandError, match="with a breach"):
        told("audit", "--from", folder, "--minimum", 10)


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("atoms.csv", "a,City,final,many\n", "atoms.csv, line "),
        ("atoms.csv", "a,City,final,-1\n", "atoms.csv, line "),
        ("releases.jsonl", "{}\n", "'statistic' is missing"),
        ("releases.jsonl", "nonsense\n", "releases.jsonl, line "),
        ("releases.jsonl", '{"statistic": "guess"}\n', "unknown statistic 'guess'"),
        ("releases.jsonl", '{"statistic": "mean", "atoms": ["x"]}\n', "unknown atom 'x'"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    folder: Path, file: str, line: str, message: str
) -> None:
    with (folder / file).open("a") as opened:
        opened.write(line)
    with pytest.raises(CommandError, match=message):
        told("audit", "--from", folder)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        told("audit", "--from", tmp_path / "none")


@pytest.mark.django_db
def test_a_wave_that_is_not_closed_is_not_audited() -> None:
    built = open_wave(SIZES)
    with pytest.raises(CommandError, match="There is no closed wave"):
        told("audit", "--wave", built.wave.pk)
    assert "There is no closed wave to audit" in told("audit")


@pytest.mark.django_db
def test_a_figure_that_someone_adds_to_the_ledger_by_hand_is_found() -> None:
    """Of blocks that were never formed, or of other answers than theirs."""
    built = closed_wave()
    front = built.units["City/Care/Front"]
    sample = Release.objects.filter(wave=built.wave).latest("n")
    sample.pk, sample.unit, sample.n, sample.blocks = None, front, 3, [front.pk]
    sample.low = sample.middle = sample.high = sample.distribution = None
    sample.save(force_insert=True)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("disclosure", "audit", stdout=out)
    assert "concerns 3 people; its atoms hold 0" in out.getvalue()


@pytest.mark.django_db
def test_participation_from_before_the_ledger_named_its_groups_is_no_proof() -> None:
    built = closed_wave()
    sample = Participation.objects.filter(wave=built.wave).latest("invited")
    sample.pk, sample.unit, sample.groups = None, built.units["City/Care/Front"], []
    sample.save(force_insert=True)
    assert not judge(read_wave(built.wave)).passed
