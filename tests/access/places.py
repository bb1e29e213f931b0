"""An organisation, two of its departments, and another organisation: about each, a row of every kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.api_tokens import make_token
from accounts.models import ApiToken, Organisation, User
from accounts.webhooks.models import Webhook
from accounts.webhooks.services import make_webhook
from dashboards.models import ReportRun
from orgunits.models import ChangeEvent, ImportRun, OrgUnit, Role
from results.comments.models import CommentPool, ReleasedComment
from results.lagging.models import Indicator
from results.models import FilterBand, FilterFigure, Release
from surveys.models import (
    BankImport,
    Cycle,
    LetterRun,
    Question,
    QuietPeriod,
    RefusedAddress,
    Theme,
    Wave,
    WaveQuestion,
    WaveUnit,
)
from tests.actions.steps import an_action
from tests.factories import RoleGrantFactory, UserFactory
from tests.signals import make_signal, point
from tests.waves import OPENED, OpenWave, open_wave

ANSWERS = 12
OVER = {
    *("api:wave", "api:wave_figures", "api:wave_filters", "api:wave_participation"),
    *("unit_filters", "privacy_wave", "privacy_export"),
}
ASKED_FOR = {"heatmap_branch", "unit_comments"}  # pages that take the wave after the question mark
SAID = {"signal_state": {"state": "seen"}, "action_close": {"outcome": "done"}}


@dataclass
class Place:
    """Rows about one unit, and of the organisation it is in; by what an address calls them."""

    unit: OrgUnit
    rows: dict[str, Any] = field(default_factory=dict)
    special: dict[str, int] = field(default_factory=dict)  # where pages call another kind of row the same

    def address(self, page: str, names: Iterable[str]) -> str:
        values = {name: self.special.get(f"{page}:{name}", self.rows[name]) for name in names}
        query = f"?wave={self.over}" if page in ASKED_FOR else ""
        return reverse(page, kwargs=values) + query

    @property
    def over(self) -> int:
        """The wave that has figures."""
        return self.special["unit_filters:wave_id"]


def places() -> tuple[Place, Place, Place, Place]:
    """Above, own, beside and elsewhere, as someone in Care sees them."""
    city = open_wave({"City": 0, "City/Care": ANSWERS, "City/Works": ANSWERS}, questions=1)
    town = open_wave({"Town": ANSWERS}, questions=1)
    above, care, works = (place(city, path) for path in ("City", "City/Care", "City/Works"))
    return above, care, works, place(town, "Town")


def place(built: OpenWave, path: str) -> Place:
    """What it holds was asked in this unit alone, of an organisation whose own cycle asks everyone."""
    unit = built.units[path]
    tenant = unit.organisation
    cycle = cycle_of(built, unit)
    over = wave_of(built, cycle, unit, number=1, state=Wave.State.CLOSED)
    running = wave_of(built, cycle, unit, number=2, state=Wave.State.OPEN)
    asked = built.wave.questions.get(position=0)
    release(over, unit, asked)
    made = Place(unit)
    theme = Theme.objects.create(organisation=tenant, code=f"own_{unit.pk}", name_en="Own", name_nl="Eigen")
    own = {"organisation": tenant}
    made.rows = {
        "unit_id": unit.pk,
        "cycle_id": cycle.pk,
        "wave_id": running.pk,
        "theme": asked.theme.code,
        "comment_id": comment(over, unit),
        "signal_id": make_signal(unit, over, evidence={"points": [point(over, 3.5, n=ANSWERS)]}).pk,
        "action_id": an_action(unit).pk,
        "change_id": ChangeEvent.objects.create(
            **own, name="Move", kind="move", on=timezone.localdate(), unit=unit
        ).pk,
        "grant_id": RoleGrantFactory.create(unit=unit, role=Role.MANAGER).pk,
        "run_id": ImportRun.objects.create(
            **own,
            state=ImportRun.State.REFUSED,
            file_name="people.csv",
            uploaded_at=OPENED,
            summary={"problems": 0},
        ).pk,
        "import_id": BankImport.objects.get_or_create(
            **own, defaults={"file_name": "questions.csv", "content": b"theme;kind", "uploaded_at": OPENED}
        )[0].pk,
        "indicator_id": Indicator.objects.create(**own, name=f"Sick leave {path}", changed_at=OPENED).pk,
        "address_id": RefusedAddress.objects.create(
            **own, email=f"{unit.pk}@example.org", refused_at=OPENED
        ).pk,
        "period_id": QuietPeriod.objects.create(
            **own, name="Elections", first_day=OPENED.date(), last_day=OPENED.date()
        ).pk,
        "webhook_id": webhook(tenant).pk,
        "theme_id": theme.pk,
        "question_id": Question.objects.create(**own, theme=theme, code=f"own_{unit.pk}_1").pk,
    }
    letters = LetterRun.objects.create(
        **own, wave=running, audience="units", form="pdf", state="ready", ordered_at=OPENED
    )
    made.special = {
        **{f"{page}:wave_id": over.pk for page in OVER},
        **{f"waves:{page}:run_id": letters.pk for page in ("fetch", "withdraw")},
    }
    return made


def belonging_to(viewer: User, place: Place) -> Place:
    """The same, where a token and a file are the viewer's own."""
    return Place(
        place.unit,
        place.rows | {"token_id": token(viewer)},
        place.special | {"report_file:run_id": report(viewer, place)},
    )


