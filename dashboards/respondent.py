"""The page for those who were asked: by the link that they had, without account, once the wave is closed.

It is the same whether or not they answered, and sets no cookie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.languages import default_language, other_languages, spoken, supported
from accounts.page_look import dressed, page_look
from actions.models import Action
from actions.queries import told_to
from dashboards.charts.line import Frame
from orgunits.access import public
from orgunits.models import OrgUnit
from results import queries
from results.figures import Figure, Shown, Taking
from results.queries import Sheet
from surveys.mailing.texts import news_of
from surveys.models import Wave
from surveys.waves.links import Holder, holder_of
from surveys.waves.queries import units_down_to

ACTIONS = 10  # listed at most
STRIP = Frame(left=6, right=194, top=0, bottom=0, lowest=0.0, highest=1.0)


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """`own_x` and `whole_x`: where the figures lie in a drawing of 200 wide; None for one not shown."""

    name: str
    own: Figure
    whole: Figure | None

    @property
    def own_x(self) -> int | None:
        return _place(self.own)

    @property
    def whole_x(self) -> int | None:
        return _place(self.whole)


@dataclass(frozen=True, slots=True)
class OwnResults:
    """`team` is the group that the holder was asked in; `shown` the unit whose figures these are, or "".

    `whole` is the top of the organisation, "" when that is the one shown. `done`: what HR told since.
    `actions`: of the unit shown and those above it.
    """

    wave: Wave
    team: str
    shown: str
    whole: str
    is_own: bool = False
    themes: list[ThemeRow] = field(default_factory=list)
    taking: Taking | None = None
    whole_taking: Taking | None = None
    done: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


def own_results(holder: Holder, wave: Wave) -> OwnResults:
    """`wave` is one that may be shown."""
    line = _line(wave, holder.unit_id)
    sheet = queries.sheet([wave], [unit.pk for unit in line])
    with_figures = sheet.units_shown(wave)
    shown = next((unit for unit in reversed(line) if unit.pk in with_figures), None)
    if shown is None:
        return OwnResults(
            wave, line[-1].name, "", "", done=told_since(wave), actions=_actions(wave, line[:1])
        )
    whole = line[0] if shown != line[0] else None
    takings = queries.participation([wave], [shown.pk, line[0].pk])
    return OwnResults(
        wave=wave,
        team=line[-1].name,
        shown=shown.name,
        whole=whole.name if whole else "",
        is_own=shown == line[-1],
        themes=_themes(sheet, wave, shown, whole),
        taking=takings.get((wave.pk, shown.pk)),
        whole_taking=takings.get((wave.pk, whole.pk)) if whole else None,
        done=told_since(wave),
        actions=_actions(wave, line[: line.index(shown) + 1]),
    )


def _actions(wave: Wave, units: Sequence[OrgUnit]) -> list[Action]:
    return list(told_to(wave.organisation_id, [unit.pk for unit in units], since=wave.opened_at)[:ACTIONS])


def told_since(wave: Wave) -> list[str]:
    """What HR wrote at the next wave of the cycle about what changed since this one, in paragraphs."""
    later = Wave.objects.filter(cycle=wave.cycle_id, opened_at__gt=wave.opened_at).order_by("opened_at")
    following = later.select_related("organisation").first()
    return news_of(following, following.questions.count()) if following else []


def _line(wave: Wave, unit_id: int) -> list[OrgUnit]:
    """From the top to the unit, as the tree was when the wave opened."""
    ids = units_down_to(wave, unit_id)
    found = OrgUnit.objects.filter(organisation=wave.organisation_id).in_bulk(ids)
    return [found[one] for one in ids]


def _themes(sheet: Sheet, wave: Wave, shown: OrgUnit, whole: OrgUnit | None) -> list[ThemeRow]:
    return [
        ThemeRow(
            theme.name,
            sheet.index(wave, shown.pk, theme.pk),
            sheet.index(wave, whole.pk, theme.pk) if whole else None,
        )
        for theme in queries.themes([wave])
    ]


def _place(figure: Figure | None) -> int | None:
    if not isinstance(figure, Shown):
        return None
    return round(STRIP.left + (STRIP.right - STRIP.left) * figure.position)


@public
@never_cache
@require_safe
def respondent(request: HttpRequest, token: str) -> HttpResponse:
    """A link that never existed, one that was mistyped and one whose time is over give the same page."""
    holder = holder_of(token)
    language = _language(request, holder)
    zone = holder.wave.organisation.zone if holder else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        if holder is None:
            return _page("unknown", language, None, status=404)
        wave = queries.closed_wave(holder.wave.organisation, holder.wave.pk)
        if wave is None:
            return _page("not_yet", language, holder.wave)
        return _page("results", language, holder.wave, page=own_results(holder, wave))


def _language(request: HttpRequest, holder: Holder | None) -> str:
    asked_for = supported(request.GET.get("lang"))
    if holder is None:
        return asked_for or translation.get_language() or default_language()
    if asked_for and (not holder.wave.languages or asked_for in holder.wave.languages):
        return asked_for
    return spoken(holder.language, holder.wave.organisation.language)


def _page(
    name: str, language: str, wave: Wave | None, *, status: int = 200, page: OwnResults | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "other_languages": other_languages(language, wave.languages if wave else ()),
        "wave": wave,
        "page": page,
    }
    look = page_look(wave.organisation_id) if wave else None
    if wave:
        context |= {"organisation": wave.organisation, "look": look}
    text = render_to_string(f"dashboards/respondent/{name}.html", context)
    response = HttpResponse(text, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return dressed(response, look) if look else response
