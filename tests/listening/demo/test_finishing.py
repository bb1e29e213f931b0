"""Waves are closed beside the process that gathers their answers, or after it."""

from __future__ import annotations

import pytest

from listening.demo.finishing import Finishing, finish_beside, finish_here
from listening.replay.engine import ReplayError
from results.models import Release, WaveVerdict
from surveys.models import Wave
from surveys.waves.services import stop_accepting
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db(transaction=True)


def answered() -> OpenWave:
    built = open_wave({"City": 8})
    built.answer("City", [(1, 2), (3, 4), (2, 2), (5, 5), (4, 1)])
    stop_accepting(built.wave.pk, now=built.wave.closes_at)
    return built


@pytest.mark.parametrize("finishing", [finish_beside, finish_here])
def test_what_is_given_is_closed_and_judged_at_the_end(finishing: Finishing) -> None:
    wave = answered().wave
    with finishing() as give:
        give(wave)
    assert Wave.objects.get().state == Wave.State.CLOSED
    assert Release.objects.filter(wave=wave).count() == 2
    assert WaveVerdict.objects.get(wave=wave).audited_at == wave.closes_at


def test_a_wave_that_cannot_be_closed_is_an_error_here_too(capfd: pytest.CaptureFixture[str]) -> None:
    wave = answered().wave
    Wave.objects.filter(pk=wave.pk).delete()
    with pytest.raises(ReplayError, match="could not be closed"), finish_beside() as give:
        give(wave)
    assert "DoesNotExist" in capfd.readouterr().err
