from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.http import Http404
from django.utils.safestring import SafeString

from dashboards.addresses import addresses_of
from dashboards.charts.heat import KeyStep, difference_key, heat_key, share_key
from dashboards.heatmap.branch import Branch, Place
from dashboards.heatmap.cells import USUAL, Cells
from dashboards.heatmap.drawing import drawn
from dashboards.heatmap.rows import More, Row
from dashboards.heatmap.view import SIBLINGS, Metric, View
from dashboards.heatmap.words import HEADLINE_LAYERS, ThemeInWords, headline, in_words
from dashboards.polling import news_url
from dashboards.signals import NewSignals, marks, new_signals
from dashboards.tabs import Tab, wave_tabs
from dashboards.timeline import Timeline, timeline
from orgunits.access import Scope
from orgunits.models import Role
from results import queries
from results.signals.ongoing import Ongoing
from surveys.models import Theme, Wave

WAVES = 27  # two years of a wave every four weeks
BESIDE_THEMES = 3  # other columns: the unit, answers, coverage


@dataclass(frozen=True, slots=True)
class ThemeColumn:
    """`scale` names the ends of a scale that is not the usual one. `sort_url`: "" for who may not sort."""

    name: str
    code: str
    scale: str
    sort_url: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Heatmap:
    wave: Wave | None = None
    waves: list[Tab] = field(default_factory=list)
    metrics: list[Tab] = field(default_factory=list)
    metric: Metric = Metric.MEAN
    parts: list[Place] = field(default_factory=list)
    within: int | None = None
    headline: str = ""
    new_signals: NewSignals = field(default_factory=NewSignals)
    words: list[ThemeInWords] = field(default_factory=list)
    key: list[KeyStep] = field(default_factory=list)
    themes: list[ThemeColumn] = field(default_factory=list)
    rows: list[Row | More] = field(default_factory=list)
    sort: str = ""
    tree_url: str = ""
    unfold_url: str = ""
    fold_url: str = ""
    below_query: str = ""
    news_url: str = ""

    @property
    def drawn(self) -> SafeString:
        return drawn(self.rows)

    @property
    def units(self) -> list[Row]:
        return [row for row in self.rows if isinstance(row, Row)]


def heatmap(scope: Scope, view: View) -> Heatmap:
    """The rows that are unfolded, of the units that the scope's roles open."""
    waves = queries.closed_waves_bare(scope.organisation, last=WAVES)
    if not waves:
        return Heatmap()
    board = Board(scope, timeline(waves, view.wave_id), view)
    cells, branch, view = board.cells, board.branch, board.view
    return Heatmap(
        wave=board.times.wave,
        waves=wave_tabs(waves, board.times.wave, view.query),
        metrics=[Tab(str(one.label), view.query(metric=one), one is view.metric) for one in Metric],
        metric=view.metric,
        parts=branch.parts,
        within=view.within,
        headline=headline(cells, branch),
        new_signals=new_signals(scope, board.ongoing),
        words=in_words(cells, branch),
        key=_key(view.metric),
        themes=board.columns(),
        rows=list(board.rows()),
        sort=view.sort,
        tree_url=view.query(sort=""),
        unfold_url=view.query(everything=True),
        fold_url=view.query(opened=frozenset()),
        below_query=view.query(opened=None, within=None, siblings=SIBLINGS),
        news_url=news_url(scope.organisation.pk, branch.tops[0].unit_id) if branch.tops else "",
    )


def rows_below(scope: Scope, view: View, unit_id: int, *, after: int = 0) -> list[Row | More]:
    """What unfolding a unit adds: the units just below it, folded, from the one `after` so many on."""
    waves = queries.closed_waves_bare(scope.organisation, last=WAVES)
    narrowed = replace(view, within=unit_id, opened=None, everything=False, siblings=after + SIBLINGS)
    board = waves and Board(scope, timeline(waves, view.wave_id), narrowed)
    if not board or board.view.within != unit_id:
        raise Http404
    _itself, *below = board.rows()
    return below[after:]


class Board:
    """A branch of the tree with its figures, in the order that was asked for."""

    def __init__(self, scope: Scope, times: Timeline, view: View) -> None:
        self.times = times
        self.may_sort = scope.has(Role.HR, Role.DIRECTOR)  # teams are not ranked for those who lead one
        view = replace(view, sort=view.sort if self.may_sort else "")
        self.branch = branch = Branch(scope, times.wave, view)
        places = branch.unfolded() if view.sort else list(branch.rows())
        read = [place.unit_id for place in places]
        heads = [place.unit_id for place in places if place.layer <= HEADLINE_LAYERS]
        self.cells = Cells(times, read, heads, branch.whole, view.metric)
        self.ongoing = Ongoing(scope.organisation)
        self.cells.marks = marks(self.ongoing, read)
        if values := self.cells.values(view.theme) if view.sort else {}:
            branch.sort(values)
        self.opened = frozenset(branch.opened)
        self.view = replace(
            view,
            within=branch.chosen.unit_id if branch.chosen else None,
            opened=self.opened,
            everything=False,
            sort=view.sort if values else "",
        )
        self._address_of = addresses_of("unit", query=f"?wave={times.wave.id}")

    def columns(self) -> list[ThemeColumn]:
        return [self._column(theme) for theme in self.cells.themes]

    def _column(self, theme: Theme) -> ThemeColumn:
        view = self.view
        is_sorted = view.theme == theme.code
        turned = f"-{theme.code}" if is_sorted and not view.lowest_first else theme.code
        order = "ascending" if view.lowest_first else "descending"
        return ThemeColumn(
            name=theme.name,
            code=theme.code,
            scale=self.cells.scales.get(theme.pk, "") if view.metric is not Metric.FAVOURABLE else "",
            sort_url=view.query(sort=turned) if self.may_sort else "",
            sorted=order if is_sorted else "",
        )

    def rows(self) -> Iterator[Row | More]:
        yield from self._rows(self.branch.tops)

    def _rows(self, places: Iterable[Place]) -> Iterator[Row | More]:
        for place in places:
            yield self._row(place)
            if place.unit_id in self.opened:
                shown = self.branch.first_below(place)
                yield from self._rows(shown)
                if left := len(self.branch.below(place)) - len(shown):
                    more = self.view.query(siblings=len(shown) + SIBLINGS)
                    columns = len(self.cells.themes) + BESIDE_THEMES
                    yield More(place.unit_id, place.layer + 1, left, more, len(shown), columns)

    def _row(self, place: Place) -> Row:
        is_open = place.unit_id in self.opened
        folds = self.branch.folds(place)
        return Row(
            unit_id=place.unit_id,
            name=place.name,
            url=self._address_of(place.unit_id),
            layer=place.layer,
            fold=("open" if is_open else "closed") if folds else "",
            fold_url=self.view.query(opened=self.opened ^ {place.unit_id}) if folds else "",
            cells=self.cells.of(place.unit_id),
        )


def _key(metric: Metric) -> list[KeyStep]:
    if metric is Metric.FAVOURABLE:
        return share_key()
    lowest, highest = USUAL
    return heat_key(lowest, highest) if metric is Metric.MEAN else difference_key(highest - lowest)
