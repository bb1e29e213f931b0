"""Released comments for pages, exports and signals. Callers pass only units that their viewer may see."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from orgunits.models import OrgUnit
from results.comments.marks import MARK, in_words
from results.comments.models import CommentMark, CommentPool, ReleasedComment
from results.comments.reasons import HideReason
from surveys.models import Wave
from surveys.waves.queries import places_at_or_below

OF_POOL = "question own_groups n unit__organisation unit__path unit__name".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Pool:
    """Comments that are read together; `partly`: the unit that was asked for is only a part of it."""

    pk: int
    question_id: int | None
    unit: OrgUnit
    partly: bool
    n: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One comment; `hidden_for` is HR's reason when it is hidden from leaders."""

    pk: uuid.UUID
    pool_id: int
    text: str
    hidden_for: HideReason | None


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment for the worker, without what stands for something taken out; `path` of its pool's unit."""

    pk: uuid.UUID
    wave_id: int
    path: str
    text: str


def remarks(waves: Sequence[Wave]) -> list[Remark]:
    """Of whole waves, the oldest first, without those that HR hid; one query.

    `waves` come from `results.queries.released_waves`.
    """
    found = _marked().filter(pool__wave__in=[wave.pk for wave in waves], hidden_for="")
    rows = found.order_by("pool__wave__closes_at", "pool__wave", "pk").values_list(
        "pk", "pool__wave", "pool__unit__path", "text"
    )
    return [Remark(pk, wave, path, MARK.sub(" ", text)) for pk, wave, path, text in rows]


def pools_of(wave: Wave, unit: OrgUnit) -> list[Pool]:
    """In which people of the unit, or of those below it, may have written: by question, from the top down.

    `wave` comes from `results.queries.closed_waves`. The tree is that of its opening.
    """
    rows = list(CommentPool.objects.filter(wave=wave).select_related("unit").only(*OF_POOL))
    places = places_at_or_below(wave, unit.pk) if rows else {}
    found = [
        Pool(one.pk, one.question_id, one.unit, one.unit_id not in places, one.n)
        for one in rows
        if not places.keys().isdisjoint(one.own_groups)
    ]
    asked = {one.question_id: one.position for one in wave.questions.all()}
    return sorted(found, key=lambda one: (asked.get(one.question_id or 0, -1), places.get(one.unit.pk, -1)))


def voices(pools: Sequence[Pool], *, with_hidden_of: Collection[int] = ()) -> QuerySet[Any]:
    """All comments of these pools, pool by pool, and within each in the order of their random ids.

    `as_voices` makes them readable. Those that HR hid from leaders are left out, but for the pools with the
    ids `with_hidden_of`.
    """
    pks = [one.pk for one in pools]
    found = _marked().filter(Q(hidden_for="") | Q(pool__in=with_hidden_of), pool__in=pks)
    in_order = Value(pks, output_field=ArrayField(BigIntegerField()))
    return found.order_by(Func(in_order, "pool", function="array_position"), "pk")


def as_voices(rows: Iterable[Any]) -> list[Voice]:
    return [
        Voice(
            one.pk,
            one.pool_id,
            in_words(one.text),
            HideReason(one.hidden_for) if one.hidden_for else None,
        )
        for one in rows
    ]


def voice(comment_id: uuid.UUID) -> Voice:
    return as_voices([_marked().get(pk=comment_id)])[0]


def hidden_in(pools: Sequence[Pool]) -> dict[int, int]:
    """By pool, how many of its comments are hidden from leaders."""
    marks = CommentMark.objects.filter(comment__pool__in=[one.pk for one in pools])
    newest = marks.order_by("comment", "-pk").distinct("comment")
    return Counter(pool_id for pool_id, hidden in newest.values_list("comment__pool", "hidden") if hidden)


def _marked() -> QuerySet[Any]:
    """A mark has a reason when it hides, and none when it shows again."""
    newest = CommentMark.objects.filter(comment=OuterRef("pk")).order_by("-pk").values("reason")[:1]
    return ReleasedComment.objects.annotate(hidden_for=Coalesce(Subquery(newest), Value("")))
