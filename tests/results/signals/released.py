"""An organisation whose waves released given figures, written as rows: signals need no answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from accounts.models import Organisation
from orgunits.models import OrgUnit
from results.models import Release
from results.signals.raising import read_wave
from surveys.models import Cycle, Question, QuestionText, Theme, Wave, WaveQuestion, WaveUnit
from tests.factories import OrganisationFactory, unit_tree
from tests.waves import OPENED

Floats = NDArray[np.float64]

INTERVAL = timedelta(days=14)


@dataclass
class Released:
    organisation: Organisation
    units: dict[str, OrgUnit]
    themes: dict[str, Theme]
    waves: list[Wave]

    def read_all(self) -> None:
        """From the fifth wave on; before that nothing can be raised of three figures."""
        for wave in self.waves[4:]:
            read_wave(wave, now=wave.closes_at)


def organisation_with(paths: Sequence[str], themes: Sequence[str] = ("energy",)) -> Released:
    organisation = OrganisationFactory.create()
    units = unit_tree(*paths, organisation=organisation)
    made = {
        code: Theme.objects.create(organisation=organisation, code=code, name_en=code.title(), name_nl=code)
        for code in themes
    }
    Question.objects.bulk_create(
        Question(organisation=organisation, theme=theme, **_text(code)) for code, theme in made.items()
    )
    Cycle.objects.create(
        organisation=organisation,
        name="Pulse",
        state=Cycle.State.ACTIVE,
        recurrence="FREQ=WEEKLY;INTERVAL=2",
        starts_on=date(2026, 3, 2),
        created_at=OPENED,
    )
    return Released(organisation, units, made, [])


def _text(code: str) -> dict[str, str]:
    return {"code": f"{code}_1", "text_en": f"About {code}.", "text_nl": f"Over {code}."}


def release_wave(
    made: Released,
    means: dict[str, Sequence[float]],
    n: Sequence[int],
    *,
    thirds: Sequence[tuple[int, int, int]] | None = None,
    at: datetime | None = None,
) -> Wave:
    """`means` by theme, in the order of the units; NaN where nothing is released."""
    organisation, number = made.organisation, len(made.waves) + 1
    opened = at or OPENED + INTERVAL * (number - 1)
    wave = Wave.objects.create(
        organisation=organisation,
        cycle=Cycle.objects.get(organisation=organisation),
        number=number,
        name="Pulse",
        state=Wave.State.CLOSED,
        scheduled_for=opened,
        opened_at=opened,
        closes_at=opened + timedelta(days=7),
        closed_at=opened + timedelta(days=7),
        minimum_group=5,
        comment_allowed=True,
    )
    found = [*Question._default_manager.filter(organisation=organisation)]
    questions = {one.theme.code: one for one in found}
    WaveQuestion.objects.bulk_create(
        WaveQuestion(
            organisation=organisation,
            wave=wave,
            question=questions[code],
            theme=made.themes[code],
            position=position,
            kind=QuestionText.Kind.AGREEMENT,
            **_text(code),
        )
        for position, code in enumerate(means)
    )
    paths = list(made.units)
    WaveUnit.objects.bulk_create(
        WaveUnit(
            organisation=organisation,
            wave=wave,
            unit=unit,
            name=unit.name,
            position=place,
            parent_position=paths.index(path.rpartition("/")[0]) if "/" in path else None,
            invited=n[place],
        )
        for place, (path, unit) in enumerate(made.units.items())
    )
    Release.objects.bulk_create(
        Release(
            organisation=organisation,
            wave=wave,
            unit=unit,
            question=questions[code],
            released_at=wave.closes_at,
            blocks=[unit.pk],
            n=n[place],
            mean=values[place],
            invited=n[place] * 2,
            covered=n[place] * 2,
            **(dict(zip(("low", "middle", "high"), thirds[place], strict=True)) if thirds else {}),
        )
        for code, values in means.items()
        for place, unit in enumerate(made.units.values())
        if not np.isnan(values[place])
    )
    made.waves.append(wave)
    return wave
