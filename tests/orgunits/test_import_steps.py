"""A worker may be missing, late, killed or doubled: each step is taken once and whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from orgunits.imports import services, steps
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.services import ask_to_apply, upload
from orgunits.models import Employee, ImportRun
from tests.factories import OrganisationFactory
from tests.orgunits.people_files import (
    MONDAY,
    TUESDAY,
    as_csv,
    bring_in,
    person,
    placed,
    preview_import,
    work,
)
from tests.processes import LiveProcesses, wait_until

State = ImportRun.State
ROWS = [person("head", "City/Care"), person("a", "City/Care", manager="head")]


def previewed() -> ImportRun:
    city = OrganisationFactory.create(name="City", language="en")
    return preview_import(city, file_name="people.csv", content=as_csv(ROWS), by=None, now=MONDAY)


def breaking(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    """Applying fails after everything has been written."""
    carry_out = services.carry_out

    def fails(*args: Any, **kwargs: Any) -> None:
        carry_out(*args, **kwargs)
        raise error

    monkeypatch.setattr(services, "carry_out", fails)


@pytest.mark.django_db
def test_a_worker_that_dies_halfway_leaves_it_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)
    with monkeypatch.context() as patch:
        breaking(patch, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            steps.take_next_step(MONDAY)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.APPLYING, 1)
    assert not Employee.objects.exists()
    work()
    run.refresh_from_db()
    assert run.state == State.APPLIED
    assert Employee.objects.count() == 2


@pytest.mark.django_db
def test_what_brings_down_three_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)
    breaking(monkeypatch, KeyboardInterrupt)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            steps.take_next_step(MONDAY)
    work()
    run.refresh_from_db()
    assert run.state == State.PREVIEWED
    assert "tried three times" in run.note
    assert not Employee.objects.exists()


@pytest.mark.django_db
def test_what_is_out_of_date_is_compared_anew_and_says_so() -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)
    bring_in(run.organisation, ROWS[0])
    work(TUESDAY)
    run.refresh_from_db()
    assert run.state == State.PREVIEWED
    assert "changed since this preview" in run.note
    assert run.summary["counts"]["people.new"] == 1
    assert set(placed(run.organisation)) == {"head"}


@pytest.mark.django_db
def test_a_step_is_asked_for_once() -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)
    with pytest.raises(ImportRefusedError):
        ask_to_apply(run, by=None, now=MONDAY)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_take_a_step_once() -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)

    def one(_number: int) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(one, range(3)))
    run.refresh_from_db()
    assert run.state == State.APPLIED
    assert Employee.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_run_that_someone_is_at_work_on_is_left_alone() -> None:
    run = previewed()
    ask_to_apply(run, by=None, now=MONDAY)

    def elsewhere(task: Callable[[], bool]) -> bool:
        try:
            return task()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        ImportRun.objects.select_for_update().get(pk=run.pk)
        assert pool.submit(elsewhere, lambda: steps.take_next_step(MONDAY)).result() is False


@pytest.mark.processes
def test_a_real_worker_reads_and_applies_at_once(live_processes: LiveProcesses) -> None:
    worker = live_processes.start("worker")
    city = OrganisationFactory.create(name="City", language="en")
    run = upload(city, file_name="people.csv", content=as_csv(ROWS), by=None, now=MONDAY)

    def reaches(state: str) -> bool:
        run.refresh_from_db()
        return run.state == state

    wait_until(lambda: reaches(State.PREVIEWED), what=worker.last_lines(20))
    ask_to_apply(run, by=None, now=MONDAY)
    wait_until(lambda: reaches(State.APPLIED), what=worker.last_lines(20))
    assert Employee.objects.count() == 2
