from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts import audit
from accounts.models import AuditEvent
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def event() -> AuditEvent:
    organisation = OrganisationFactory.create()
    user = UserFactory.create(organisation=organisation)
    written = audit.record(organisation, "unit.renamed", by=user, now=NOON, target=organisation, before="A")
    connection.check_constraints()  # PostgreSQL truncates nothing that it still has to check
    return written


def test_an_event_says_who_did_what_to_what_and_when(event: AuditEvent) -> None:
    kept = AuditEvent.objects.get()
    assert (kept.at, kept.actor, kept.action) == (NOON, event.actor, "unit.renamed")
    assert kept.target == f"accounts.organisation:{event.organisation_id}"
    assert kept.detail == {"before": "A"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditevent SET action = 'nothing'",
        "UPDATE accounts_auditevent SET actor_id = NULL",
        "DELETE FROM accounts_auditevent",
        "TRUNCATE accounts_auditevent CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_log(statement: str, event: AuditEvent) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "unit.renamed"


def test_the_log_cannot_be_changed_through_the_model(event: AuditEvent) -> None:
    event.action = "nothing"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()


def test_an_event_goes_with_the_change_it_is_about() -> None:
    organisation = OrganisationFactory.create()
    with transaction.atomic():
        audit.record(organisation, "unit.renamed", by=None, now=NOON)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
