"""Closed waves of a small city whose figures are put into the ledger as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from orgunits.models import OrgUnit
from results.models import Release
from surveys.models import Wave, WaveQuestion, WaveUnit
from tests.waves import OpenWave, open_wave

FIRST = datetime(2025, 1, 6, 8, tzinfo=UTC)
WEEK = timedelta(weeks=1)
FIVE = 5  # answers of each of two kinds, from which shares follow


class Town:
    def __init__(self, *paths: str, questions: int = 3) -> None:
        sizes = dict.fromkeys(paths or ("City", "City/Care"), 0)
        self.first: OpenWave = open_wave(sizes, questions=questions)
        Wave.objects.update(state=Wave.State.CLOSED)
        self.first.wave.refresh_from_db()
        self.waves = [self.first.wave]

    @property
    def units(self) -> dict[str, OrgUnit]:
        return self.first.units

    def wave(self, *, after: timedelta) -> Wave:
        """The next one, with the same units and questions."""
        last = self.waves[-1]
        units, questions = WaveUnit.objects.filter(wave=last), WaveQuestion.objects.filter(wave=last)
        copies: list[WaveUnit | WaveQuestion] = [*units, *questions]
        wave = Wave.objects.get(pk=last.pk)
        wave.pk = None
        wave.number += 1
        wave.scheduled_for += after
        wave.opened_at += after
        wave.closes_at += after
        wave.save()
        for copy in copies:
            copy.pk, copy.wave = None, wave
            copy.save()
        self.waves.append(wave)
        return wave

    def release(self, wave: Wave, path: str, means: Sequence[float], *, n: int) -> None:
        """Sixty of a hundred answers are favourable, where there are ten or more."""
        favourable = n * 6 // 10
        shares = {"low": n - favourable, "middle": 0, "high": favourable} if n >= 2 * FIVE else {}
        for question, mean in zip(wave.questions.order_by("position"), means, strict=True):
            Release.objects.create(
                organisation=wave.organisation,
                wave=wave,
                unit=self.units[path],
                question=question.question,
                released_at=wave.closes_at,
                blocks=[self.units[path].pk],
                n=n,
                mean=mean,
                invited=n,
                covered=n,
                **shares,
            )

    def release_all(self, wave: Wave, means: Mapping[str, float], *, n: int) -> None:
        """One mean per unit, the same for each question."""
        for path, mean in means.items():
            self.release(wave, path, [mean] * wave.questions.count(), n=n)
