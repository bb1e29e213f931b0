"""What people do about signals."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import Organisation, User
from results.signals.announcing import announce_changed
from results.signals.models import DigestChoice, Signal, SignalSetting


@transaction.atomic
def change_state(signal: Signal, state: str, *, reason: str = "", by: User, now: datetime) -> None:
    """New, seen, being acted on, or closed with a reason; a closed one can be opened again."""
    reason = reason if state == Signal.State.CLOSED else ""
    if state not in Signal.State.values or (state == Signal.State.CLOSED) != (reason in Signal.Reason.values):
        raise ValueError(state, reason)
    others = Signal.objects.filter(pk=signal.pk).exclude(state=state, reason=reason)
    if not others.update(state=state, reason=reason, changed_at=now):
        return  # a second click
    done = record(
        signal.organisation,
        "signal.changed",
        by=by,
        now=now,
        target=signal,
        before=signal.state,
        after=state,
        reason=reason,
    )
    announce_changed(signal, state, number=done.pk, now=now)


@transaction.atomic
def choose_digest(user: User, frequency: str, *, now: datetime) -> None:
    if user.organisation is None or frequency not in DigestChoice.Frequency.values:
        raise ValueError(frequency)
    DigestChoice.objects.update_or_create(
        user=user, defaults={"organisation": user.organisation, "frequency": frequency}
    )
    record(user.organisation, "signals.digest_chosen", by=user, now=now, frequency=frequency)


@transaction.atomic
def set_sensitivity(organisation: Organisation, sensitivity: str, *, by: User, now: datetime) -> None:
    """From the next wave on."""
    if sensitivity not in SignalSetting.Sensitivity.values:
        raise ValueError(sensitivity)
    setting, _new = SignalSetting.objects.get_or_create(organisation=organisation)
    before = setting.sensitivity
    if before == sensitivity:
        return
    SignalSetting.objects.filter(pk=setting.pk).update(sensitivity=sensitivity)
    record(organisation, "signals.sensitivity_changed", by=by, now=now, before=before, after=sensitivity)
