"""A signal in two plain sentences, in the language in use; from templates, so that the numbers are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.days import in_words
from orgunits.models import ChangeEvent
from results.signals.models import Signal, Titled
from surveys.models import Question

HARDLY = 0.05  # points that a whole organisation moves without anyone speaking of a change
DECLINES = {Signal.Kind.DRIFT, Signal.Kind.COOPERATION, Signal.Kind.FRICTION}
ENOUGH_BESIDE = 3  # units, for a count of them not to tell about any one
LIKELY = 0.5  # from here on it is more likely than not that it is more than chance
SURE = ((0.95, 0), (0.8, 1), (0.5, 2), (0.2, 3), (0.0, 4))


@dataclass(frozen=True, slots=True)
class Telling:
    """`what` and `why` are the two sentences."""

    title: str
    what: str
    why: str


def tell(signal: Signal, questions: Mapping[int, Question]) -> Telling:
    return Telling(title(signal), what(signal), why(signal, questions))


def title(signal: Signal | Titled) -> str:
    words = {"theme": signal.theme, "unit": signal.unit}
    if signal.kind == Signal.Kind.DISAGREEMENT:
        return _("%(unit)s: answers about “%(theme)s” lie further apart") % words
    if signal.kind == Signal.Kind.FRICTION:
        return _("%(unit)s: clear on paper, friction in practice") % words
    if signal.kind == Signal.Kind.COOPERATION:
        return _("%(unit)s: cooperation with other teams slows") % words
    if signal.kind == Signal.Kind.TOPIC:
        return _("%(unit)s: more comments about %(topic)s") % (words | {"topic": topic(signal)})
    if signal.kind == Signal.Kind.LAYER_GAP:
        return _("%(unit)s: layers grow apart about “%(theme)s”") % words
    return _("%(unit)s: “%(theme)s” goes down") % words


def topic(signal: Signal | Titled) -> str:
    """As its newest comments name it."""
    return ", ".join(signal.terms or ()) or signal.topic


def what(signal: Signal) -> str:
    told = signal.evidence
    size = abs(float(told["size"]))
    words = {
        "unit": signal.unit,
        "theme": signal.theme,
        "topic": topic(signal),
        **{name: told.get(name) for name in ("now", "of_now", "before", "of_before")},
        "since": since(told),
        "points": points(size),
        "percent": round(100 * size),
        "scale": _("on a scale from %(lowest)s to %(highest)s")
        % {"lowest": told.get("lowest"), "highest": told.get("highest")},
        "others": _others(told.get("organisation")),
    }
    return _sentence(signal) % words


def _sentence(signal: Signal) -> str:
    if signal.kind == Signal.Kind.DISAGREEMENT:
        return _(
            "In %(unit)s people have answered more and more differently about “%(theme)s” since %(since)s: "
            "their answers now lie %(percent)s%% further apart."
        )
    if signal.kind == Signal.Kind.FRICTION:
        return _(
            "In %(unit)s the rules are as clear as they were, but since %(since)s work in practice has "
            "become harder: the distance between the two grew by %(points)s points %(scale)s."
        )
    if signal.kind == Signal.Kind.TOPIC:
        return _(
            "In %(unit)s more comments have been about %(topic)s since %(since)s: %(now)s of %(of_now)s in "
            "the last three waves, %(before)s of %(of_before)s before."
        )
    if signal.kind == Signal.Kind.LAYER_GAP:
        return _(
            "In %(unit)s those at the top and their people have seen “%(theme)s” more and more differently "
            "since %(since)s: the distance grew by %(points)s points %(scale)s."
        )
    if signal.unit.depth == 1:
        return _(
            "In the whole organisation “%(theme)s” has gone down since %(since)s, by %(points)s points "
            "%(scale)s."
        )
    return _(
        "In %(unit)s “%(theme)s” has gone down since %(since)s: by %(points)s points (%(scale)s) compared "
        "with the whole organisation, which %(others)s."
    )


def _others(moved: float | None) -> str:
    if moved is None or abs(moved) < HARDLY:
        return _("stayed about the same")
    if moved < 0:
        return _("went down by %(points)s points") % {"points": points(-moved)}
    return _("went up by %(points)s points") % {"points": points(moved)}


def since(told: Mapping[str, object]) -> str:
    """The month in which it began, with its range where that is longer."""
    start, first, last = (_month(told, name) for name in ("start", "earliest", "latest"))
    if first == last:
        return start
    return _("%(start)s (or some time from %(first)s to %(last)s)") % {
        "start": start,
        "first": first,
        "last": last,
    }


def _month(told: Mapping[str, object], name: str) -> str:
    place, steps = told[name], told["points"]
    assert isinstance(place, int)  # noqa: S101
    assert isinstance(steps, list)  # noqa: S101
    return in_words(date.fromisoformat(steps[place]["day"]), gettext_noop("F Y"))


def points(size: float) -> str:
    decimals = 1 if size >= 0.1 else 2
    return str(number_format(round(size, decimals), decimals))  # which by itself cuts decimals off


def why(signal: Signal, questions: Mapping[int, Question]) -> str:
    """How sure it is, and where it shows."""
    sure = sureness(signal.evidence["probability"])
    moved = next((one for one in signal.evidence.get("questions", ()) if one["question"] in questions), None)
    if moved is None or signal.kind not in DECLINES:
        return f"{sure}."
    question, before, now = questions[moved["question"]], points(moved["before"]), points(moved["now"])
    if now == before or moved["now"] > moved["before"]:  # it came back since
        return f"{sure}."
    words = {"sure": sure, "question": question.text.rstrip("."), "before": before, "now": now}
    return _most_moved(question.reversed) % words


def _most_moved(is_turned: bool) -> str:
    if is_turned:
        return _(
            "%(sure)s, and it shows most in “%(question)s” (turned round: higher is better), from "
            "%(before)s to %(now)s on average."
        )
    return _("%(sure)s, and it shows most in “%(question)s”, from %(before)s to %(now)s on average.")


def sureness(probability: float) -> str:
    level = next(level for least, level in SURE if probability >= least)
    words = (
        _("This is almost certainly more than chance (%(percent)s%%)"),
        _("This is probably more than chance (%(percent)s%%)"),
        _("This is rather more than chance than not (%(percent)s%%)"),
        _("This may be more than chance (%(percent)s%%), or not"),
        _("This could well be chance (%(percent)s%% that it is more)"),
    )
    return words[level] % {"percent": round(100 * min(probability, 0.99))}


def beside(signal: Signal, events: Sequence[ChangeEvent]) -> list[str]:
    """What more may explain it. `events`: as `queries.events_of` finds them."""
    told = signal.evidence
    found = [
        _("Around the start: %(event)s, on %(day)s (%(unit)s).")
        % {"event": event.name, "day": date_format(event.on, "j F Y"), "unit": event.unit}
        for event in events
    ]
    found += [
        _("More comments in %(unit)s are about %(topic)s than before.")
        % {"unit": signal.unit, "topic": terms}
        for terms in told.get("topics", ())
    ]
    siblings, above = told.get("siblings"), told.get("above")
    if siblings and siblings["of"] >= ENOUGH_BESIDE:
        found.append(_beside(siblings))
    if above is not None and signal.unit.depth > 2:
        found.append(
            _("The unit above it probably shows the same.")
            if above > 0.5
            else _("The unit above it as a whole does not show it.")
        )
    return found


def _beside(siblings: Mapping[str, int]) -> str:
    if not siblings["same"]:
        return _("None of the units beside it probably shows the same.")
    told = ngettext(
        "%(same)s of the %(of)s units beside it probably shows the same.",
        "%(same)s of the %(of)s units beside it probably show the same.",
        siblings["same"],
    )
    return told % siblings
