"""Changes made while a wave is open, to get at figures that its rules would not give."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from orgunits.access import scope_of
from orgunits.models import Employee, OrgUnit, Role
from orgunits.units.services import move_unit
from results.models import Release
from surveys.models import Wave
from tests.database import web_role
from tests.factories import user_with
from tests.results.closing import AFTER, close
from tests.waves import OPENED, OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIZES = {"City": 9, "City/Care": 9, "City/Care/Day": 8, "City/Works": 9}


def answered(sizes: dict[str, int]) -> OpenWave:
    built = open_wave(sizes)
    for unit, people in sizes.items():
        built.answer(unit, [(one % 5 + 1, 1 + one % 3) for one in range(people)])
    return built


def shown_units(built: OpenWave) -> set[str]:
    return set(Release.objects.filter(wave=built.wave).values_list("unit__name", flat=True))


def test_a_minimum_that_is_lowered_holds_from_the_next_wave_only() -> None:
    built = open_wave(SIZES, minimum=10)
    for unit, people in SIZES.items():
        built.answer(unit, [(one % 5 + 1, 1 + one % 3) for one in range(people)])
    tenant = built.wave.organisation
    tenant.minimum_group = 5
    tenant.save()
    close(built.wave)
    assert shown_units(built) == {"City", "Care"}


def test_the_web_process_cannot_change_the_minimum_of_a_wave() -> None:
    built = open_wave(SIZES, minimum=7)
    for minimum in (5, 10):
        with web_role(), pytest.raises(DatabaseError, match="promised"), transaction.atomic():
            Wave.objects.filter(pk=built.wave.pk).update(minimum_group=minimum)
    built.wave.refresh_from_db()
    assert built.wave.minimum_group == 7


def test_no_wave_has_a_minimum_below_five() -> None:
    built = open_wave(SIZES)
    wave = built.wave
    wave.pk, wave.number, wave.scheduled_for, wave.minimum_group = None, 2, AFTER, 4
    with pytest.raises(IntegrityError, match="wave_minimum_group_allowed"), transaction.atomic():
        wave.save(force_insert=True)


def test_someone_moved_before_closing_counts_where_they_were_asked() -> None:
    """Moving all but one out of a team would leave that one alone in it."""
    built = answered(SIZES)
    day = Employee.objects.filter(unit=built.units["City/Care/Day"])
    day.exclude(pk=day.earliest("pk").pk).update(unit=built.units["City/Works"])
    close(built.wave)
    counts = dict(Release.objects.filter(question__code="energy_1").values_list("unit__name", "n"))
    assert counts == {"City": 35, "Care": 17, "Day": 8, "Works": 9}


def test_a_unit_moved_before_closing_changes_no_figure() -> None:
    """Otherwise a director's figure before, less the figure after, could be cut to any size."""
    seen = []
    for move in (False, True):
        built = answered(SIZES | {"City/Care/Night": 3})
        if move:
            night = OrgUnit.objects.get(pk=built.units["City/Care/Night"].pk)
            works = OrgUnit.objects.get(pk=built.units["City/Works"].pk)
            move_unit(night, works, by=None, now=OPENED)
        close(built.wave)
        figures = Release.objects.filter(wave=built.wave)
        seen.append(sorted(figures.values_list("unit__name", "question__code", "n", "mean", "covered")))
    assert seen[0] == seen[1]


def test_a_unit_that_moved_takes_its_figures_to_its_new_branch_and_nothing_else(client: Client) -> None:
    built = answered(SIZES)
    close(built.wave)
    day = OrgUnit.objects.get(pk=built.units["City/Care/Day"].pk)
    move_unit(day, OrgUnit.objects.get(pk=built.units["City/Works"].pk), by=None, now=OPENED)
    seen = {}
    for name in ("City/Care", "City/Works"):
        user = user_with(Role.DIRECTOR, OrgUnit.objects.get(pk=built.units[name].pk))
        scope = scope_of(user, on=OPENED.date())
        seen[name] = {unit.name for unit in scope.units()}
        client.force_login(user)
        page = client.get(reverse("heatmap"), {"open": "all"}).content.decode()
        for unit in built.units.values():
            assert (f"/units/{unit.pk}/?wave" in page) == (unit.name in seen[name])
    assert seen == {"City/Care": {"Care"}, "City/Works": {"Works", "Day"}}


def test_a_small_unit_that_moved_shows_the_unit_that_it_was_part_of(client: Client) -> None:
    """Its few answers count there; the unit that it is part of now says nothing about them."""
    built = answered(SIZES | {"City/Care/Night": 3})
    close(built.wave)
    night = OrgUnit.objects.get(pk=built.units["City/Care/Night"].pk)
    move_unit(night, OrgUnit.objects.get(pk=built.units["City/Works"].pk), by=None, now=OPENED)
    night.refresh_from_db()
    client.force_login(user_with(Role.MANAGER, night))
    page = client.get(reverse("unit", args=[night.pk]), headers={"accept-language": "en"}).content.decode()
    assert "Below you see Care" in " ".join(page.split())
