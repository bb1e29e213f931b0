"""Ordering letters, making them in the background, fetching the file, and making the codes worthless.

Nothing here may depend on who answered: HR sees who gets a letter.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BinaryField, Func, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts import audit
from accounts.languages import spoken
from accounts.models import User
from orgunits.models import OrgUnit
from surveys.letters.codes import new_code, token_of
from surveys.letters.paper import Letter, as_csv, as_pdf
from surveys.letters.sealing import seal, unseal
from surveys.mailing.again import not_reached
from surveys.mailing.compose import absolute_url
from surveys.mailing.tokens import token_hash
from surveys.models import Invitation, LetterRun, Link, Wave, WaveUnit

KEPT = timedelta(days=1)
# Random bytes, for each row others: the hash of no token.
NO_TOKEN = Func(
    template="sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))",
    output_field=BinaryField(),
)
State = LetterRun.State


class LetterError(ValidationError):
    """Letters cannot be made or fetched; the message says why."""


@transaction.atomic
def order_letters(
    wave: Wave,
    *,
    audience: LetterRun.Audience,
    form: LetterRun.Form,
    units: Collection[OrgUnit] = (),
    by: User | None,
    now: datetime,
) -> LetterRun:
    """Raises LetterError when the wave takes no answers or nobody would get a letter."""
    if not _is_open(wave, now):
        raise LetterError(_("This wave is closed, so letters would come too late."))
    run = LetterRun.objects.create(
        organisation=wave.organisation,
        wave=wave,
        audience=audience,
        form=form,
        ordered_by=by,
        ordered_at=now,
    )
    run.units.set(units)
    run.letters = recipients(run).count()
    if not run.letters:
        raise LetterError(_("Nobody would get a letter. Choose other units."))
    run.save(update_fields=["letters"])
    audit.record(
        wave.organisation,
        "letters.ordered",
        by=by,
        now=now,
        target=run,
        wave=wave.pk,
        audience=audience,
        form=form,
        units=[unit.pk for unit in units],
        letters=run.letters,
    )
    return run


def recipients(run: LetterRun) -> QuerySet[Invitation]:
    """In the order in which the post is handed round: by unit, then by name."""
    people = Invitation.objects.filter(wave=run.wave, employee__isnull=False)
    if run.wave.kind != Wave.Kind.LEAVING:
        people = people.filter(employee__left_on=None)
    if run.audience == LetterRun.Audience.UNITS:
        people = people.filter(unit__in=_with_those_below(run))
    else:
        people = people.filter(Q(email="") | Q(pk__in=not_reached(run.wave).values("pk")))
    place = WaveUnit.objects.filter(wave=run.wave, unit=OuterRef("unit")).values("position")[:1]
    ordered = people.annotate(place=Subquery(place)).select_related("employee", "unit")
    return ordered.order_by("place", "employee__last_name", "employee__first_name", "pk")


def _with_those_below(run: LetterRun) -> list[int]:
    """The chosen units and all below them, in the tree as it was when the wave opened."""
    chosen = set(run.units.values_list("pk", flat=True))
    inside: dict[int, int] = {}
    for unit in WaveUnit.objects.filter(wave=run.wave).order_by("position"):
        if unit.unit_id in chosen or unit.parent_position in inside:
            inside[unit.position] = unit.unit_id
    return list(inside.values())


@transaction.atomic
def make_letters(run_id: int, *, now: datetime) -> bool:
    """Make the codes and the file, all or nothing; False when another worker is at it or it is done."""
    runs = LetterRun.objects.filter(pk=run_id, state=State.DUE).select_related("wave__organisation")
    run = runs.select_for_update(skip_locked=True, of=("self",)).first()
    if run is None:
        return False
    if not _is_open(run.wave, now):
        return _set_aside(run, State.ERASED)
    invitations = list(recipients(run))
    letters = [_letter(run, invitation) for invitation in invitations]
    Link.objects.bulk_create(
        Link(
            organisation_id=run.organisation_id,
            wave_id=run.wave_id,
            invitation=invitation,
            letter_run=run,
            token_hash=token_hash(token_of(letter.code)),
        )
        for invitation, letter in zip(invitations, letters, strict=True)
    )
    # A letter is read some day: it is good as long as the wave is open.
    Invitation.objects.filter(pk__in=[one.pk for one in invitations]).update(closes_at=None)
    run.sealed = seal(_file(run, letters), number=run.pk)
    run.state, run.made_at, run.letters = State.READY, now, len(letters)
    run.save(update_fields=["sealed", "state", "made_at", "letters"])
    return True


def _file(run: LetterRun, letters: list[Letter]) -> bytes:
    if run.form == LetterRun.Form.CSV:
        return as_csv(run.wave, letters)
    return as_pdf(run.wave, letters, questions=run.wave.questions.count())


def _letter(run: LetterRun, invitation: Invitation) -> Letter:
    code, person = new_code(), invitation.employee
    assert person is not None  # noqa: S101 - `recipients` leaves out those without
    return Letter(
        number=person.employee_id,
        first_name=person.first_name,
        last_name=person.last_name,
        unit=invitation.unit.name,
        language=spoken(invitation.language, run.organisation.language),
        code=code,
        link=absolute_url("answer", token_of(code)),
    )


@transaction.atomic
def fetch_letters(run: LetterRun, *, by: User | None, now: datetime) -> bytes:
    """The file, as often as it takes to print it well. Raises LetterError once it is erased."""
    if run.state != State.READY or run.sealed is None:
        raise LetterError(_("This file has been erased. Order the letters once more."))
    audit.record(run.organisation, "letters.fetched", by=by, now=now, target=run, letters=run.letters)
    return unseal(bytes(run.sealed), number=run.pk)


@transaction.atomic
def withdraw_letters(run: LetterRun, *, by: User | None, now: datetime) -> None:
    """For letters that went astray: their codes open nothing any more.

    That there was a letter stays known: an invitation that went out on paper is never taken back, and its
    other links never show whether it was used.
    """
    locked = LetterRun.objects.select_for_update().get(pk=run.pk)
    if locked.state == State.WITHDRAWN:
        return
    locked.links.update(token_hash=NO_TOKEN)
    _set_aside(locked, State.WITHDRAWN)
    audit.record(run.organisation, "letters.withdrawn", by=by, now=now, target=run, letters=run.letters)


def erase_old_letters(now: datetime) -> int:
    """Files that were there for a day, or whose wave is over; the letters themselves stay good."""
    over = Q(made_at__lte=now - KEPT) | Q(wave__closes_at__lte=now) | ~Q(wave__state=Wave.State.OPEN)
    old = LetterRun.objects.filter(over, state=State.READY).values("pk")
    return LetterRun.objects.filter(pk__in=old).update(sealed=None, state=State.ERASED)


def letters_due() -> list[int]:
    return list(LetterRun.objects.filter(state=State.DUE).values_list("pk", flat=True))


def _set_aside(run: LetterRun, state: LetterRun.State) -> bool:
    run.state, run.sealed = state, None
    run.save(update_fields=["state", "sealed"])
    return False


def _is_open(wave: Wave, now: datetime) -> bool:
    return wave.state == Wave.State.OPEN and wave.closes_at > now
