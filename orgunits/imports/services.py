"""What someone does with an import. Reading, applying and undoing are done by a worker: see `steps`."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils.translation import gettext as _

from accounts import audit
from accounts.languages import spoken
from accounts.models import Organisation, User
from orgunits.imports import coherence, jobs
from orgunits.imports.approval import refuse_unless_allowed
from orgunits.imports.columns import ESSENTIAL, MEANINGS, ONCE, Meanings, as_columns
from orgunits.imports.comparison import Comparison, compare
from orgunits.imports.people import PeopleFile, read_people
from orgunits.imports.plan import shown
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.progress import Progress, unwatched
from orgunits.imports.reorganisation import Fate
from orgunits.imports.summary import summary_of
from orgunits.imports.trace import undo
from orgunits.imports.writing import Writing
from orgunits.models import ImportChange, ImportColumn, ImportRun, ImportTrace, OrgUnit
from orgunits.tree import lock_tree, today

State = ImportRun.State


# What someone asks for


@transaction.atomic
def upload(
    organisation: Organisation, *, file_name: str, content: bytes, by: User | None, now: datetime
) -> ImportRun:
    """Keep the file for a worker to read."""
    forget_earlier_files(organisation)
    run = ImportRun.objects.create(
        organisation=organisation,
        state=State.READING,
        file_name=file_name[:200],
        content=gzip.compress(content, compresslevel=1),
        uploaded_by=by,
        uploaded_at=now,
        asked_by=by,
    )
    audit.record(organisation, "import.uploaded", by=by, now=now, target=run, file=run.file_name)
    jobs.start_soon()
    return run


@transaction.atomic
def name_columns(run: ImportRun, meanings: Meanings, *, by: User | None, now: datetime) -> ImportRun:
    """Say what the columns mean; it is remembered for the next file. Raises ImportRefusedError."""
    lock_in(run, State.MAPPING)
    refuse_useless(meanings)
    organisation = run.organisation
    ImportColumn.objects.bulk_create(
        [
            ImportColumn(organisation=organisation, name=name, meaning=meaning)
            for name, meaning in meanings.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "name"],
        update_fields=["meaning"],
    )
    audit.record(organisation, "import.columns", by=by, now=now, target=run, columns=dict(meanings))
    return wait_for(run, State.READING, by=by)


def refuse_useless(meanings: Meanings) -> None:
    given = list(meanings.values())
    if twice := [meaning for meaning in MEANINGS if meaning in ONCE and given.count(meaning) > 1]:
        raise ImportRefusedError(
            _("Two columns cannot both be: %(what)s. Leave one out.") % {"what": in_words(twice)}
        )
    if missing := as_columns(meanings, meanings, "").missing(ESSENTIAL):
        raise ImportRefusedError(_("Say which column this is: %(what)s.") % {"what": in_words(missing)})


def in_words(meanings: list[str]) -> str:
    return "; ".join(str(MEANINGS[meaning]) for meaning in meanings)


@transaction.atomic
def forget_columns(organisation: Organisation, *, by: User | None, now: datetime) -> None:
    """The next file is asked about again."""
    ImportColumn.objects.filter(organisation=organisation).delete()
    audit.record(organisation, "import.columns_forgotten", by=by, now=now)


@transaction.atomic
def confirm_lineage(
    run: ImportRun, fates: Mapping[int, Fate], *, by: User | None, now: datetime
) -> ImportRun:
    """Say what became of each unit that was asked about; the file is then compared anew."""
    lock_in(run, State.PREVIEWED)
    refuse_unless_allowed(run, by=by, on=today(run.organisation, now))
    asked = {finding["unit"]: finding for finding in run.summary.get("findings", [])}
    said = {unit_id: fates.get(unit_id, Fate(finding["suggested"])) for unit_id, finding in asked.items()}
    for unit_id, fate in said.items():
        if fate is Fate.SAME and not asked[unit_id]["becomes"]:
            raise ImportRefusedError(
                _("‘%(unit)s’ has no new unit that it can be.") % {"unit": asked[unit_id]["path"]}
            )
    run.lineage = {**run.lineage, **{str(unit_id): fate.value for unit_id, fate in said.items()}}
    audit.record(run.organisation, "import.lineage", by=by, now=now, target=run, fates=run.lineage)
    return wait_for(run, State.READING, by=by)


@transaction.atomic
def ask_to_apply(run: ImportRun, *, by: User | None, now: datetime) -> ImportRun:
    lock_in(run, State.PREVIEWED)
    refuse_unless_allowed(run, by=by, on=today(run.organisation, now))
    if is_undecided(run):
        raise ImportRefusedError(_("First say what became of the units. Then the changes can be applied."))
    return wait_for(run, State.APPLYING, by=by)


@transaction.atomic
def ask_to_undo(run: ImportRun, *, by: User | None, now: datetime) -> ImportRun:
    lock_in(run, State.APPLIED)
    refuse_unless_last(run)
    refuse_unless_allowed(run, by=by, on=today(run.organisation, now))
    return wait_for(run, State.UNDOING, by=by)


def is_undecided(run: ImportRun) -> bool:
    """Whether a unit is asked about that nobody has answered for yet."""
    return any(str(finding["unit"]) not in run.lineage for finding in run.summary.get("findings", []))


def lock_in(run: ImportRun, *states: State) -> None:
    """Take the row, and refuse when it has moved on meanwhile or its file is gone."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    for field in ("state", "content", "summary", "errors", "lineage", "attempts", "note"):
        setattr(run, field, getattr(locked, field))
    if run.state not in states or (run.content is None and run.state != State.APPLIED):
        raise ImportRefusedError(_("This file has been applied or replaced by a newer one. Upload it again."))


