"""Who answered, for whoever holds the key: a ticket is a keyed hash of the invitation.

It is put in with the answer, in one transaction, and the database takes each only once. The invitation stays
as it was, so nothing that is stored, and no version of a row, relates a person to an answer.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from surveys.answering.keys import LostKeyError, derived_key
from surveys.models import Invitation, Ticket, Wave

logger = logging.getLogger(__name__)


def tickets_of(wave: Wave, invitation_ids: Iterable[int]) -> dict[int, bytes]:
    """By invitation. Raises LostKeyError."""
    key = derived_key(wave.key_name, purpose="tickets")
    return {one: hmac.digest(key, str(one).encode(), "sha256") for one in invitation_ids}


def ticket_of(wave: Wave, invitation_id: int) -> bytes:
    return tickets_of(wave, [invitation_id])[invitation_id]


def has_answered(wave: Wave, invitation_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM surveys_ticket WHERE value = %s", [ticket_of(wave, invitation_id)])
        return bool(cursor.rowcount)


def answered_in(wave: Wave) -> set[int]:
    """Ids of the invitations of those who answered."""
    given = {bytes(value) for value in Ticket.objects.filter(wave=wave).values_list("pk", flat=True)}
    if not given:
        return set()
    invited = Invitation.objects.filter(wave=wave).values_list("pk", flat=True)
    return {one for one, ticket in tickets_of(wave, invited.iterator()).items() if ticket in given}


def without_those_who_answered(people: QuerySet[Invitation], waves: Iterable[Wave]) -> QuerySet[Invitation]:
    """Of a wave whose key is lost nobody: any of them may have answered."""
    answered: set[int] = set()
    for wave in waves:
        try:
            answered |= answered_in(wave)
        except LostKeyError as error:
            logger.error("no reminders in wave %s: %s", wave.pk, error)
            people = people.exclude(wave=wave)
    return people.exclude(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(answered)]))
