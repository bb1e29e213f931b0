"""Which versions of a question are one line over time: those that measure the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from surveys.models import Question


@dataclass(frozen=True)
class Lines:
    """`equivalent` and `other`: the version before, by question; one that measures the same, or another."""

    equivalent: dict[int, int]
    other: dict[int, int]

    def has_versions(self, question_id: int) -> bool:
        """Whether another question measures the same."""
        return question_id in self._with_versions

    @cached_property
    def _with_versions(self) -> frozenset[int]:
        return frozenset((*self.equivalent, *self.equivalent.values()))

    def line(self, question_id: int) -> int:
        """The id of the first version that measures the same."""
        while question_id in self.equivalent:
            question_id = self.equivalent[question_id]
        return question_id

    def line_before(self, question_id: int) -> int | None:
        """The line that this one took the place of, if any."""
        before = self.other.get(self.line(question_id))
        return None if before is None else self.line(before)


def lines_of(organisation_id: int) -> Lines:
    """One query. Only versions that this organisation can ask, so nothing of another one is linked."""
    own_or_shared = Q(organisation=None) | Q(organisation=organisation_id)
    successors = Question.objects.filter(own_or_shared).exclude(predecessor=None).order_by()
    rows = list(successors.values_list("pk", "predecessor_id", "is_equivalent"))
    return Lines(
        equivalent={pk: before for pk, before, same in rows if same},
        other={pk: before for pk, before, same in rows if not same},
    )
