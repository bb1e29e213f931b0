"""The steps that a worker takes: read, apply, undo. A run that waits is a row; who holds its lock is at work.

The work and the new state are one transaction. A worker that dies leaves the row as it was, free for the
next; a run that has brought down three workers is given up.
"""

from __future__ import annotations

import gzip
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.languages import spoken
from orgunits.imports import services
from orgunits.imports.columns import Column, asked_about, header_names, must_ask
from orgunits.imports.comparison import compare
from orgunits.imports.notices import tell_who_asked
from orgunits.imports.problems import FileUnreadableError, ImportRefusedError
from orgunits.imports.progress import Bar, forget_progress
from orgunits.imports.summary import keep_lines, summary_of
from orgunits.imports.tables import read_rows, row_estimate
from orgunits.models import ImportChange, ImportRun

State = ImportRun.State
MOST_ATTEMPTS = 3


def take_next_step(now: datetime) -> bool:
    """Take one step of one run that nobody is at work on; False when there is none."""
    claimed = claim()
    if claimed is None:
        return False
    done = claimed if claimed.state not in ImportRun.WAITING else None  # given up
    try:
        with transaction.atomic():
            free = ImportRun.objects.waiting().select_for_update(skip_locked=True, of=("self",))
            run = free.select_related("organisation", "asked_by").filter(pk=claimed.pk).first()
            if run is not None:
                with translation.override(language_of(run)):
                    take_step(run, now)
                done = run
    except ImportRefusedError as error:
        done = refuse(claimed.pk, " ".join(error.messages))
    forget_progress(claimed.pk)
    if done is not None and done.state not in {*ImportRun.WAITING, State.MAPPING}:
        tell_who_asked(done)
    return True


def claim() -> ImportRun | None:
    """Note an attempt before it begins, so that one that never ends is seen."""
    with transaction.atomic():
        run = ImportRun.objects.waiting().select_for_update(skip_locked=True).order_by("pk").first()
        if run is None:
            return None
        run.attempts += 1
        if run.attempts > MOST_ATTEMPTS:
            give_up(run)
        run.save(update_fields=["attempts", "state", "note"])
        return run


def give_up(run: ImportRun) -> None:
    with translation.override(language_of(run)):
        run.note = _(
            "This was tried three times and never finished. Nothing has changed. Tell your administrator."
        )
    run.state = {State.READING: State.REFUSED, State.APPLYING: State.PREVIEWED}.get(
        State(run.state), State.APPLIED
    )


def language_of(run: ImportRun) -> str:
    return spoken(run.asked_by.language if run.asked_by else "", run.organisation.language)


def take_step(run: ImportRun, now: datetime) -> None:
    if run.state == State.READING:
        read(run)
    elif run.state == State.APPLYING:
        people = int(run.summary["people"])
        reading, writing = Bar(run.pk, 2 * people), Bar(run.pk, 2 * people, begun=people)
        services.apply_import(run, by=run.asked_by, now=now, reading=reading, writing=writing)
    else:
        services.undo_import(run, by=run.asked_by, now=now)


def refuse(run_id: int, reason: str) -> ImportRun | None:
    """The step was not taken: tell why. What cannot be applied any more is compared anew at once."""
    with transaction.atomic():
        run = ImportRun.objects.waiting().select_for_update().filter(pk=run_id).first()
        if run is None:
            return None
        run.state = State.READING if run.state == State.APPLYING else State.APPLIED
        run.note, run.attempts = reason, 0
        run.save(update_fields=["state", "note", "attempts"])
        return run


# Reading


def read(run: ImportRun) -> None:
    """Work out the difference, ask about columns, or say what is wrong."""
    ImportChange.objects.filter(run=run).delete()
    content = gzip.decompress(bytes(run.content or b""))
    columns = open_questions(run, content)
    if columns:
        run.state = State.MAPPING
        run.summary = {
            "columns": [{"name": one.name, "samples": one.samples, "guess": one.guess} for one in columns]
        }
    else:
        preview(run, content)
    forget_if_replaced(run)
    run.save()


def open_questions(run: ImportRun, content: bytes) -> list[Column]:
    remembered = services.remembered(run.organisation)
    try:
        rows = read_rows(content)
        header = next(rows, None)
        if header is None or not must_ask(header_names(header), remembered):
            return []
        return asked_about(header, rows, remembered)
    except FileUnreadableError:
        return []  # reading it whole says why


def preview(run: ImportRun, content: bytes) -> None:
    bar = Bar(run.pk, row_estimate(content))
    file = services.read_file(run.organisation, run.file_name, content, bar)
    if file.problems:
        run.state = State.REFUSED
        run.content = None
        run.errors = [problem.as_json() for problem in file.problems.in_order()]
        run.summary = {"problems": file.problems.count, "rows": row_estimate(content)}
        return
    comparison = compare(run.organisation, file, run.lineage)
    run.state = State.PREVIEWED
    run.summary = summary_of(comparison)
    keep_lines(run, comparison)


def forget_if_replaced(run: ImportRun) -> None:
    """A newer file came while this one was being read."""
    if not ImportRun.objects.filter(organisation=run.organisation, pk__gt=run.pk).exists():
        return
    run.content, run.errors = None, []
    run.summary.pop("columns", None)
    ImportChange.objects.filter(run=run).delete()
