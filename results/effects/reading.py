"""The figures before and after something began, of the units where it did and of others like them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from results import queries
from results.effects import findings
from results.effects.comparing import Beginning, Compared, compared_with
from results.effects.effect import Caution, Effect, Series
from results.panel import theme_means
from surveys.models import Theme, Wave


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    theme: Theme
    effect: Effect


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """`themes`: those of which enough is known, the clearest first."""

    before: list[Wave]
    after: list[Wave]
    themes: list[ThemeEffect]


def before_and_after(beginning: Beginning) -> BeforeAndAfter:
    """A few queries, whatever the number of units and waves. What was found before is not reckoned again."""
    compared = compared_with(beginning)
    effects = effects_of(compared) if compared.is_enough else {}
    themes = Theme.objects.in_bulk(effects)
    told = [
        ThemeEffect(themes[theme_id], _with_other_changes(effect, compared.crowded))
        for theme_id, effect in effects.items()
    ]
    told.sort(key=lambda one: (one.theme != beginning.theme, not one.effect.clear, -abs(one.effect.size)))
    return BeforeAndAfter(compared.before, compared.after, told)


def effects_of(compared: Compared) -> dict[int, Effect]:
    """By theme, in the bank's order."""
    known = findings.kept(compared)
    if known is None:
        known = dict(_effects(compared))
        findings.keep(compared, known)
    return known


def _effects(compared: Compared) -> Iterator[tuple[int, Effect]]:
    # Here: SciPy takes longer to load than all other pages together.
    from results.effects.estimating import effect
    from results.signals.ground import wave_times

    waves = queries.with_questions([*compared.before, *compared.after])
    times, since = wave_times(waves), [wave in compared.after for wave in waves]
    first = len(compared.affected)
    means = theme_means(waves, [*compared.affected, *compared.others])
    for theme in queries.themes(compared.after):
        if figures := means.get(theme.pk):
            series = Series(figures.mean, figures.n, figures.people)
            own, rest = series.of(slice(first)), series.of(slice(first, None))
            one = effect(own, rest, times=times, after=since, shifted=compared.shifted.get(theme.pk))
            if one:
                width = figures.width[:first]
                yield theme.pk, one.in_points(float(width[width > 0][0]) / 4)


def _with_other_changes(found: Effect, crowded: bool) -> Effect:
    return replace(found, cautions=(*found.cautions, Caution.OTHER_CHANGES)) if crowded else found
