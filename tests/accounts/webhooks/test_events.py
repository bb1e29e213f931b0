"""What other systems hear: that something happened and where to read it, never of whom or what."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.webhooks.delivering import deliver_next
from accounts.webhooks.models import Delivery, Webhook
from accounts.webhooks.services import make_webhook
from orgunits.models import OrgUnit, Role
from results.signals.announcing import announce_raised
from results.signals.raising import read_waves
from results.signals.services import change_state
from results.verdicts import audit_wave
from tests.accounts.webhooks.receiver import Receiver
from tests.dashboards.test_signals import PATHS, VALUES, raised
from tests.factories import user_with
from tests.results.closing import close
from tests.results.signals.released import Released, organisation_with, release_wave
from tests.waves import OPENED, open_wave

pytestmark = pytest.mark.django_db

Event = Webhook.Event


def listen(root: OrgUnit, receiver: Receiver, *events: Event) -> Webhook:
    user = user_with(Role.IT_ADMINISTRATOR, root)
    made, _secret = make_webhook(user, name="Tasks", url=receiver.url, events=events, now=OPENED)
    return made


def told(receiver: Receiver, webhook: Webhook) -> list[dict[str, object]]:
    while deliver_next(webhook.pk, now=timezone.now()):
        pass
    return [json.loads(one.body)["data"] for one in receiver.received]


@pytest.fixture
def made() -> Released:
    made = organisation_with(PATHS)
    for value in VALUES:
        release_wave(made, {"energy": [3.7, 3.6, value, 3.8]}, [40, 20, 9, 11])
    return made


def test_a_changed_state_is_told_once_and_without_what_it_is_about(
    made: Released, receiver: Receiver
) -> None:
    signal = raised(made)
    webhook = listen(made.units["City"], receiver, Event.SIGNAL_CHANGED)
    manager = user_with(Role.MANAGER, made.units["City/Care"])
    for _twice in range(2):
        change_state(signal, "acting", by=manager, now=timezone.now())
    change_state(signal, "closed", reason="solved", by=manager, now=timezone.now())
    address = f"{settings.BASE_URL}/signals/{signal.pk}/"
    same = {"signal": signal.pk, "wave": signal.wave_id, "url": address}
    assert told(receiver, webhook) == [same | {"state": "acting"}, same | {"state": "closed"}]
    everything = "".join(one.body for one in receiver.received)
    assert not any(word in everything for word in ("Night", "Energy", "energy", "0.4", "solved"))


def test_a_change_that_is_rolled_back_is_told_to_nobody(made: Released, receiver: Receiver) -> None:
    webhook = listen(made.units["City"], receiver, Event.SIGNAL_CHANGED)
    with pytest.raises(ValueError, match="closed"):
        change_state(raised(made), "closed", by=user_with(Role.HR, made.units["City"]), now=timezone.now())
    assert told(receiver, webhook) == []


def test_what_a_new_signal_explains_is_not_told_beside_it(made: Released, receiver: Receiver) -> None:
    webhook = listen(made.units["City"], receiver, Event.SIGNAL_RAISED)
    older = raised(made, "City", wave=made.waves[-2])
    head = raised(made, "City/Care")
    raised(made, "City/Care/Night", within=head)
    later = raised(made, "City/Works", within=older)
    announce_raised(made.waves[-1], now=timezone.now())
    assert [one["signal"] for one in told(receiver, webhook)] == [head.pk, later.pk]


def test_reading_a_wave_tells_what_it_raised(made: Released, receiver: Receiver) -> None:
    webhook = listen(made.units["City"], receiver, Event.SIGNAL_RAISED)
    signal = raised(made)
    assert made.waves[-1] in read_waves(made.organisation, now=timezone.now())
    assert signal.pk in {one["signal"] for one in told(receiver, webhook)}


def test_a_wave_is_told_of_once_its_figures_are_shown(receiver: Receiver, client: Client) -> None:
    opened = open_wave({"City": 6})
    opened.answer("City", [[4, 4]] * 3 + [[2, 3]] * 3)
    webhook = listen(opened.units["City"], receiver, Event.WAVE_RELEASED)
    close(opened.wave, audited=False)
    assert told(receiver, webhook) == []
    assert audit_wave(opened.wave.pk, now=timezone.now())
    audit_wave(opened.wave.pk, now=timezone.now() + timedelta(hours=1), again=True)
    [data] = told(receiver, webhook)
    assert data["wave"] == opened.wave.pk
    client.force_login(user_with(Role.HR, opened.units["City"]))
    path = str(data["url"]).removeprefix(settings.BASE_URL)
    assert path == reverse("api:wave", args=[opened.wave.pk])
    assert client.get(path).json()["id"] == data["wave"]


def test_a_page_on_which_a_state_is_changed_writes_the_message_down(
    made: Released, receiver: Receiver, client: Client
) -> None:
    """As the web process, which may not read the secret."""
    signal = raised(made)
    listen(made.units["City"], receiver, Event.SIGNAL_CHANGED)
    client.force_login(user_with(Role.MANAGER, made.units["City/Care"]))
    client.post(reverse("signal_state", args=[signal.pk]), {"state": "seen"})
    assert Delivery.objects.get().event == Event.SIGNAL_CHANGED
