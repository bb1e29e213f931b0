from __future__ import annotations

import gzip
from datetime import datetime

from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from orgunits.imports import coherence
from orgunits.imports.current import Current, load_current
from orgunits.imports.people import PeopleFile, read_people
from orgunits.imports.plan import Plan, make_plan
from orgunits.imports.problems import ImportRefusedError
from orgunits.imports.summary import summary_of
from orgunits.imports.writing import Writing
from orgunits.models import ImportRun
from orgunits.tree import lock_tree, today


@transaction.atomic
def preview_import(
    organisation: Organisation, *, file_name: str, content: bytes, by: User | None, now: datetime
) -> ImportRun:
    """What the file would change, kept so that it can be applied; or what is wrong with it."""
    forget_earlier_files(organisation)
    file = read_file(organisation, file_name, content)
    run = ImportRun(organisation=organisation, file_name=file_name[:200], uploaded_by=by, uploaded_at=now)
    if file.problems:
        run.state = ImportRun.State.REFUSED
        run.errors = [problem.as_json() for problem in file.problems.in_order()]
        run.summary = {"problems": file.problems.count}
    else:
        run.state = ImportRun.State.PREVIEWED
        run.content = gzip.compress(content, compresslevel=1)
        run.summary = summary_of(compare(organisation, file)[1], file)
    run.save()
    audit.record(organisation, "import.uploaded", by=by, now=now, target=run, file=run.file_name)
    return run


@transaction.atomic
def apply_import(run: ImportRun, *, by: User | None, now: datetime) -> ImportRun:
    """Raises ImportRefusedError when it is no longer the change that was previewed."""
    organisation = run.organisation
    lock_tree(organisation)
    run.refresh_from_db()
    if run.state != ImportRun.State.PREVIEWED or run.content is None:
        raise ImportRefusedError(_("This file has been applied or replaced by a newer one. Upload it again."))
    file = read_file(organisation, run.file_name, gzip.decompress(run.content))
    if file.problems:
        raise ImportRefusedError.because_of(file.problems)
    current, plan = compare(organisation, file)
    if plan.digest != run.summary["digest"]:
        raise ImportRefusedError(
            _("People or units have changed since this preview. Upload the file again to see what it does.")
        )
    Writing(plan, file, current, today=today(organisation, now)).write()
    return finish(run, plan, by=by, now=now)


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
    current, plan = compare(organisation, file)
    Writing(plan, file, current, today=today(organisation, now)).write()
    run = ImportRun(
        organisation=organisation,
        file_name=file_name,
        uploaded_by=by,
        uploaded_at=now,
        summary=summary_of(plan, file),
    )
    return finish(run, plan, by=by, now=now)


def read_file(organisation: Organisation, file_name: str, content: bytes) -> PeopleFile:
    file = read_people(file_name, content, default_language=organisation.language)
    coherence.check(file.people, file.problems)
    return file


def compare(organisation: Organisation, file: PeopleFile) -> tuple[Current, Plan]:
    current = load_current(
        organisation,
        root_name=file.people[0].unit_path[0],
        emails={person.manager_email for person in file.people},
    )
    return current, make_plan(file, current)


def finish(run: ImportRun, plan: Plan, *, by: User | None, now: datetime) -> ImportRun:
    run.state = ImportRun.State.APPLIED
    run.applied_at = now
    run.content = None
    run.save()
    audit.record(
        run.organisation,
        "import.applied",
        by=by,
        now=now,
        target=run,
        file=run.file_name,
        counts=run.summary["counts"],
    )
    return run


def forget_earlier_files(organisation: Organisation) -> None:
    """Names of people are kept for the newest file only; of earlier ones the counts remain."""
    without_names = Func(
        F("summary"), Value("changes"), template="%(expressions)s", arg_joiner=" - ", output_field=JSONField()
    )
    ImportRun.objects.filter(organisation=organisation).update(content=None, errors=[], summary=without_names)
