"""An open wave, built row by row: a small organisation of which a test says the groups and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from accounts.models import Organisation
from orgunits.models import Employee, OrgUnit
from surveys.answering.services import Answers, submit
from surveys.answering.tickets import answered_in
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import (
    Cycle,
    Invitation,
    Mail,
    Question,
    QuestionText,
    Theme,
    Wave,
    WaveQuestion,
    WaveUnit,
)

OPENED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
numbers = count(1)


@dataclass
class OpenWave:
    wave: Wave
    units: dict[str, OrgUnit]
    invitations: dict[str, list[Invitation]] = field(default_factory=dict)

    @property
    def questions(self) -> list[WaveQuestion]:
        return list(self.wave.questions.all())

    def link(self, invitation: Invitation, kind: Mail.Kind = Mail.Kind.INVITATION) -> str:
        """The token of a mail that was sent to this person."""
        token = new_token()
        Mail.objects.create(
            organisation=self.wave.organisation,
            wave=self.wave,
            invitation=invitation,
            kind=kind,
            state=Mail.State.SENT,
            due_at=OPENED,
            token_hash=token_hash(token),
        )
        return token

    def answer(
        self,
        unit: str,
        rows: Iterable[Sequence[int | None]],
        *,
        now: datetime = OPENED + timedelta(hours=1),
        comment: str = "",
    ) -> int:
        """The next people of the unit who did not answer yet give these scores."""
        comments = {"": comment} if comment else {}
        people = zip(rows, self.silent(unit), strict=False)
        answers = [Answers(one.pk, list(scores), comments) for scores, one in people]
        return submit(self.wave, answers, now=now)

    def silent(self, unit: str) -> list[Invitation]:
        answered = answered_in(self.wave)
        return [one for one in self.invitations[unit] if one.pk not in answered]


def organisation(**fields: object) -> Organisation:
    number = next(numbers)
    return Organisation.objects.create(name=f"Organisation {number}", slug=f"org-{number}", **fields)


def open_wave(
    sizes: dict[str, int], *, questions: int = 2, points: int = 5, turned: bool = False, minimum: int = 5
) -> OpenWave:
    """`sizes`: people per own group, by path of names with `/`, parents first ("City", "City/Care")."""
    tenant = organisation(minimum_group=minimum)
    units = _units(tenant, sizes)
    cycle = Cycle.objects.create(
        organisation=tenant,
        name="Pulse",
        state=Cycle.State.ACTIVE,
        recurrence="FREQ=WEEKLY",
        starts_on=date(2026, 3, 2),
        created_at=OPENED,
    )
    cycle.units.add(next(iter(units.values())))
    wave = Wave.objects.create(
        organisation=tenant,
        cycle=cycle,
        number=1,
        name="Pulse",
        scheduled_for=OPENED,
        opened_at=OPENED,
        closes_at=OPENED + timedelta(days=7),
        minimum_group=tenant.minimum_group,
        comment_allowed=True,
        invited=sum(sizes.values()),
    )
    _questions(wave, questions, points, turned)
    built = OpenWave(wave, units)
    for position, (path, size) in enumerate(sizes.items()):
        parent = path.rpartition("/")[0]
        WaveUnit.objects.create(
            organisation=tenant,
            wave=wave,
            unit=units[path],
            position=position,
            parent_position=list(sizes).index(parent) if parent else None,
            name=units[path].name,
            invited=size,
        )
        built.invitations[path] = _invitations(wave, units[path], size)
    return built


def _units(tenant: Organisation, sizes: dict[str, int]) -> dict[str, OrgUnit]:
    units: dict[str, OrgUnit] = {}
    for path in sizes:
        parent, _, name = path.rpartition("/")
        if parent:
            above = OrgUnit.objects.get(pk=units[parent].pk)
            units[path] = above.add_child(organisation=tenant, name=name)
        else:
            units[path] = OrgUnit.add_root(organisation=tenant, name=name)
    return units


def _questions(wave: Wave, number: int, points: int, turned: bool) -> None:
    theme = Theme.objects.create(
        organisation=wave.organisation, code="energy", name_en="Energy", name_nl="Energie"
    )
    for position in range(number):
        text = {
            "code": f"energy_{position + 1}",
            "kind": QuestionText.Kind.AGREEMENT if points == 5 else QuestionText.Kind.SCALE,
            "points": points,
            "reversed": turned,
            "text_en": f"Statement {position + 1}",
            "text_nl": f"Stelling {position + 1}",
        }
        question = Question.objects.create(organisation=wave.organisation, theme=theme, **text)
        WaveQuestion.objects.create(
            organisation=wave.organisation,
            wave=wave,
            question=question,
            theme=theme,
            position=position,
            **text,
        )


def _invitations(wave: Wave, unit: OrgUnit, size: int) -> list[Invitation]:
    people = [
        Employee(
            organisation=wave.organisation,
            employee_id=f"E{number}",
            email=f"e{number}@example.org",
            unit=unit,
        )
        for number in (next(numbers) for _ in range(size))
    ]
    Employee.objects.bulk_create(people)
    return Invitation.objects.bulk_create(
        Invitation(
            organisation=wave.organisation,
            wave=wave,
            employee=person,
            unit=unit,
            email=person.email,
            language="en",
        )
        for person in people
    )
