"""Taking in a file with questions: keep it, look through what it would do, apply it all or not at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from surveys.bank.drafts import QuestionError
from surveys.bank.plan import BankPlan, Outcome, PlannedRow
from surveys.bank.reader import plan_of_file
from surveys.bank.services import change_question, create_question, create_theme, lock_bank
from surveys.bank.table import write_table
from surveys.models import BankImport, Theme


class ChangedMeanwhileError(QuestionError):
    """The bank is no longer what the preview was compared with."""

    def __init__(self) -> None:
        super().__init__(_("The bank has changed in the meantime. Look through the changes again."))


@transaction.atomic
def keep_file(
    organisation: Organisation, *, file_name: str, content: bytes, by: User | None, now: datetime
) -> BankImport:
    """The newest file takes the place of the one before; its number changes, so an old preview is gone."""
    BankImport.objects.filter(organisation=organisation).delete()
    return BankImport.objects.create(
        organisation=organisation,
        file_name=file_name[:200],
        content=content,
        uploaded_by=by,
        uploaded_at=now,
    )


def plan_of(kept: BankImport) -> BankPlan:
    return plan_of_file(kept.organisation, kept.file_name, bytes(kept.content))


@transaction.atomic
def apply_file(
    kept: BankImport, *, digest: str, equivalent: Collection[int], by: User | None, now: datetime
) -> BankPlan:
    """`digest` is of the plan that was looked through; `equivalent` are lines whose new version is so.

    Raises ChangedMeanwhileError, and QuestionError when the file has problems.
    """
    lock_bank(kept.organisation)
    plan = plan_of(kept)
    if plan.problems:
        raise QuestionError(_("Mend the file first, and upload it again."))
    if plan.digest != digest:
        raise ChangedMeanwhileError
    themes = {
        code: create_theme(kept.organisation, draft=draft, code=code, by=by, now=now)
        for code, draft in plan.themes.items()
    }
    for row in plan.changes:
        _apply(kept.organisation, row, themes, is_equivalent=row.line in equivalent, by=by, now=now)
    audit.record(
        kept.organisation,
        "questions.imported",
        by=by,
        now=now,
        file=kept.file_name,
        themes=len(themes),
        outcomes={outcome.value: plan.count(outcome) for outcome in Outcome},
    )
    kept.delete()
    return plan


def _apply(
    organisation: Organisation,
    row: PlannedRow,
    themes: dict[str, Theme],
    *,
    is_equivalent: bool,
    by: User | None,
    now: datetime,
) -> None:
    draft = replace(row.draft, theme=themes[row.new_theme]) if row.new_theme else row.draft
    if row.question is None:
        create_question(organisation, draft=draft, code=row.code, by=by, now=now)
        return
    if row.outcome is Outcome.CHANGED:
        is_equivalent = row.question.is_equivalent
    change_question(
        row.question,
        draft=draft,
        revision=row.question.revision,
        is_equivalent=is_equivalent,
        by=by,
        now=now,
    )


@transaction.atomic
def export_bank(organisation: Organisation, *, by: User | None, now: datetime) -> bytes:
    audit.record(organisation, "questions.exported", by=by, now=now)
    return write_table(organisation)
