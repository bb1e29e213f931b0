"""What people wrote: the first few on a unit's page, all of them on a page of their own, and HR's hiding."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dashboards.addresses import number
from dashboards.tabs import Tab
from orgunits.access import Scope, ScopedRequest, needs
from orgunits.models import OrgUnit, Role
from results import queries
from results.comments.hiding import hide, show_again, unit_of_comment
from results.comments.queries import Pool, Voice, as_voices, hidden_in, pools_of, voice, voices
from results.comments.reasons import HideReason
from results.signals.queries import subjects
from surveys.models import Wave

ON_UNIT_PAGE = 4
A_PAGE = 30
GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Said:
    """`url`: where HR hides it or shows it again; "" for others."""

    voice: Voice
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """Comments that are read together. `origin` says how many there are and of which unit."""

    question: str
    origin: str
    hidden: int
    comments: list[Said]


@dataclass(frozen=True, slots=True)
class CommentSection:
    """`total` counts what the viewer may read, which may be more than the sources hold here."""

    sources: list[Source]
    total: int
    together: int
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What someone reads of one unit in one wave."""

    scope: Scope
    unit: OrgUnit
    wave: Wave

    def pools(self) -> list[Pool]:
        """Without those of units that lay in this one then, and lie out of the viewer's reach now."""
        found = pools_of(self.wave, self.unit)
        return [one for one in found if one.partly or self.scope.reaches(one.unit)]

    def voices(self, pools: Sequence[Pool]) -> QuerySet[Any]:
        """Hidden ones where the viewer is HR of all who may have written them."""
        own = [one.pk for one in pools if self.scope.reaches(one.unit, Role.HR)]
        return voices(pools, with_hidden_of=own)

    def sources(self, pools: Sequence[Pool], found: Iterable[Voice]) -> list[Source]:
        by_id, hidden = {one.pk: one for one in pools}, hidden_in(pools)
        return [
            self._source(by_id[pool_id], hidden.get(pool_id, 0), list(group))
            for pool_id, group in groupby(found, key=lambda one: one.pool_id)
        ]

    def _source(self, pool: Pool, hidden: int, found: list[Voice]) -> Source:
        may_hide = self.scope.reaches(pool.unit, Role.HR)
        comments = [said(self.unit, one) if may_hide else Said(one, "") for one in found]
        return Source(self.question(pool.question_id), origin(pool), hidden, comments)

    def question(self, question_id: int | None) -> str:
        texts = {one.question_id: one.text for one in self.wave.questions.all()}
        return texts[question_id] if question_id else _("Anything else")


def said(unit: OrgUnit, voice: Voice) -> Said:
    return Said(voice, reverse("unit_comment", args=[unit.pk, voice.pk]))


def origin(pool: Pool) -> str:
    words = {"number": pool.n, "unit": pool.unit.name}
    if pool.partly:
        return (
            ngettext(
                "%(number)d comment from %(unit)s, of which this unit is a part",
                "%(number)d comments from %(unit)s, of which this unit is a part",
                pool.n,
            )
            % words
        )
    return ngettext("%(number)d comment from %(unit)s", "%(number)d comments from %(unit)s", pool.n) % words


def comment_section(scope: Scope, unit: OrgUnit, wave: Wave) -> CommentSection | None:
    """For the unit's page; None where there is nothing to read."""
    reading = Reading(scope, unit, wave)
    pools = reading.pools()
    found = reading.voices(pools)
    first = list(found.annotate(total=Window(Count("pk")))[:ON_UNIT_PAGE])
    if not first:
        return None
    return CommentSection(
        sources=reading.sources(pools, as_voices(first)),
        total=first[0].total,
        together=wave.comments_together,
        url=comments_url(unit, wave),
    )


@dataclass(frozen=True, slots=True)
class ToRead:
    total: int
    url: str


def comments_to_read(scope: Scope, unit: OrgUnit, wave: Wave) -> ToRead | None:
    """How many the viewer may read, and where; None where there are none."""
    reading = Reading(scope, unit, wave)
    total = reading.voices(reading.pools()).order_by().count()
    return ToRead(total, comments_url(unit, wave)) if total else None


def comments_url(unit: OrgUnit, wave: Wave) -> str:
    return f"{reverse('unit_comments', args=[unit.pk])}?wave={wave.pk}"


# Pages


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_safe
def unit_comments(request: ScopedRequest, unit_id: int) -> HttpResponse:
    unit = request.scope.unit_or_404(unit_id)
    wave = _wave(request)
    reading = Reading(request.scope, unit, wave)
    pools = reading.pools()
    about = request.GET.get("about", "")
    chosen = [one for one in pools if not about or key(one) == about]
    found = reading.voices(chosen)
    page: Page[Any] = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "wave": wave,
        "page": page,
        "sources": reading.sources(pools, as_voices(page.object_list)),
        "together": wave.comments_together,
        "subjects": subjects(wave, unit, voices(chosen)),
        "tabs": _tabs(reading, pools, about),
    }
    return render(request, "dashboards/comments.html", context)


def key(pool: Pool) -> str:
    """How an address names the question that a pool is about."""
    return str(pool.question_id or GENERAL)


def _wave(request: ScopedRequest) -> Wave:
    """One that was released; else there is nothing to read."""
    wave_id = number(request.GET.get("wave", ""))
    wave = None if wave_id is None else queries.closed_wave(request.scope.organisation, wave_id)
    if wave is None:
        raise Http404
    return wave


def _tabs(reading: Reading, pools: Sequence[Pool], about: str) -> list[Tab]:
    """All, and each question that something was written on; none when that is one."""
    questions = {key(one): reading.question(one.question_id) for one in pools}
    if len(questions) < 2:
        return []
    start = f"?wave={reading.wave.pk}"
    counts = {name: sum(one.n for one in pools if key(one) == name) for name in questions}
    tabs = [Tab(_("All"), start, not about)]
    return tabs + [
        Tab(text, f"{start}&about={name}", name == about, counts[name]) for name, text in questions.items()
    ]


@needs(Role.HR)
@require_POST
def unit_comment(request: ScopedRequest, unit_id: int, comment_id: uuid.UUID) -> HttpResponse:
    """HR hides a comment from leaders, for one of the reasons offered, or shows it again without one."""
    unit = request.scope.unit_or_404(unit_id)
    home = unit_of_comment(request.scope.organisation, comment_id)
    if home is None or not request.scope.reaches(home, Role.HR):
        raise Http404
    reason = request.POST.get("reason", "")
    if reason and reason not in HideReason.values:
        return HttpResponseBadRequest()
    if reason:
        hide(comment_id, HideReason(reason), by=request.user, now=timezone.now())
    else:
        show_again(comment_id, by=request.user, now=timezone.now())
    if getattr(request, "htmx", False):
        return render(request, "dashboards/comment.html", {"comments": [said(unit, voice(comment_id))]})
    address = reverse("unit_comments", args=[unit.pk])
    return redirect(f"{address}?{request.GET.urlencode()}#comment-{comment_id}")
