"""HR's page of a wave that is over: who took part, what is shown, and how it reached people."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgunits.models import Role
from surveys.models import Invitation, LetterRun, Mail
from tests.dashboards.test_pages import answered, page, signed_in
from tests.results.closing import close
from tests.waves import OPENED, OpenWave

pytestmark = pytest.mark.django_db


def over(sizes: dict[str, int] | None = None) -> OpenWave:
    built = answered(sizes) if sizes else answered()
    close(built.wave)
    return built


def address(built: OpenWave, unit: str = "") -> str:
    start = reverse("wave", args=[built.wave.pk])
    return f"{start}?unit={built.units[unit].pk}" if unit else start


def test_it_says_who_took_part_and_for_how_many_units_there_are_figures(client: Client) -> None:
    built = over()
    signed_in(client, built, Role.HR, "City")
    text = page(client, address(built))
    assert "Took part 100% 87 of 87 people" in text
    assert "Units with figures 4 of 5 units" in text
    assert "Care 100% 21 of 21 all themes of Care" in text


def test_it_says_why_fewer_count_than_were_asked_where_that_is_so(client: Client) -> None:
    left_out = "People in a group that is too small do not count in participation"
    built = over()
    signed_in(client, built, Role.HR, "City")
    assert left_out not in page(client, address(built))
    built = over({"City": 2, "City/Care": 8, "City/Works": 9})
    signed_in(client, built, Role.HR, "City")
    text = page(client, address(built))
    assert "19 people were asked" in text
    assert "17 of 17 people" in text
    assert left_out in text


def test_a_unit_opens_on_those_below_it_and_says_which_are_not_shown(client: Client) -> None:
    built = over()
    signed_in(client, built, Role.HR, "City")
    text = page(client, address(built, "City/Care"))
    assert "North 100% 12 of 12 all themes of North" in text
    assert "South Too few people to show not shown" in text
    assert "Works" not in text


def test_hr_of_a_part_reads_a_wave_of_that_part_from_its_top(client: Client) -> None:
    built = over({"City": 0, "City/Care": 6, "City/Care/North": 12})
    built.wave.cycle.units.set([built.units["City/Care"]])
    signed_in(client, built, Role.HR, "City/Care")
    text = page(client, address(built))
    assert "Units with figures 2 of 2 units" in text
    assert address(built, "City") not in client.get(address(built)).content.decode()


def test_it_leads_to_everything_that_came_out(client: Client) -> None:
    built = over()
    signed_in(client, built, Role.HR, "City")
    text = client.get(address(built)).content.decode()
    unit = reverse("unit", args=[built.units["City"].pk])
    for way in (reverse("heatmap"), reverse("waves"), unit):
        assert f'href="{way}?wave={built.wave.pk}"' in text
        assert client.get(f"{way}?wave={built.wave.pk}").status_code == 200


def test_it_says_how_the_mails_ended_until_invitations_are_deleted(client: Client) -> None:
    built = answered()
    for state, number in ((Mail.State.SENT, 5), (Mail.State.REFUSED, 2)):
        for invitation in built.invitations["City/Care/North"][:number]:
            built.link(invitation)
        built.invitations["City/Care/North"] = built.invitations["City/Care/North"][number:]
        Mail.objects.filter(state=Mail.State.SENT).exclude(error="done").update(state=state, error="done")
    LetterRun.objects.create(
        organisation=built.wave.organisation,
        wave=built.wave,
        audience="units",
        form="pdf",
        letters=3,
        ordered_at=OPENED,
    )
    close(built.wave)
    signed_in(client, built, Role.HR, "City")
    assert "Mails sent 5 Mails refused 2 Without an address 0 Letters made 3" in page(client, address(built))
    Invitation.objects.all().delete()
    assert "is no longer kept" in page(client, address(built))


def test_the_same_queries_for_few_units_as_for_many(client: Client) -> None:
    counted = []
    for teams in (1, 12):
        built = over({"City": 6} | {f"City/Team {team}": 8 for team in range(teams)})
        signed_in(client, built, Role.HR, "City")
        client.get(address(built))
        with CaptureQueriesContext(connection) as taken:
            client.get(address(built))
        counted.append(len(taken))
    assert counted[0] == counted[1]
