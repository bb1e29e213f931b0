"""An open wave whose mails are due: rows as opening would leave them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, cast

from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.models import Cycle, Invitation, Mail, Question, Theme, Wave, WaveQuestion

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
numbers = count(1)


def make_organisation(**fields: Any) -> Organisation:
    number = next(numbers)
    fields = {"name": "Gemeente Voorbeeld", "mails_per_minute": 100_000} | fields
    organisation = Organisation.objects.create(slug=f"organisation-{number}", **fields)
    OrgUnit.add_root(organisation=organisation, name=organisation.name)
    return organisation


def make_wave(organisation: Organisation, *, questions: int = 5, **fields: Any) -> Wave:
    cycle = Cycle.objects.create(
        organisation=organisation,
        name="Pulse",
        recurrence="FREQ=WEEKLY",
        starts_on=date(2026, 3, 3),
        created_at=NOW,
    )
    times = {"scheduled_for": NOW, "opened_at": NOW, "closes_at": NOW + timedelta(days=7)}
    wave = Wave.objects.create(
        organisation=organisation,
        cycle=cycle,
        **({"number": 1, "name": "Pulse", "minimum_group": 5, "comment_allowed": True} | times | fields),
    )
    for position in range(questions):
        add_question(wave, position)
    return wave


def add_question(wave: Wave, position: int) -> None:
    code, text = f"{wave.organisation.slug}-{position}", {"text_en": "I can.", "text_nl": "Ik kan."}
    theme = Theme.objects.create(organisation=wave.organisation, code=code, name_en=code, name_nl=code)
    question = Question.objects.create(organisation=wave.organisation, theme=theme, code=code, **text)
    WaveQuestion.objects.create(
        organisation=wave.organisation,
        wave=wave,
        question=question,
        theme=theme,
        code=code,
        position=position,
        **text,
    )


def make_mail(
    wave: Wave, *, email: str = "", first_name: str = "Noor", language: str = "en", **fields: Any
) -> Mail:
    number = next(numbers)
    email = email or f"person-{number}@example.org"
    unit = cast(OrgUnit, OrgUnit.objects.get(organisation=wave.organisation, depth=1))
    employee = Employee.objects.create(
        organisation=wave.organisation,
        employee_id=str(number),
        email=email,
        first_name=first_name,
        unit=unit,
        language=language,
    )
    invitation = Invitation.objects.create(
        organisation=wave.organisation,
        wave=wave,
        employee=employee,
        unit=unit,
        email=email,
        language=language,
    )
    return queue(invitation, **fields)


def queue(invitation: Invitation, *, kind: str = Mail.Kind.INVITATION, **fields: Any) -> Mail:
    due_at = fields.pop("due_at", NOW)
    organisation, wave = invitation.organisation, invitation.wave
    return Mail.objects.create(
        organisation=organisation, wave=wave, invitation=invitation, kind=kind, due_at=due_at, **fields
    )


def make_mails(wave: Wave, number: int, **fields: Any) -> list[Mail]:
    return [make_mail(wave, **fields) for _ in range(number)]


def make_many_mails(wave: Wave, number: int) -> None:
    """As `make_mails`, in four queries."""
    organisation, first = wave.organisation, next(numbers) * 1_000_000
    unit = cast(OrgUnit, OrgUnit.objects.get(organisation=organisation, depth=1))
    employees = Employee.objects.bulk_create(
        Employee(
            organisation=organisation,
            employee_id=str(first + place),
            email=f"person-{first + place}@example.org",
            first_name="Noor",
            unit=unit,
        )
        for place in range(number)
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(
            organisation=organisation,
            wave=wave,
            employee=one,
            unit=unit,
            email=one.email,
            language=one.language,
        )
        for one in employees
    )
    Mail.objects.bulk_create(
        Mail(organisation=organisation, wave=wave, invitation=one, kind=Mail.Kind.INVITATION, due_at=NOW)
        for one in invitations
    )


def states(wave: Wave) -> list[str]:
    """The states of a wave's mails, in order of making."""
    return list(wave.mails.order_by("pk").values_list("state", flat=True))
