import pytest
from surveys.models import Mail, Wave
from surveys.waves.services import open_due_waves

from ..factories import BEFORE, FIRST, city

pytestmark = pytest.mark.django_db


def test_a_due_cycle_opens_a_wave_that_invites_everyone_in_its_units() -> None:
    made = city({"City": 1, "City/Care": 2, "City/Works": 3})
    made.active("City/Care")
    assert open_due_waves(FIRST) == 1
    wave = Wave.objects.get()
    assert wave.invitations.count() == 2
    assert list(wave.units.values_list("name", "position", "parent_position", "invited")) == [
        ("City", 0, None, 0),
        ("Care", 1, 0, 2),
    ]
    assert Mail.objects.filter(kind="invitation", state="due", due_at=FIRST).count() == 2
