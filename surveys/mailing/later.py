"""What becomes of a mail after a server took it: delivered, returned, or called spam.

Each is recorded once; hearing it again changes nothing. A mail is found by an id that only its sender and its
recipient's servers know, and what is recorded concerns that mail and its address in its own organisation.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys.mailing.outcomes import clean
from surveys.mailing.refused import note_refused
from surveys.models import Invitation, Mail

State = Mail.State
OUT = (State.SENDING, State.SENT, State.UNCONFIRMED)
# RFC 3463: 4.x.x may still work out, 5.2.2 is a full mailbox, 5.7.x is about the sender or the text.
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"\b([45])\d\d\b")
COMPLAINT = "The recipient reported this mail as spam."


def on_tracking(sender: type[Any], event: AnymailTrackingEvent, esp_name: str, **_more: Any) -> None:
    """A receiver of Anymail's signal. Who opened a mail or followed its link is not looked at."""
    take_event(event, now=timezone.now())


@transaction.atomic
def take_event(event: AnymailTrackingEvent, *, now: datetime) -> bool:
    """Whether it changed anything."""
    mail = find_mail(event.message_id)
    if mail is None or not is_for(mail, event.recipient):
        return False
    words = clean(str(event.mta_response or event.description or event.event_type))
    match event.event_type:
        case EventType.DELIVERED:
            return note_delivered(mail, at=event.timestamp or now)
        case EventType.COMPLAINED:
            return note_complaint(mail, now=now)
        case EventType.BOUNCED | EventType.REJECTED:
            named = event.reject_reason in {RejectReason.BOUNCED, RejectReason.INVALID}
            bad = named and not is_temporary(event) and is_about_address(words)
            return note_returned(mail, words, bad_address=bad, now=now)
        case EventType.FAILED:
            return note_returned(mail, words, bad_address=False, now=now)
    return False


def find_mail(*ids: str | None) -> Mail | None:
    """Locked. By our own Message-ID or the id that the mail service gave it."""
    known = {one.strip() for one in ids if one and one.strip()}
    if not known:
        return None
    ours = known | {f"<{one}>" for one in known if not one.startswith("<")}
    found = Mail.objects.filter(Q(message_id__in=ours) | Q(service_id__in=known))
    return found.select_for_update(of=("self",)).select_related("invitation").first()


def is_for(mail: Mail, address: str | None) -> bool:
    return not address or address.strip().lower() == mail.invitation.email.lower()


def is_temporary(event: AnymailTrackingEvent) -> bool:
    """As some services name it."""
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    kinds = (raw.get("Type"), raw.get("bounceType"), raw.get("severity"))
    return bool({"SoftBounce", "Transient", "temporary"} & {str(kind) for kind in kinds})


def is_about_address(words: str) -> bool:
    """Whether mail to this address will go on failing. Without any code the report's own word has to do."""
    if status := STATUS.search(words):
        kind, subject, detail = status.groups()
        return kind == "5" and subject != "7" and (subject, detail) != ("2", "2")
    reply = REPLY.search(words)
    return reply is None or reply[1] == "5"


def note_delivered(mail: Mail, *, at: datetime) -> bool:
    fresh = Mail.objects.filter(pk=mail.pk, delivered_at=None)
    # Of a worker that died it was not known, and now it is. One that lives says so itself.
    fresh.filter(state=State.UNCONFIRMED).update(state=State.SENT, sent_at=at, error="")
    return bool(fresh.filter(state__in=OUT).update(delivered_at=at))


def note_returned(mail: Mail, words: str, *, bad_address: bool, now: datetime) -> bool:
    sent = Mail.objects.filter(pk=mail.pk, state__in=[State.SENT, State.UNCONFIRMED])
    if not sent.update(state=State.REFUSED, sent_at=None, error=words):
        return False
    if bad_address:
        note_refused(mail, words, now=now)
    return True


def note_complaint(mail: Mail, *, now: datetime) -> bool:
    """The mail did arrive, so it counts as sent; the address gets no more of them.

    Who complains of a reminder gets none in this wave: on the list of refused addresses HR would see them as
    someone who had not answered.
    """
    if not Mail.objects.filter(pk=mail.pk, complained_at=None).update(complained_at=now):
        return False
    if mail.kind == Mail.Kind.INVITATION:
        note_refused(mail, COMPLAINT, now=now)
    else:
        Invitation.objects.filter(pk=mail.invitation_id).update(reminders_stopped=True)
    return True
