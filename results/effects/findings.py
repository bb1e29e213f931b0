"""What was found once is kept: final figures never change, so what comes of them does not either."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from results.effects.comparing import Compared
from results.effects.effect import Effect
from results.effects.models import Finding, FindingRun
from results.queries import released_waves
from results.queries.waves import NEWEST_VERDICT
from surveys.models import Wave


def kept(compared: Compared) -> dict[int, Effect] | None:
    """By theme; None when nobody looked yet."""
    finding = Finding.objects.filter(organisation=compared.organisation, key=compared.key).first()
    if finding is None:
        return None
    return {theme_id: Effect.from_json(effect) for theme_id, effect in finding.effects}


def keep(compared: Compared, effects: Mapping[int, Effect]) -> None:
    told = [[theme_id, effect.as_json()] for theme_id, effect in effects.items()]
    finding = Finding(organisation=compared.organisation, key=compared.key, effects=told)
    Finding.objects.bulk_create([finding], ignore_conflicts=True)  # of two that look at once, either is right


def waves_to_look_at(organisation: Organisation | None = None) -> QuerySet[Wave]:
    """Shown waves, of one organisation or all, with which nobody looked again at what had begun."""
    waves = released_waves(organisation).filter(kind=Wave.Kind.RECURRING)
    return waves.filter(~Exists(FindingRun.objects.filter(wave=OuterRef("pk"))))


def looked_at(waves: Iterable[Wave], *, now: datetime) -> None:
    runs = [FindingRun(organisation_id=wave.organisation_id, wave=wave, read_at=now) for wave in waves]
    FindingRun.objects.bulk_create(runs, ignore_conflicts=True)


def withdrawn_waves(organisation: Organisation | None = None) -> QuerySet[Wave]:
    """With which somebody looked, and which are not shown any more: the newest audit found a breach."""
    waves = Wave.objects.alias(holds=NEWEST_VERDICT).filter(holds=False)
    waves = waves.filter(Exists(FindingRun.objects.filter(wave=OuterRef("pk"))))
    return waves if organisation is None else waves.filter(organisation=organisation)


def forget_withdrawn(organisation: Organisation) -> bool:
    """Whether there was something: then all is found anew, as any of it may come from their figures."""
    gone, _by_table = FindingRun.objects.filter(wave__in=withdrawn_waves(organisation)).delete()
    if gone:
        Finding.objects.filter(organisation=organisation).delete()
    return bool(gone)


def forget_others(organisation: Organisation, keys: Collection[str]) -> None:
    Finding.objects.filter(organisation=organisation).exclude(key__in=keys).delete()