def wait_for(run: ImportRun, state: State, *, by: User | None) -> ImportRun:
    run.state, run.asked_by, run.attempts, run.note = state, by, 0, ""
    run.save()
    jobs.start_soon()
    return run


def undoable(organisation: Organisation) -> int | None:
    """The last import that changed anything, unless undone. What came later may forbid it; see `trace`."""
    return ImportTrace.objects.filter(organisation=organisation).values_list("run", flat=True).first()


def refuse_unless_last(run: ImportRun) -> None:
    if run.state != State.APPLIED or undoable(run.organisation) != run.pk:
        raise ImportRefusedError(_("Only the last import can be undone."))


# What is done


@transaction.atomic
def apply_import(
    run: ImportRun,
    *,
    by: User | None,
    now: datetime,
    reading: Progress = unwatched,
    writing: Progress = unwatched,
) -> ImportRun:
    """Raises ImportRefusedError when it is no longer the change that was previewed."""
    lock_tree(run.organisation)
    lock_in(run, State.PREVIEWED, State.APPLYING)
    refuse_unless_allowed(run, by=by, on=today(run.organisation, now))
    file = read_file(run.organisation, run.file_name, gzip.decompress(bytes(run.content or b"")), reading)
    if file.problems:
        raise ImportRefusedError.because_of(file.problems)
    comparison = compare(run.organisation, file, run.lineage)
    if comparison.plan.digest != run.summary["digest"]:
        raise ImportRefusedError(
            _("People or units have changed since this preview. Look at what the file does now.")
        )
    return carry_out(run, comparison, by=by, now=now, progress=writing)


@transaction.atomic
def import_people(
    organisation: Organisation,
    *,
    content: bytes,
    by: User | None,
    now: datetime,
    file_name: str = "people.csv",
) -> ImportRun:
    """Read, compare and write in one go, or raise ImportRefusedError with all problems and change nothing."""
    lock_tree(organisation)
    file = read_file(organisation, file_name, content)
    if file.problems:
        raise ImportRefusedError.because_of(file.problems)
    comparison = compare(organisation, file, {})
    run = ImportRun.objects.create(
        organisation=organisation,
        state=State.APPLYING,
        file_name=file_name,
        uploaded_by=by,
        uploaded_at=now,
        summary=summary_of(comparison),
    )
    return carry_out(run, comparison, by=by, now=now)


@transaction.atomic
def undo_import(run: ImportRun, *, by: User | None, now: datetime) -> ImportRun:
    """People, units, managers and roles as they were; ImportRefusedError when later changes forbid it."""
    lock_tree(run.organisation)
    run.refresh_from_db(fields=["state", "applied_at"])
    if run.state == State.UNDOING:
        run.state = State.APPLIED
    refuse_unless_last(run)
    refuse_unless_allowed(run, by=by, on=today(run.organisation, now))
    undo(run)
    run.traces.all().delete()
    ImportChange.objects.filter(run=run).delete()
    run.state = State.UNDONE
    run.save(update_fields=["state"])
    audit.record(
        run.organisation,
        "import.undone",
        by=by,
        now=now,
        target=run,
        file=run.file_name,
        counts=run.summary["counts"],
    )
    return run


def read_file(
    organisation: Organisation, file_name: str, content: bytes, progress: Progress = unwatched
) -> PeopleFile:
    file = read_people(
        file_name,
        content,
        default_language=spoken(organisation.language),
        meanings=remembered(organisation),
        root=root_name(organisation),
        progress=progress,
    )
    coherence.check(file.people, file.problems)
    return file


def remembered(organisation: Organisation) -> dict[str, str]:
    return dict(ImportColumn.objects.filter(organisation=organisation).values_list("name", "meaning"))


def root_name(organisation: Organisation) -> str:
    root = OrgUnit.objects.filter(organisation=organisation, depth=1).values_list("name", flat=True).first()
    return str(root or organisation.name)


def carry_out(
    run: ImportRun,
    comparison: Comparison,
    *,
    by: User | None,
    now: datetime,
    progress: Progress = unwatched,
) -> ImportRun:
    if comparison.plan.change_count:
        ImportTrace.objects.filter(organisation=run.organisation).delete()
    Writing(comparison, run, today=today(run.organisation, now), progress=progress).write()
    run.state = State.APPLIED
    run.applied_at = now
    run.content = None
    run.note = ""
    run.save()
    audit.record(
        run.organisation,
        "import.applied",
        by=by,
        now=now,
        target=run,
        file=run.file_name,
        counts=run.summary["counts"],
        access=[
            {"what": change.kind, "user": change.email, "unit": shown(change.path)}
            for change in comparison.plan.access
        ],
    )
    return run


def forget_earlier_files(organisation: Organisation) -> None:
    """Names of people are kept for the newest file only; of earlier ones the counts remain.

    One that a worker is busy with is left alone: it is either applied, or forgets itself.
    """
    earlier = ImportRun.objects.filter(organisation=organisation).exclude(
        state__in=[State.APPLYING, State.UNDOING]
    )
    free = list(earlier.select_for_update(skip_locked=True).values_list("pk", flat=True))
    runs = ImportRun.objects.filter(pk__in=free)
    without_names = Func(
        F("summary"),
        Value("columns"),
        Value("changes"),
        template="%(expressions)s",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
    runs.update(content=None, errors=[], note="", summary=without_names)
    runs.filter(state__in=[State.READING, State.MAPPING]).update(state=State.PREVIEWED)
    ImportChange.objects.filter(run__in=free).delete()
