"""The pages about webhooks, for HR and IT of the whole organisation."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.webhooks import services
from accounts.webhooks.models import Delivery, Webhook, WebhookSecret
from accounts.webhooks.outbox import announce
from orgunits.models import OrgUnit, Role
from tests.database import web_role
from tests.factories import OrgUnitFactory, unit_tree, user_with

pytestmark = pytest.mark.django_db

ADDRESS = "https://tasks.example.org/hook?key=hidden"
PAGE = reverse("orgunits:webhooks")
FORM = {"name": "Tasks", "url": ADDRESS, "events": ["signal.raised", "wave.released"]}


@pytest.fixture
def city() -> OrgUnit:
    return unit_tree("City")["City"]


@pytest.fixture
def it(city: OrgUnit, client: Client) -> Client:
    client.force_login(user_with(Role.IT_ADMINISTRATOR, city))
    return client


def post(client: Client, name: str, **data: str) -> str:
    address = reverse(f"orgunits:{name}", args=[Webhook.objects.get().pk])
    return client.post(address, data, follow=True).content.decode()


def secret_in(page: str) -> str:
    return page.partition('secret">whsec_')[2].partition("<")[0]


def test_the_secret_is_shown_once(it: Client) -> None:
    secret = secret_in(it.post(PAGE, FORM).content.decode())
    assert len(secret) == 44
    [webhook] = Webhook.objects.all()
    page = it.get(reverse("orgunits:webhook", args=[webhook.pk])).content.decode()
    assert "Tasks" in page
    assert secret not in page
    assert ADDRESS in page


def test_the_audit_log_holds_no_secret_and_no_key_of_the_address(it: Client) -> None:
    secret = secret_in(it.post(PAGE, FORM).content.decode())
    for name, data in (
        ("webhook_test", {}),
        ("webhook_secret", {}),
        ("webhook_switch", {"to": "off"}),
        ("webhook_switch", {"to": "on"}),
        ("webhook_remove", {}),
    ):
        post(it, name, **data)
    events = list(AuditEvent.objects.filter(action__startswith="webhook.").order_by("pk"))
    done = ["made", "tested", "secret_renewed", "off", "on", "removed"]
    assert [event.action for event in events] == [f"webhook.{what}" for what in done]
    assert events[0].detail["host"] == "tasks.example.org"
    details = "".join(str(event.detail) for event in events)
    assert secret not in details
    assert "hidden" not in details
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


def test_a_new_secret_is_shown_and_differs(it: Client) -> None:
    first = secret_in(it.post(PAGE, FORM).content.decode())
    second = secret_in(post(it, "webhook_secret"))
    assert second
    assert first != second
    assert WebhookSecret.objects.filter(ends_at=None).count() == 1
    assert "An old secret still holds" in post(it, "webhook_test")


def test_the_web_process_cannot_read_a_secret_back(it: Client) -> None:
    it.post(PAGE, FORM)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), web_role():
        list(WebhookSecret.objects.values_list("sealed"))


def test_a_test_message_waits_in_the_list(it: Client) -> None:
    it.post(PAGE, FORM)
    assert "a test" in post(it, "webhook_test")
    assert Delivery.objects.get().delivered_at is None


def test_the_list_says_how_a_message_went(it: Client) -> None:
    it.post(PAGE, FORM)
    webhook = Webhook.objects.get()
    announce(
        webhook.organisation, Webhook.Event.SIGNAL_RAISED, about="1", data={"signal": 7}, now=timezone.now()
    )
    Delivery.objects.update(tries=2, status=503, problem=Delivery.Problem.STATUS)
    page = it.get(reverse("orgunits:webhook", args=[webhook.pk])).content.decode()
    assert "try 2 of 10" in page
    assert "the other system refused it (503)" in page
    assert "&quot;signal&quot;: 7" in page


@pytest.mark.parametrize(
    "url", ["http//tasks", "ftp://tasks.example.org", "https://me:word@tasks.example.org/"]
)
def test_a_wrong_address_is_refused_on_the_page(it: Client, url: str) -> None:
    page = it.post(PAGE, FORM | {"url": url}).content.decode()
    assert "One thing needs your attention" in page
    assert not Webhook.objects.exists()


def test_there_are_ten_at_most(it: Client) -> None:
    for _number in range(services.MOST):
        it.post(PAGE, FORM)
    assert "10 webhooks already" in it.post(PAGE, FORM).content.decode()
    assert Webhook.objects.count() == services.MOST


def test_a_role_for_a_part_of_the_organisation_opens_nothing(city: OrgUnit, client: Client) -> None:
    client.force_login(user_with(Role.HR, OrgUnitFactory.create(parent=city, name="Care")))
    assert client.get(PAGE).status_code == 403


def test_the_menu_leads_there_for_who_may(it: Client, client: Client, city: OrgUnit) -> None:
    assert f'href="{PAGE}"' in it.get(PAGE).content.decode()
    client.force_login(user_with(Role.MANAGER, city))
    assert f'href="{PAGE}"' not in client.get("/signals/").content.decode()
