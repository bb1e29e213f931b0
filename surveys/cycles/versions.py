"""A cycle asks one version of a question: with two of them people read nearly the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from surveys.bank.rows import all_questions
from surveys.models import Question


def versions_error(questions: Sequence[Question]) -> ValidationError | None:
    pairs = [
        _("“%(old)s” and “%(new)s” are versions of one question. Choose one of them.")
        % {"old": old.text, "new": new.text}
        for old, new in versions_of_one(questions)
    ]
    return ValidationError(pairs) if pairs else None


def versions_of_one(questions: Iterable[Question]) -> Iterator[tuple[Question, Question]]:
    """Pairs of an older and a newer version; at most one query.

    An adaptation of a shared question is another question, unless it measures the same.
    """
    chosen = {one.pk: one for one in questions}
    if not any(one.predecessor_id for one in chosen.values()):
        return
    later = all_questions().filter(predecessor__isnull=False)
    steps = later.exclude(is_equivalent=False, organisation__isnull=False, predecessor__organisation=None)
    before = dict(steps.values_list("pk", "predecessor"))
    for new in chosen.values():
        older = before.get(new.pk)
        while older is not None:
            if older in chosen:
                yield chosen[older], new
            older = before.get(older)
