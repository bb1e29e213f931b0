"""What the reader of the heatmap chose, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dashboards.addresses import number, numbers

SIBLINGS = 100  # units of one branch shown at first
MOST_SIBLINGS = 1000


class Metric(TextChoices):
    MEAN = "mean", _("Average")
    FAVOURABLE = "favourable", _("Favourable")
    CHANGE = "change", _("Change")
    GAP = "gap", _("Against the organisation")


@dataclass(frozen=True, slots=True)
class View:
    """A wave, the branch `within` one unit, unfolded units, a theme to sort by ("-code": lowest first).

    `siblings`: how many units of one branch are shown.
    """

    wave_id: int | None = None
    within: int | None = None
    opened: frozenset[int] | None = None
    everything: bool = False
    metric: Metric = Metric.MEAN
    sort: str = ""
    siblings: int = SIBLINGS

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> View:
        opened = query.get("open")
        metric = query.get("metric", "")
        return cls(
            wave_id=number(query.get("wave", "")),
            within=number(query.get("within", "")),
            opened=None if opened is None else frozenset(numbers(opened)),
            everything=opened == "all",
            metric=Metric(metric) if metric in Metric.values else Metric.MEAN,
            sort=query.get("sort", ""),
            siblings=min(max(number(query.get("siblings", "")) or SIBLINGS, SIBLINGS), MOST_SIBLINGS),
        )

    @property
    def theme(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def lowest_first(self) -> bool:
        return self.sort.startswith("-")

    def query(self, **changes: Any) -> str:
        """The address of the same view with some of it changed; only `sort` may be anything."""
        view = replace(self, **changes)
        opened = "all" if view.everything else view.opened and ",".join(map(str, sorted(view.opened)))
        stated = {
            "wave": view.wave_id,
            "within": view.within,
            "open": "none" if view.opened is not None and not opened else opened,
            "metric": "" if view.metric is Metric.MEAN else view.metric.value,
            "sort": quote_plus(view.sort),
            "siblings": "" if view.siblings == SIBLINGS else view.siblings,
        }
        return "?" + "&".join([f"{key}={value}" for key, value in stated.items() if value])
