"""A verdict in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from results.audit.certificate import Certified
from results.audit.evidence import Evidence
from results.audit.judging import Verdict, sentence

MOST_BREACHES = 20


def lines(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    yield (
        f"wave {verdict.wave}: {verdict.figures} figures and {len(evidence.comments)} pools of comments "
        f"over {len(evidence.atoms)} atoms, at least {verdict.minimum} people"
    )
    yield f"  {'what':<38}{'questions':>10}{'groups':>9}{'smallest':>10}{'at least':>10}{'programmes':>12}"
    for statistic, found in by_statistic(verdict).items():
        yield "  " + _row(statistic, found)
    wrong = what_is_wrong(evidence, verdict)
    for text in wrong[:MOST_BREACHES]:
        yield f"  BREACH {text}"
    if len(wrong) > MOST_BREACHES:
        yield f"  … and {len(wrong) - MOST_BREACHES} more"
    yield f"  {verdict.risk.sentence}"
    yield f"  verdict: {'holds' if verdict.passed else 'BREACH'}"


def summary(evidence: Evidence, verdict: Verdict) -> dict[str, Any]:
    """The same, to be kept: figures, a row per family, and what is wrong."""
    rows = [
        {
            "statistic": statistic,
            "groups": sum(one.groups for one in found),
            "smallest": min((one.smallest for one in found if one.smallest is not None), default=None),
            "threshold": found[0].threshold,
            "holds": all(one.holds for one in found),
        }
        for statistic, found in by_statistic(verdict).items()
    ]
    wrong = what_is_wrong(evidence, verdict)
    return {"figures": verdict.figures, "rows": rows, "wrong": wrong[:MOST_BREACHES], "count": len(wrong)}


def by_statistic(verdict: Verdict) -> dict[str, list[Certified]]:
    found: dict[str, list[Certified]] = {}
    for certified in verdict.certified:
        found.setdefault(certified.statistic, []).append(certified)
    return found


def what_is_wrong(evidence: Evidence, verdict: Verdict) -> list[str]:
    breaches = [
        sentence(evidence, certified, breach)
        for certified in verdict.certified
        for breach in certified.breaches
    ]
    contradictions = [
        f"{one.question or ''} {one.statistic}: {text}"
        for one in verdict.certified
        for text in one.contradictions
    ]
    return [*breaches, *contradictions, *verdict.problems]


def _row(statistic: str, found: Sequence[Certified]) -> str:
    smallest = min((one.smallest for one in found if one.smallest is not None), default=None)
    questions = sum(one.question is not None for one in found)
    return (
        f"{statistic:<38}{questions or '':>10}{sum(one.groups for one in found):>9}"
        f"{'–' if smallest is None else smallest:>10}{found[0].threshold:>10}"
        f"{sum(one.programmes for one in found):>12}  {'ok' if all(one.holds for one in found) else 'NO'}"
    )
