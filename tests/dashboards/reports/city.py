"""A city of which a directorate and a team have figures over three waves, and another team has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils.translation import override

from dashboards.reports.content import Report, report_of
from orgunits.access import scope_of
from orgunits.models import OrgUnit, Role
from results.models import Participation, Release
from surveys.models import Theme, Wave, WaveQuestion, WaveUnit
from tests.factories import user_with
from tests.waves import OpenWave, open_wave

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MONTH = timedelta(weeks=4)
SIZES = {"City": 10, "City/Care": 10, "City/Care/North": 14, "City/Care/South": 3, "City/Works": 60}
MEANS = {"City": 3.3, "City/Care": 3.4, "City/Care/North": 2.7, "City/Works": 4.1}


@dataclass
class Rows:
    """The figures are put into the ledger as they are.

    South has one in the first wave only, and Care none in the second.
    """

    first: OpenWave
    waves: list[Wave] = field(default_factory=list)

    def unit(self, path: str) -> OrgUnit:
        unit: OrgUnit = OrgUnit.objects.get(pk=self.first.units[path].pk)
        return unit

    def report(self, path: str, role: Role = Role.DIRECTOR, *, at: str = "", language: str = "en") -> Report:
        """As someone with the role on the unit `at` (default: the same) sees it."""
        user = user_with(role, self.unit(at or path))
        with override(language):
            found = report_of(scope_of(user, on=NOW.date()), self.unit(path), self.waves[-1], now=NOW)
        assert found
        return found


def rows_of_a_city() -> Rows:
    first = open_wave(SIZES, questions=2)
    _second_theme(first.wave)
    Wave.objects.update(state=Wave.State.CLOSED)
    first.wave.refresh_from_db()
    built = Rows(first, [first.wave])
    for _number in range(2):
        built.waves.append(_next(built.waves[-1]))
    _release(first.wave, first.units["City/Care/South"], 1.9, n=6)
    for place, wave in enumerate(built.waves):
        for path, mean in MEANS.items():
            if not (place == 1 and path == "City/Care"):
                _release(wave, first.units[path], mean + place / 10, n=SIZES[path])
    return built


def _second_theme(wave: Wave) -> None:
    question = wave.questions.order_by("position").last()
    assert question
    theme = Theme.objects.create(
        organisation=wave.organisation, code="load", name_en="=Load", name_nl="=Last", position=9
    )
    WaveQuestion.objects.filter(pk=question.pk).update(theme=theme)


def _next(last: Wave) -> Wave:
    copies: list[WaveUnit | WaveQuestion] = [
        *WaveUnit.objects.filter(wave=last),
        *WaveQuestion.objects.filter(wave=last),
    ]
    wave = Wave.objects.get(pk=last.pk)
    wave.pk, wave.number = None, last.number + 1
    for name in ("scheduled_for", "opened_at", "closes_at"):
        setattr(wave, name, getattr(last, name) + MONTH)
    wave.save()
    for copy in copies:
        copy.pk, copy.wave = None, wave
        copy.save()
    return wave


def _release(wave: Wave, unit: OrgUnit, mean: float, *, n: int) -> None:
    for question in wave.questions.order_by("position"):
        Release.objects.create(
            organisation=wave.organisation,
            wave=wave,
            unit=unit,
            question=question.question,
            released_at=wave.closes_at,
            blocks=[unit.pk],
            n=n,
            mean=mean + question.position / 2,
            low=2,
            middle=2,
            high=n - 4,
            invited=n + 2,
            covered=n,
        )
    Participation.objects.create(
        organisation=wave.organisation, wave=wave, unit=unit, answered=n, invited=n + 2
    )
