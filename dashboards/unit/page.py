"""One unit's page: how it is, what changed, against the unit above and the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.addresses import addresses_of
from dashboards.change import Change, smallest_clear_change
from dashboards.choices import ChoiceLine, choice_lines
from dashboards.comments import CommentSection, comment_section
from dashboards.live import SoFar, so_far
from dashboards.polling import news_url
from dashboards.signals.marks import ShortSignal, shortlist
from dashboards.tabs import Tab, wave_tabs
from dashboards.unit.children import Children, children_of
from dashboards.unit.lines import ThemeLine
from dashboards.unit.standing import WAVES, standing
from dashboards.unit.standing_out import StandingOut, standing_out
from orgunits.access import Scope
from orgunits.models import OrgUnit
from results import queries
from results.figures import Shown, Taking
from results.filter_figures import has_filters
from surveys.models import Wave

CHANGES = 3  # themes named as changed


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    theme: str
    change: Change
    in_a_year: bool


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`instead` is the unit whose figures stand in when this one has none of its own."""

    unit: OrgUnit
    path: list[Step]
    below: list[Step] = field(default_factory=list)
    wave: Wave | None = None
    waves: list[Tab] = field(default_factory=list)
    taking: Taking | None = None
    instead: OrgUnit | None = None
    above_name: str = ""
    whole_name: str = ""
    signals: list[ShortSignal] = field(default_factory=list)
    themes: list[ThemeLine] = field(default_factory=list)
    choices: list[ChoiceLine] = field(default_factory=list)
    children: Children | None = None
    open_waves: list[SoFar] = field(default_factory=list)
    comments: CommentSection | None = None
    held_back: list[queries.HeldBack] = field(default_factory=list)
    has_filters: bool = False
    news_url: str = ""

    @property
    def standing_out(self) -> StandingOut:
        return standing_out_of(self.themes)

    @property
    def to_talk_about(self) -> list[ThemeLine]:
        """The themes of what is worth talking about, each of which has a conversation guide."""
        named = {one.question.theme for one in self.standing_out.to_discuss}
        return [theme for theme in self.themes if theme.code in named]

    @property
    def themes_with_links(self) -> list[tuple[ThemeLine, list[Step]]]:
        """Each with where to read more about it, and where to agree on something."""
        unit, of_wave = self.unit, f"?wave={self.wave.pk}" if self.wave else ""
        pages = {
            _("Over the years"): addresses_of("unit_theme", unit.pk, query=of_wave),
            _("Conversation guide"): addresses_of("guide", unit.pk, query=of_wave),
        }
        if unit.ended_on is None:
            agree = f"{reverse('action_new')}?unit={unit.pk}&theme="
            pages[_("Agree on an action")] = lambda code: agree + quote(str(code))
        return [
            (theme, [Step(label, address(theme.code)) for label, address in pages.items()])
            for theme in self.themes
        ]

    @property
    def changed(self) -> list[Changed]:
        """Themes that changed more than chance would easily do, the largest changes of the scale first."""
        found = [
            (made.size / (theme.figure.highest - theme.figure.lowest), Changed(theme.name, made, in_a_year))
            for theme in self.themes
            for made, in_a_year in ((theme.change, False), (theme.in_a_year, True))
            if made and made.clear and isinstance(theme.figure, Shown)
        ]
        return [one for _part, one in sorted(found, key=lambda pair: -pair[0])][:CHANGES]

    @property
    def compared(self) -> bool:
        """Whether there is an earlier wave to compare with."""
        return any(theme.change for theme in self.themes)

    @property
    def smallest_clear_change(self) -> float | None:
        """On the page's usual scale, with as few answers as its smallest figure has."""
        figures = [theme.figure for theme in self.themes if isinstance(theme.figure, Shown)]
        if not figures:
            return None
        return smallest_clear_change(min(figures, key=lambda figure: (figure.highest, figure.n)))


def unit_page(scope: Scope, unit: OrgUnit, *, wave_id: int | None = None, theme: str = "") -> UnitPage:
    """The page for the wave with this id, or else for the last closed one that asked this unit.

    `theme`: the one in which the units below are shown side by side.
    """
    ancestors = list(unit.get_ancestors())
    waves = queries.waves_of_unit(scope.organisation, unit.pk, last=WAVES)
    page = UnitPage(
        unit=unit,
        path=path_to(scope, [*ancestors, unit]),
        open_waves=so_far(waves.opened, unit.pk, unit.name),
        held_back=waves.held_back[::-1],
    )
    found = standing(unit, ancestors, waves.closed, wave_id=wave_id)
    if found is None:
        return replace(page, below=_below(unit))
    wave = found.times.wave
    above, whole = found.above, found.whole
    themes = found.lines().themes()
    children = children_of(scope, found, theme or _theme_to_discuss(themes))
    return replace(
        page,
        below=[] if children else _below(unit),
        wave=wave,
        waves=wave_tabs(found.waves, wave),
        taking=queries.participation([wave], [unit.pk]).get((wave.pk, unit.pk)),
        instead=found.instead,
        above_name=above.name if above else "",
        whole_name=whole.name if whole and whole != above else "",
        signals=shortlist(unit),
        themes=themes,
        choices=choice_lines(found.sheet, wave, found.shown, above),
        news_url=news_url(scope.organisation.pk, found.shown.pk),
        children=children,
        comments=comment_section(scope, unit, wave),
        has_filters=has_filters(wave, unit.pk),
    )


def standing_out_of(themes: Sequence[ThemeLine]) -> StandingOut:
    return standing_out([question for theme in themes for question in theme.questions])


def _theme_to_discuss(themes: Sequence[ThemeLine]) -> str:
    to_discuss = standing_out_of(themes).to_discuss
    return to_discuss[0].question.theme if to_discuss else ""


def path_to(scope: Scope, related: Sequence[OrgUnit], *page: str) -> list[Step]:
    """From the top to the last of these units, or to a page below that."""
    address = addresses_of("unit")
    steps = [Step(one.name, address(one.pk) if scope.reaches(one) else "") for one in related]
    return [*steps, *map(Step, page)] if page else [*steps[:-1], Step(related[-1].name)]


def _below(unit: OrgUnit) -> list[Step]:
    children = unit.get_children().filter(ended_on=None).order_by("name")
    address = addresses_of("unit")
    return [Step(name, address(pk)) for name, pk in children.values_list("name", "pk")]