def webhook(tenant: Organisation) -> Webhook:
    user = UserFactory.create(organisation=tenant)
    address = "https://tasks.example.org/hook"
    made, _secret = make_webhook(
        user, name="Tasks", url=address, events=Webhook.Event.values, now=timezone.now()
    )
    return made


def token(user: User) -> int:
    day = timezone.localdate()
    make_token(user, name="Report", reads=[ApiToken.Reads.FIGURES], expires_on=day, now=timezone.now())
    return ApiToken.objects.filter(user=user).latest("pk").pk


def report(user: User, place: Place) -> int:
    run = ReportRun.objects.create(
        organisation=place.unit.organisation,
        user=user,
        unit=place.unit,
        wave_id=place.over,
        form="pdf",
        state="ready",
        asked_at=timezone.now(),
        file=b"%PDF",
    )
    return run.pk


def someone_of(place: Place) -> User:
    return UserFactory.create(organisation=place.unit.organisation)


def cycle_of(built: OpenWave, unit: OrgUnit) -> Cycle:
    cycle = Cycle.objects.get(pk=built.wave.cycle_id)
    cycle.pk, cycle.state, cycle.name = None, Cycle.State.DRAFT, f"Pulse of {unit}"
    cycle.save()
    cycle.units.set([unit])
    return cycle


def wave_of(built: OpenWave, cycle: Cycle, unit: OrgUnit, *, number: int, state: Wave.State) -> Wave:
    asked = list(built.wave.questions.all())
    wave = Wave.objects.get(pk=built.wave.pk)
    wave.pk, wave.cycle, wave.number, wave.state = None, cycle, number, state
    wave.scheduled_for = OPENED + timedelta(weeks=number)
    wave.save()
    chain = [*unit.get_ancestors(), unit]
    for position, one in enumerate(chain):
        WaveUnit.objects.create(
            organisation=wave.organisation,
            wave=wave,
            unit=one,
            position=position,
            parent_position=position - 1 if position else None,
            name=one.name,
            invited=ANSWERS if one == unit else 0,
        )
    for question in asked:
        question.pk, question.wave = None, wave
    WaveQuestion.objects.bulk_create(asked)
    return wave


def release(wave: Wave, unit: OrgUnit, asked: WaveQuestion) -> None:
    of_question = {
        "organisation": wave.organisation,
        "wave": wave,
        "question": asked.question,
        "released_at": OPENED,
        "n": ANSWERS,
        "mean": 3.5,
    }
    Release.objects.create(**of_question, unit=unit, blocks=[unit.pk], invited=ANSWERS, covered=ANSWERS)
    FilterBand.objects.create(
        organisation=wave.organisation, wave=wave, unit=unit, number=1, trait="age", values=["25-34"]
    )
    FilterFigure.objects.create(**of_question, band=1)


def comment(wave: Wave, unit: OrgUnit) -> UUID:
    pool = CommentPool.objects.create(
        organisation=wave.organisation, wave=wave, unit=unit, own_groups=[unit.pk], n=ANSWERS
    )
    return ReleasedComment.objects.create(organisation=wave.organisation, pool=pool, text="Fine.").pk
