"""20,000 people in 2,000 units with 26 waves of 12 themes, and with all that a page about them may show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, User
from actions.models import Action
from actions.services import Plan, plan_action
from listening.replay.founding import root_of
from orgunits.access import scope_of
from orgunits.models import ChangeEvent, OrgUnit, Role, RoleGrant
from results.comments.models import CommentPool, ReleasedComment
from results.lagging.models import Indicator, IndicatorValue
from results.services import close_wave
from results.signals.models import Signal
from results.signals.raising import read_wave
from results.verdicts import audit_wave
from surveys.cycles.drafts import start_draft
from surveys.cycles.templates import TEMPLATES
from surveys.models import Cycle, Theme, Wave
from surveys.waves.services import open_wave, stop_accepting

from . import organisations

PEOPLE, UNITS, WAVES, THEMES = 20_000, 2_000, 26, 12
WEEKS_APART = 4
COMMENTS, EVENTS, MONTHS, ACTIONS = 150, 60, 24, 500
DECLINE = 0.04  # points a wave, in one directorate, so that there are signals
COPIED = (
    "surveys_wavequestion",
    "surveys_waveunit",
    "results_participation",
    "results_release",
    "results_waveverdict",
)
# A figure of an earlier wave: with what chance makes of so many answers, and higher where there is a decline.
EARLIER_MEAN = """
    greatest(1, least(5, mean + 2 * (random() + random() + random() - 1.5) / sqrt(n)
        + (unit_id = ANY(%(declining)s))::int * %(decline)s))
