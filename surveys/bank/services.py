"""What HR does with the organisation's own themes and questions.

A question that a wave asked is never changed: a successor takes its place, and HR says whether it still
measures the same. The lock on its row keeps waves from opening with a text that is just being changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from surveys.bank.codes import free_code, new_code, new_theme_code
from surveys.bank.drafts import QuestionDraft, QuestionError, ThemeDraft
from surveys.bank.rows import all_questions, all_themes
from surveys.bank.wording import differs, may_be_equivalent, wording_of
from surveys.models import Question, Theme, WaveQuestion


class StaleQuestionError(QuestionError):
    """Someone else changed it after this revision was shown; `newest` is what stands now."""

    def __init__(self, newest: Question) -> None:
        super().__init__(_("Someone else has changed this question in the meantime."))
        self.newest = newest


class StaleThemeError(QuestionError):
    def __init__(self, newest: Theme) -> None:
        super().__init__(_("Someone else has changed this theme in the meantime."))
        self.newest = newest


@transaction.atomic
def create_question(
    organisation: Organisation,
    *,
    draft: QuestionDraft,
    by: User | None,
    now: datetime,
    code: str = "",
    adapted_from: Question | None = None,
    is_equivalent: bool = False,
) -> Question:
    """Raises QuestionError by field. `adapted_from`: the question of the shared bank that it is made from."""
    lock_bank(organisation)
    draft.check(organisation)
    question = draft.written_on(Question(organisation=organisation))
    if adapted_from is not None:
        if adapted_from.organisation_id is not None:
            raise QuestionError(
                _("Only a question of the shared bank can be copied. Change your own instead.")
            )
        question.predecessor = adapted_from
        question.is_equivalent = is_equivalent and may_be_equivalent(adapted_from, question)
        code = code or (adapted_from.code if question.is_equivalent else "")
    question.code = free_code(organisation, code or new_code(organisation, question.theme))
    return _save(question, "question.created", by=by, now=now)


@transaction.atomic
def change_question(
    question: Question,
    *,
    draft: QuestionDraft,
    revision: int,
    is_equivalent: bool = False,
    by: User | None,
    now: datetime,
) -> Question:
    """The changed question, or its successor when a wave asked it.

    `revision` is the one that the changes were made in. Raises StaleQuestionError when it is not the latest,
    and QuestionError by field.
    """
    locked = _lock_own(question)
    newest = newest_version(locked)
    if newest != locked or locked.revision != revision:
        raise StaleQuestionError(newest)
    if locked.retired_at is not None:
        raise QuestionError(_("This question is no longer asked. Bring it back first."))
    draft.check(owner(locked))
    if is_used(locked):
        return _succeed_or_translate(locked, draft, is_equivalent=is_equivalent, by=by, now=now)
    before = wording_of(locked), locked.is_equivalent
    draft.written_on(locked)
    _link(locked, locked.predecessor, is_equivalent=is_equivalent)
    if before == (wording_of(locked), locked.is_equivalent):
        return locked
    locked.revision += 1
    return _save(locked, "question.changed", by=by, now=now)


def _succeed_or_translate(
    old: Question, draft: QuestionDraft, *, is_equivalent: bool, by: User | None, now: datetime
) -> Question:
    new = draft.written_on(Question(organisation=old.organisation))
    if new.kind == old.kind and new.kind != Question.Kind.CHOICE:
        new.points = old.points
    if not differs(old, new):
        return _translate(old, new, by=by, now=now)
    new.version = old.version + 1
    new.short = old.short
    new.code = old.code
    _link(new, old, is_equivalent=is_equivalent)
    Question.objects.filter(pk=old.pk).update(retired_at=now)
    return _save(new, "question.succeeded", by=by, now=now, predecessor=old.pk)


def _translate(old: Question, new: Question, *, by: User | None, now: datetime) -> Question:
    """Only languages were added, if anything: those who were asked read the same as before."""
    if wording_of(old) == wording_of(new):
        return old
    old.other_languages, old.options = new.other_languages, new.options
    old.revision += 1
    return _save(old, "question.changed", by=by, now=now)


def _link(question: Question, before: Question | None, *, is_equivalent: bool) -> None:
    """A code names a line of figures: an equivalent version keeps it, another one gets its own."""
    if before is None:
        return
    same = is_equivalent and may_be_equivalent(before, question)
    if same != question.is_equivalent or not question.pk:
        wanted = before.code if same else f"{before.code[:58]}-{question.version}"
        taken_by = question if question.pk else None
        question.code = wanted if same else free_code(owner(question), wanted, besides=taken_by)
    question.predecessor, question.is_equivalent = before, same


@transaction.atomic
def retire_question(question: Question, *, by: User | None, now: datetime) -> Question:
    """It is no longer offered; cycles that ask it go on."""
    locked = _lock_own(question)
    if locked.retired_at is None:
        locked.retired_at = now
        _save(locked, "question.retired", by=by, now=now)
    return locked


@transaction.atomic
def restore_question(question: Question, *, by: User | None, now: datetime) -> Question:
    """Raises QuestionError when a newer version took its place."""
    locked = _lock_own(question)
    if newest_version(locked) != locked:
        raise QuestionError(_("A newer version has taken the place of this one."))
    if locked.retired_at is not None:
        locked.retired_at = None
        _save(locked, "question.restored", by=by, now=now)
    return locked


@transaction.atomic
def create_theme(
    organisation: Organisation, *, draft: ThemeDraft, by: User | None, now: datetime, code: str = ""
) -> Theme:
    lock_bank(organisation)
    draft.check()
    last = Theme.objects.available_to(organisation).order_by("-position").values_list("position", flat=True)
    theme = draft.written_on(Theme(organisation=organisation, position=(last.first() or 0) + 1))
    theme.code = code or new_theme_code(organisation)
    return _save(theme, "theme.created", by=by, now=now)


@transaction.atomic
def change_theme(theme: Theme, *, draft: ThemeDraft, revision: int, by: User | None, now: datetime) -> Theme:
    """Raises StaleThemeError when `revision` is not the latest, and QuestionError by field."""
    locked = all_themes().select_for_update(of=("self",)).get(pk=theme.pk)
    owner(locked)
    if locked.revision != revision:
        raise StaleThemeError(locked)
    draft.check()
    before = {name: getattr(locked, name) for name in THEME_TEXTS}
    draft.written_on(locked)
    if before == {name: getattr(locked, name) for name in THEME_TEXTS}:
        return locked
    locked.revision += 1
    return _save(locked, "theme.changed", by=by, now=now)


THEME_TEXTS = ("name_nl", "name_en", "description_nl", "description_en", "other_languages", "kind")


def owner(one: Question | Theme) -> Organisation:
    """Raises QuestionError for one of the shared bank, which nobody changes."""
    if one.organisation is None:
        raise QuestionError(_("The shared bank cannot be changed. Make a copy of your own instead."))
    return one.organisation


def is_used(question: Question) -> bool:
    return WaveQuestion.objects.filter(question=question).exists()


def newest_version(question: Question) -> Question:
    """Within the same bank: an own adaptation does not take the place of a shared question."""
    while True:
        later = all_questions().filter(predecessor=question, organisation=question.organisation_id).first()
        if later is None:
            return question
        question = later


def lock_bank(organisation: Organisation) -> None:
    """One change at a time, so that codes stay different."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _lock_own(question: Question) -> Question:
    questions = all_questions().select_related("organisation", "theme", "predecessor")
    locked = questions.select_for_update(of=("self",)).get(pk=question.pk)
    lock_bank(owner(locked))
    return locked


Row = TypeVar("Row", Question, Theme)


def _save(one: Row, action: str, *, by: User | None, now: datetime, **detail: Any) -> Row:
    one.changed_by, one.changed_at = by, now
    one.save()
    audit.record(owner(one), action, by=by, now=now, target=one, code=one.code, **detail)
    return one
