"""The list of signals of one's own layer, and the page of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.addresses import addresses_of
from dashboards.signals.drawing import Drawing, drawing
from dashboards.signals.writing import written_dots, written_parts, written_rows
from dashboards.unit.page import Step
from orgunits.access import Scope
from orgunits.models import ChangeEvent, OrgUnit, Role
from results import queries as figures
from results.signals import queries
from results.signals.models import DigestChoice, Signal, SignalSetting, Titled
from results.signals.queries import Noise
from results.signals.telling import LIKELY, Telling, beside, tell, title
from surveys.models import Question

PAST = 20
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One signal in the list, with those it explains."""

    signal: Signal
    telling: Telling
    url: str
    parts: int

    @property
    def is_likely(self) -> bool:
        return bool(self.signal.evidence["probability"] >= LIKELY)


@dataclass(frozen=True, slots=True)
class PastLine:
    signal: Signal
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SignalList:
    """`weak`: those that are probably chance. `noise` and `sensitivity` are for HR only.

    `is_read`: a wave was looked at already. `unread`: how many are still to be looked at.
    """

    sentence: str
    lines: list[Line] = field(default_factory=list)
    weak: list[Line] = field(default_factory=list)
    past: list[PastLine] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    sensitivity: str = ""
    is_read: bool = False
    unread: int = 0
    digest: str = ""

    @property
    def frequencies(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in DigestChoice.Frequency.choices]

    @property
    def now(self) -> Noise | None:
        return next((one for one in self.noise if one.sensitivity == self.sensitivity), None)

    @property
    def sensitivities(self) -> list[tuple[Noise, str]]:
        return [(one, str(SignalSetting.Sensitivity(one.sensitivity).label)) for one in self.noise]


def signal_list(scope: Scope) -> SignalList:
    units, shown = scope.units().values("pk"), queries.shown_waves(scope.organisation)
    heads = queries.heads(scope.organisation, units, most=SHOWN, shown=shown)
    explained = queries.units_explained(scope.organisation, units, heads, shown)
    unread = queries.unread_waves(scope.organisation).count()
    questions = queries.questions_of(heads)
    lines = [
        Line(
            signal,
            tell(signal, questions),
            reverse("signal", args=[signal.pk]),
            explained.get(signal.pk, 0),
        )
        for signal in heads
    ]
    is_hr = scope.has_on_root(Role.HR)
    return SignalList(
        sentence=_sentence(heads) if heads or not unread else "",
        unread=unread,
        lines=[line for line in lines if line.is_likely],
        weak=[line for line in lines if not line.is_likely],
        past=list(map(_line, queries.past(scope.organisation, units, shown).listed()[:PAST])),
        noise=queries.noise(scope.organisation) if is_hr else [],
        sensitivity=queries.sensitivity(scope.organisation) if is_hr else "",
        digest=queries.digest_choice(scope.user),
        is_read=bool(heads or figures.closed_waves_bare(scope.organisation, last=1)),
    )


def _sentence(heads: Sequence[Signal]) -> str:
    """What is going on, on top of the page."""
    sure = [signal for signal in heads if signal.evidence["probability"] >= LIKELY]
    if not heads:
        return _("Nothing shifts in your part of the organisation more than chance would make it.")
    if not sure:
        return _("There are weak signals only: each of these is probably chance.")
    words = {"count": len(sure), "first": title(sure[0])}
    if len(sure) == 1:
        return _("One signal is rather more than chance than not. %(first)s.") % words
    return _("%(count)s signals are rather more than chance than not. The weightiest: %(first)s.") % words


@dataclass(frozen=True, slots=True)
class EffectLink:
    """To what a change may have done, against units where it did not happen."""

    event: ChangeEvent
    url: str


@dataclass(frozen=True, slots=True)
class SignalPage:
    """`within`: the signal that explains this one; `parts`: those it explains, where the viewer sees them.

    `beside`: what more may explain it.
    """

    signal: Signal
    telling: Telling
    beside: list[str]
    path: list[Step]
    drawing: Drawing | None
    questions: list[tuple[Question, float, float]]
    within: PastLine | None
    parts: SafeString
    unit_url: str
    effects: list[EffectLink]

    @property
    def dots(self) -> SafeString:
        return written_dots(self.drawing.dots if self.drawing else ())

    @property
    def rows(self) -> SafeString:
        return written_rows(self.drawing.rows if self.drawing else ())

    @property
    def is_spread(self) -> bool:
        return self.signal.kind == Signal.Kind.DISAGREEMENT

    @property
    def is_part(self) -> bool:
        """Its size is no number of points."""
        return self.is_spread or self.signal.kind == Signal.Kind.TOPIC

    @property
    def points(self) -> float:
        return abs(float(self.signal.evidence["size"]))

    @property
    def percent(self) -> int:
        return round(100 * float(self.signal.evidence["size"]))

    @property
    def percent_error(self) -> int:
        return round(100 * float(self.signal.evidence["error"]))

    @property
    def is_gap(self) -> bool:
        return self.signal.kind in {Signal.Kind.FRICTION, Signal.Kind.LAYER_GAP}


def signal_page(scope: Scope, signal: Signal) -> SignalPage:
    queries.as_still_shown(scope.organisation, [signal])
    events = queries.events_of([signal])[signal.pk]
    texts = queries.questions_of([signal])
    seen = queries.signals_in_reach(scope)
    within = seen.filter(pk=signal.within_id).listed().first() if signal.within_id else None
    return SignalPage(
        signal=signal,
        telling=tell(signal, texts),
        beside=beside(signal, events),
        path=_path(scope, signal.unit, title(signal)),
        drawing=drawing(signal.evidence, events),
        questions=[
            (texts[one["question"]], one["before"], one["now"])
            for one in signal.evidence.get("questions", ())
            if one["question"] in texts
        ],
        within=_line(within) if within else None,
        parts=_parts(seen.filter(within=signal).ongoing().titled(), signal),
        unit_url=reverse("unit", args=[signal.unit_id]),
        effects=_effects(scope, events),
    )


def _parts(found: Iterable[Titled], head: Signal) -> SafeString:
    """One per unit, without the unit of the signal itself."""
    by_unit: dict[int, Titled] = {}
    for part in found:
        if part.unit_id != head.unit_id:
            by_unit.setdefault(part.unit_id, part)
    address = addresses_of("signal")
    return written_parts((address(part.pk), part.unit, title(part)) for part in by_unit.values())


def _effects(scope: Scope, events: Sequence[ChangeEvent]) -> list[EffectLink]:
    return [
        EffectLink(event, reverse("change_effect", args=[event.pk]))
        for event in events
        if scope.reaches(event.unit)
    ]


def _line(signal: Signal) -> PastLine:
    return PastLine(signal, title(signal), reverse("signal", args=[signal.pk]))


def _path(scope: Scope, unit: OrgUnit, last: str) -> list[Step]:
    return [Step(_("Signals"), reverse("signals")), Step(last)]