"""


@dataclass(frozen=True, slots=True)
class History:
    """`wave`: the last closed one; `opened`: one that people answer now; `everyone` has all roles."""

    organisation: Organisation
    root: OrgUnit
    department: OrgUnit
    team: OrgUnit
    wave: Wave
    opened: Wave
    draft: Cycle
    everyone: User
    leader: User

    @property
    def signal(self) -> Signal:
        return Signal.objects.filter(organisation=self.organisation).order_by("-weight")[0]

    @property
    def change(self) -> ChangeEvent:
        return ChangeEvent.objects.filter(organisation=self.organisation).order_by("on")[EVENTS // 2]

    @property
    def action(self) -> Action:
        return Action.objects.filter(organisation=self.organisation).order_by("starts_on")[ACTIONS // 2]


@cache
def made() -> History:
    """One wave asked, answered and closed as it goes; the others are copies of it, before it in time."""
    wave = organisations.made("boards", people=PEOPLE, units=UNITS, questions=THEMES, themes=THEMES)
    organisation, now = wave.organisation, timezone.now()
    root = root_of(organisation)
    department = OrgUnit.objects.filter(organisation=organisation, depth=2)[0]
    team = OrgUnit.objects.filter(organisation=organisation, numchild=0).order_by("-depth")[0]
    organisations.everyone_answers(wave, now=wave.opened_at)
    Wave.objects.filter(pk=wave.pk).update(closes_at=now)
    stop_accepting(wave.pk, now=now)
    close_wave(wave.pk, now=now)
    audit_wave(wave.pk, now=now)
    wave.refresh_from_db()
    _analyse()
    declining = list(
        OrgUnit.objects.get_descendants(department, include_self=True).values_list("pk", flat=True)
    )
    for number in range(1, WAVES):
        _copy_back(wave, number, declining)
    _add_comments(wave, (root, department, team))
    departments = list(OrgUnit.objects.filter(organisation=organisation, depth=2))
    sections = OrgUnit.objects.filter(organisation=organisation, depth=3)[:: organisations.BRANCHES]
    _add_changes([root, *sections], today=now.date())
    _add_indicators([root, *departments], today=now.date())
    _analyse()
    read_wave(wave, now=now)
    _agree(organisation, wave.questions.all()[0].theme, now)
    opened = _open_again(wave, now)
    everyone = _user("hr", root, Role.HR, Role.DIRECTOR, Role.PRIVACY_OFFICER, Role.IT_ADMINISTRATOR)
    leader = _user("leader", department, Role.MANAGER)
    plan = TEMPLATES[0].plan(scope_of(everyone, on=timezone.localdate()), today=now.date())
    draft = start_draft(organisation, plan=plan, by=everyone, now=now)
    _analyse()
    return History(organisation, root, department, team, wave, opened, draft, everyone, leader)


def _copy_back(wave: Wave, number: int, declining: list[int]) -> None:
    """The same wave, its units, questions and released figures, so many waves earlier."""
    copy = Wave.objects.get(pk=wave.pk)
    copy.pk = None
    copy.number = wave.number + number
    for moment in ("scheduled_for", "opened_at", "closes_at"):
        setattr(copy, moment, getattr(copy, moment) - timedelta(weeks=WEEKS_APART * number))
    copy.save()
    decline = DECLINE * min(number, THEMES)
    with connection.cursor() as cursor:
        for table in COPIED:
            columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
            kept = [f'"{one}"' for one in columns if one not in ("id", "wave_id")]
            read = [EARLIER_MEAN if one == '"mean"' else one for one in kept]
            cursor.execute(
                f"INSERT INTO {table} (wave_id, {', '.join(kept)})"  # noqa: S608 - names of our own tables
                f" SELECT %(to)s, {', '.join(read)} FROM {table} WHERE wave_id = %(of)s ORDER BY id",
                {"of": wave.pk, "to": copy.pk, "declining": declining, "decline": decline},
            )


def _add_comments(wave: Wave, units: Iterable[OrgUnit]) -> None:
    for unit in units:
        pool = CommentPool.objects.create(
            organisation=wave.organisation, wave=wave, unit=unit, own_groups=[unit.pk], n=COMMENTS
        )
        ReleasedComment.objects.bulk_create(
            ReleasedComment(
                organisation=wave.organisation,
                pool=pool,
                text=f"Comment {number}: too many meetings and too little time in between. " * 2,
            )
            for number in range(COMMENTS)
        )


def _add_changes(units: Sequence[OrgUnit], *, today: date) -> None:
    """In the work, over two years: of so few units of a layer that the others can be compared with them."""
    ChangeEvent.objects.bulk_create(
        ChangeEvent(
            organisation=units[0].organisation,
            name=f"Change {number}",
            kind="system",
            on=today - timedelta(days=700 * number // EVENTS),
            unit=units[number % len(units)],
        )
        for number in range(EVENTS)
    )


def _add_indicators(units: Sequence[OrgUnit], *, today: date) -> None:
    """Monthly figures of HR, over two years."""
    organisation = units[0].organisation
    months = [date(today.year - 2 + place // 12, 1 + place % 12, 1) for place in range(MONTHS)]
    for name in ("Sick leave", "Turnover", "Overtime"):
        indicator = Indicator.objects.create(
            organisation=organisation, name=name, unit_of_measure="%", changed_at=timezone.now()
        )
        IndicatorValue.objects.bulk_create(
            IndicatorValue(
                organisation=organisation, indicator=indicator, unit=unit, month=month, value=unit.pk % 7
            )
            for unit in units
            for month in months
        )


def _agree(organisation: Organisation, theme: Theme, now: datetime) -> None:
    """Actions of units all over the tree, begun in the course of a year."""
    units = OrgUnit.objects.filter(organisation=organisation).order_by("pk")
    for number, unit in enumerate(units[:: UNITS // ACTIONS]):
        on = now.date() - timedelta(days=365 * number // ACTIONS)
        plan_action(unit, Plan(f"Step {number}", on, on + timedelta(weeks=8), theme=theme), by=None, now=now)


def _open_again(wave: Wave, now: datetime) -> Wave:
    """The next wave of the same cycle, on its second day, with live figures."""
    Cycle.objects.filter(pk=wave.cycle_id).update(
        state=Cycle.State.ACTIVE, next_opens_at=now, recurrence="FREQ=DAILY;INTERVAL=14", starts_on=now.date()
    )
    opened = open_wave(wave.cycle, now=now)
    assert opened is not None
    organisations.everyone_answers(opened, now=now, days=1)
    return opened


def _user(name: str, unit: OrgUnit, *roles: Role) -> User:
    user = User.objects.create_user(f"{name}@boards.example", organisation=unit.organisation, language="en")
    yesterday = timezone.localdate() - timedelta(days=1)
    for role in roles:
        RoleGrant.objects.create(
            organisation=unit.organisation, user=user, role=role, unit=unit, starts_on=yesterday
        )
    return user


def _analyse() -> None:
    """As the database does by itself, some time after so many new rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
