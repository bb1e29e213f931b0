"""Closing a wave the way the worker does it."""

from datetime import timedelta

from results.services import Closing, close_wave
from results.verdicts import audit_wave
from surveys.models import Wave
from tests.waves import OPENED

AFTER = OPENED + timedelta(days=8)


def close(wave: Wave, *, audited: bool = True) -> Closing | None:
    Wave.objects.filter(pk=wave.pk, state=Wave.State.OPEN).update(state=Wave.State.CLOSING)
    closing = close_wave(wave.pk, now=AFTER)
    if audited:
        audit_wave(wave.pk, now=AFTER)
    return closing
