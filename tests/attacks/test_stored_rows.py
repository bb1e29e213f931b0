"""What someone learns who reads the tables of a closed wave, from a backup for instance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from results.mixing import mix
from results.models import Response
from tests.results.closing import close
from tests.waves import OPENED, open_wave

pytestmark = pytest.mark.django_db


def test_the_last_to_answer_is_not_told_from_the_others_by_what_the_row_says() -> None:
    built = open_wave({"City": 8})
    built.answer("City", [(1, 2), (3, 4), (2, 2), (5, 5), (4, 1)])
    mix(built.wave.pk)
    built.answer("City", [(1, 1)], now=OPENED + timedelta(days=4))
    assert built.wave.invitations.filter(answered_on__gt=OPENED).count() == 1, "the day says who was last"
    close(built.wave)
    assert Response.objects.values("portion").distinct().count() == 1
