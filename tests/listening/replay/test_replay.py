"""A recorded organisation goes through the product, and what comes out is what went in."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from bench.compare_replay import Recorded, compare_wave
from orgunits.models import ChangeEvent, Employee, OrgUnit
from results import services as closing
from results.comments.models import ReleasedComment
from results.models import Response
from surveys.models import Cycle, Invitation, Mail, Submission, Theme, Wave
from tests import recordings

from .conftest import Change

pytestmark = pytest.mark.django_db


def replay(folder: Path, slug: str = "town", **options: object) -> str:
    out = StringIO()
    call_command("replay", str(folder), organisation=slug, stdout=out, **options)
    return out.getvalue()


def test_each_wave_is_told_with_its_people_and_its_figures(folder: Path) -> None:
    told = replay(folder).splitlines()

    assert told[0] == "Town: 13 people, 2 questions, 2 waves"
    assert told[1].split() == ["wave", "invited", "answered", "shown", "withheld", "seconds"]
    assert [line.split()[:5] for line in told[2:4]] == [
        ["1", "13", "12", "6", "0"],
        ["2", "13", "12", "6", "0"],
    ]


def test_every_figure_equals_a_direct_computation_or_is_explained_by_the_rule(tmp_path: Path) -> None:
    folder = recordings.write(tmp_path / "brigade", recordings.brigade())
    replay(folder)
    exported = tmp_path / "figures.csv"

    call_command("figures", "export", organisation="town", to=exported, stdout=StringIO())

    recorded, figures = Recorded.read(folder), pd.read_csv(exported)
    for wave in (1, 2, 3):
        report = compare_wave(recorded, figures, wave)
        assert report.problems == []
        assert min(report.full, report.partial, report.hidden) > 0


def test_nobody_has_a_link_into_a_replayed_wave(folder: Path) -> None:
    replay(folder)

    assert Mail.objects.count() == 26
    assert set(Mail.objects.values_list("state", "token_hash")) == {("sent", None)}


def test_all_is_over_when_the_replay_ends(folder: Path) -> None:
    replay(folder)

    assert Cycle.objects.get().state == Cycle.State.ENDED
    assert set(Wave.objects.values_list("state", flat=True)) == {Wave.State.CLOSED}
    assert not Submission.objects.exists()
    assert Response.objects.count() == 24


def test_waves_are_as_far_apart_as_asked(folder: Path) -> None:
    replay(folder, wave_days=28)

    first, second = Wave.objects.order_by("number").values_list("opened_at", flat=True)
    assert abs((second - first).total_seconds() - 28 * 86_400) <= 3_600  # the clock may change in between


def test_moves_come_before_their_wave_and_events_are_kept(folder: Path, add: Change) -> None:
    add("moves.csv", "A1,2,Town/Team C", header="employee_id,before_wave,unit_path")
    add("events.csv", "New team,reorganisation,2,Town/Team C", header="name,kind,before_wave,unit_path")

    replay(folder)

    of_a1 = Invitation.objects.filter(employee__employee_id="A1").order_by("wave__number")
    assert list(of_a1.values_list("unit__name", flat=True)) == ["Team A", "Team C"]
    event = ChangeEvent.objects.get()
    assert (event.name, event.kind, event.unit.name) == ("New team", "reorganisation", "Team C")
    assert event.on < Wave.objects.get(number=2).opened_at.date()


def test_comments_are_read_where_ten_people_wrote_on_one_question(folder: Path, add: Change) -> None:
    header = "employee_id,wave,question_code,text"
    many = [f"A{number},1,Q2,Too many forms" for number in range(1, 7)]
    many += [f"B{number},1,Q2,Too many forms" for number in range(1, 7)]
    add("comments.csv", *many, "B2,2,,Thanks", header=header)

    replay(folder)

    read = ReleasedComment.objects.values_list("pool__unit__name", "pool__question__code", "text")
    assert list(read) == [("Town", "Q2", "Too many forms")] * 12


def test_a_theme_of_the_shared_bank_is_used_and_another_is_made(folder: Path) -> None:
    replay(folder)

    asked = Wave.objects.get(number=1).questions.values_list("code", "theme__code", "theme__organisation")
    own = Organisation.objects.get().pk
    assert list(asked) == [("Q1", "energy", None), ("Q2", "own", own)]
    assert Theme.objects.filter(organisation=own).count() == 1


def test_a_second_replay_into_the_same_organisation_is_refused_with_a_free_name(folder: Path) -> None:
    replay(folder)

    with pytest.raises(CommandError, match=r"already has people.*--organisation town-2"):
        replay(folder)

    assert Wave.objects.count() == 2


def test_a_folder_with_a_wrong_row_changes_nothing(folder: Path, add: Change) -> None:
    add("answers.csv", "X9,1,Q1,3")

    with pytest.raises(CommandError, match=r"answers\.csv, line 50, employee_id: 'X9' is not in people"):
        replay(folder)

    assert not Organisation.objects.exists()


def test_a_replay_that_fails_halfway_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closers: list[Any] = [lambda _wave_id, **_when: None, closing.close_wave]
    monkeypatch.setattr(
        "listening.replay.engine.close_wave", lambda wave_id, **when: closers.pop()(wave_id, **when)
    )

    with pytest.raises(CommandError, match="Wave 2 could not be closed"):
        replay(folder)

    assert not Organisation.objects.exists()
    assert not Employee.objects.exists()
    assert not OrgUnit.objects.exists()


@pytest.mark.parametrize("wave_days", ["0", "x", "400"])
def test_an_impossible_distance_between_waves_is_refused(folder: Path, wave_days: str) -> None:
    with pytest.raises(CommandError, match="give a number of days"):
        call_command("replay", str(folder), f"--wave-days={wave_days}")


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        replay(tmp_path / "nowhere")
