"""What leaders wait for, with 20,000 people in 2,000 units and 26 waves of 12 themes in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from listening.replay.founding import root_of
from orgunits.models import OrgUnit, Role, RoleGrant
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.models import Wave
from surveys.waves.services import stop_accepting

from . import organisations
from .measures import Measure
from .pages import measured

PEOPLE, UNITS, WAVES, THEMES = 20_000, 2_000, 26, 12
WEEKS_APART = 4
MOST_MILLISECONDS, MOST_QUERIES, MOST_KILOBYTES = 100, 10, 150
COPIED = ("surveys_wavequestion", "surveys_waveunit", "results_participation", "results_release")


def measures() -> Iterator[Measure]:
    organisation, client = made()
    for name, path in addresses(organisation).items():
        milliseconds, queries = measured(client, path)
        yield Measure(name, milliseconds, "ms", at_most=MOST_MILLISECONDS)
        yield Measure("its queries", queries, "", at_most=MOST_QUERIES if "heatmap" in name else None)
        yield Measure("its size", len(client.get(path).content) / 1000, "kB", at_most=MOST_KILOBYTES)


def addresses(organisation: Organisation) -> dict[str, str]:
    root = root_of(organisation)
    department = root.get_children()[0]
    team = OrgUnit.objects.filter(organisation=organisation, numchild=0).order_by("-depth")[0]
    return {
        "heatmap": "/heatmap/",
        "heatmap, all open": "/heatmap/?open=all",
        "heatmap, sorted": f"/heatmap/?open={root.pk},{department.pk}&sort=theme%201",
        "heatmap, one branch": f"/heatmap/units/{department.pk}/",
        "team": f"/units/{team.pk}/",
        "department": f"/units/{department.pk}/",
        "organisation": f"/units/{root.pk}/",
    }


def made() -> tuple[Organisation, Client]:
    """One wave asked, answered and closed as it goes; the others are copies of it, before it in time."""
    wave = organisations.made("boards", people=PEOPLE, units=UNITS, questions=THEMES, themes=THEMES)
    organisations.everyone_answers(wave, now=wave.opened_at)
    now = timezone.now()
    Wave.objects.filter(pk=wave.pk).update(closes_at=now)
    stop_accepting(wave.pk, now=now)
    close_wave(wave.pk, now=now)
    for number in range(1, WAVES):
        copy_back(wave, number)
    for pk in Wave.objects.filter(organisation=wave.organisation).values_list("pk", flat=True):
        if pk == wave.pk:
            audit_wave(pk, now=now)
    user = User.objects.create_user("hr@boards.example", organisation=wave.organisation, language="en")
    for role in (Role.HR, Role.DIRECTOR):
        RoleGrant.objects.create(
            organisation=wave.organisation,
            user=user,
            role=role,
            unit=root_of(wave.organisation),
            starts_on=now.date() - timedelta(days=1),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return wave.organisation, client


def copy_back(wave: Wave, number: int) -> Wave:
    """The same wave, its units, questions and released figures, so many waves earlier."""
    copy = Wave.objects.get(pk=wave.pk)
    copy.pk = None
    copy.number = wave.number + number
    for moment in ("scheduled_for", "opened_at", "closes_at"):
        setattr(copy, moment, getattr(copy, moment) - timedelta(weeks=WEEKS_APART * number))
    copy.save()
    with connection.cursor() as cursor:
        for table in COPIED:
            columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
            kept = ", ".join(f'"{one}"' for one in columns if one not in ("id", "wave_id"))
            cursor.execute(
                f"INSERT INTO {table} (wave_id, {kept}) SELECT %s, {kept} FROM {table} WHERE wave_id = %s",  # noqa: S608 - names of our own tables
                [copy.pk, wave.pk],
            )
    return copy
