"""A cycle that asks an older version of a question may go on with the newer one, if HR chooses so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Organisation, User
from surveys.bank.rows import all_questions
from surveys.cycles.plans import CycleError, check_reach
from surveys.models import Cycle, CycleQuestion, Question

LIVING = (Cycle.State.DRAFT, Cycle.State.ACTIVE, Cycle.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Renewal:
    """`new` took the place of `old`, which the cycle asks."""

    cycle: Cycle
    old: Question
    new: Question
    same_line: bool = True


def renewals_of(cycle: Cycle, asked: Iterable[Question]) -> list[Renewal]:
    """Of the questions that the cycle asks and that are no longer current, because a newer version is.

    One query, and none where all are current.
    """
    old = [one for one in asked if one.retired_at is not None]
    later = _successors(cycle.organisation, old)
    found = []
    for one in old:
        steps = _steps(one, later)
        if steps and steps[-1].retired_at is None:
            found.append(Renewal(cycle, one, steps[-1], all(step.is_equivalent for step in steps)))
    return found


def _successors(organisation: Organisation, old: list[Question]) -> dict[tuple[int, int | None], Question]:
    """By predecessor and bank."""
    if not old:
        return {}
    own_or_shared = models.Q(organisation=None) | models.Q(organisation=organisation)
    later = all_questions().filter(own_or_shared, predecessor__isnull=False).select_related("theme")
    return {(one.predecessor_id or 0, one.organisation_id): one for one in later}


def _steps(old: Question, later: dict[tuple[int, int | None], Question]) -> list[Question]:
    """The versions after this one, in the same bank."""
    steps: list[Question] = []
    while found := later.get(((steps or [old])[-1].pk, old.organisation_id)):
        steps.append(found)
    return steps


def ancestors_of(question: Question) -> list[int]:
    """Ids of the versions before this one, also those of the shared bank that it was made from."""
    found = []
    before = question.predecessor_id
    while before is not None:
        found.append(before)
        before = all_questions().values_list("predecessor_id", flat=True).get(pk=before)
    return found


def cycles_that_ask_older(question: Question, cycles: models.QuerySet[Cycle]) -> list[Renewal]:
    """Of these cycles, those that still ask a version before this one."""
    asked = CycleQuestion.objects.filter(
        question__in=ancestors_of(question), cycle__in=cycles.filter(state__in=LIVING)
    )
    rows = asked.select_related("cycle", "question").order_by("cycle__name", "cycle_id")
    return [Renewal(one.cycle, one.question, question) for one in rows]


@transaction.atomic
def renew_question(cycle: Cycle, question: Question, *, by: User | None, now: datetime) -> Cycle:
    """Ask this version from the next wave on, in the place of the older ones; an open wave keeps its own."""
    locked = Cycle.objects.select_related("organisation").select_for_update(of=("self",)).get(pk=cycle.pk)
    check_reach(locked.organisation, locked.units.all(), by=by, now=now)
    if locked.state not in LIVING:
        raise CycleError(_("This cycle has ended."))
    if question.retired_at is not None or question.organisation_id not in {None, locked.organisation_id}:
        raise CycleError(_("This version is no longer asked."))
    older = list(locked.cycle_questions.filter(question__in=ancestors_of(question)).order_by("position"))
    if not older:
        return locked
    _replace(locked, older, question)
    locked.version += 1
    locked.changed_by, locked.changed_at = by, now
    locked.save(update_fields=["version", "changed_by", "changed_at"])
    audit.record(
        locked.organisation,
        "cycle.question_renewed",
        by=by,
        now=now,
        target=locked,
        old=[one.question_id for one in older],
        new=question.pk,
    )
    return locked


def _replace(cycle: Cycle, older: Iterable[CycleQuestion], question: Question) -> None:
    first, *rest = older
    if cycle.cycle_questions.filter(question=question).exists():
        rest.append(first)
    else:
        beside = cycle.cycle_questions.filter(question__theme=question.theme_id).exclude(pk=first.pk).first()
        first.rotating = beside.rotating if beside else first.rotating  # a theme takes turns as a whole
        first.question = question
        first.save(update_fields=["question", "rotating"])
    for one in rest:
        one.delete()
