"""Who reads what people wrote, and what HR does with a comment that should not be read."""

from __future__ import annotations

import html
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from orgunits.models import Employee, Role
from results.comments.models import CommentMark, ReleasedComment
from results.models import WaveVerdict
from tests.dashboards.test_pages import signed_in
from tests.factories import user_with
from tests.results.closing import close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

CITY = {"City": 5, "City/Care": 6, "City/Care/North": 12, "City/Care/South": 8, "City/Works": 12}


@pytest.fixture
def built() -> OpenWave:
    """North and Works have comments of their own; those of South and Care are read together."""
    opened = open_wave(CITY)
    employees = Employee.objects.filter(organisation=opened.wave.organisation)
    employees.update(first_name="Fatima", last_name="Bos")
    for unit in ("City/Care", "City/Care/North", "City/Care/South", "City/Works"):
        scores = [[1 + one % 5, 1 + one % 5] for one in range(CITY[unit])]
        opened.answer(unit, scores, comment=f"Fatima helps us in {unit}")
    close(opened.wave)
    return opened


def read(client: Client, built: OpenWave, unit: str, name: str = "unit", query: str = "") -> str:
    address = reverse(name, args=[built.units[unit].pk])
    response = client.get(f"{address}?wave={built.wave.pk}{query}", headers={"accept-language": "en"})
    assert response.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def comment_in(unit: str) -> ReleasedComment:
    return ReleasedComment.objects.filter(pool__unit__name=unit).order_by("pk")[0]


def marking(built: OpenWave, unit: str, comment: ReleasedComment) -> str:
    return reverse("unit_comment", args=[built.units[unit].pk, comment.pk])


def test_a_team_lead_reads_the_own_team_with_names_taken_out(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.MANAGER, "City/Care/North")
    text = read(client, built, "City/Care/North")
    assert "12 comments from North." in text
    assert "[name] helps us in City/Care/North" in text
    assert "Fatima" not in text
    assert "Works" not in text


def test_a_small_team_reads_the_comments_that_it_is_a_part_of_and_is_told_so(
    client: Client, built: OpenWave
) -> None:
    signed_in(client, built, Role.MANAGER, "City/Care/South")
    text = read(client, built, "City/Care/South", "unit_comments")
    assert "14 comments from Care, of which this unit is a part." in text
    assert "helps us in City/Care/North" not in text


def test_a_director_reads_those_of_all_units_below(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.DIRECTOR, "City")
    text = read(client, built, "City", "unit_comments", "&page=2")
    assert "page 2 of 2" in text
    everything = read(client, built, "City", "unit_comments") + text
    assert everything.count("helps us in") == 38


def test_nobody_reads_those_of_a_unit_beside_the_own_one(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.MANAGER, "City/Care/South")
    address = reverse("unit_comments", args=[built.units["City/Works"].pk])
    assert client.get(f"{address}?wave={built.wave.pk}").status_code == 404


def test_nothing_is_read_before_the_wave_was_found_to_hold(client: Client) -> None:
    opened = open_wave({"City": 12})
    opened.answer("City", [[1 + one % 5, 2] for one in range(12)], comment="Good")
    close(opened.wave, audited=False)
    signed_in(client, opened, Role.HR, "City")
    address = reverse("unit_comments", args=[opened.units["City"].pk])
    assert client.get(f"{address}?wave={opened.wave.pk}").status_code == 404
    assert not WaveVerdict.objects.exists()


def test_what_hr_hides_leaders_no_longer_read_and_hr_does(client: Client, built: OpenWave) -> None:
    comment = comment_in("North")
    signed_in(client, built, Role.HR, "City")
    client.post(marking(built, "City/Care/North", comment), {"reason": "health"})
    text = read(client, built, "City/Care/North", "unit_comments")
    assert text.count("helps us in") == 12
    assert "hidden from leaders It is about someone’s health or private life" in text
    signed_in(client, built, Role.MANAGER, "City/Care/North")
    text = read(client, built, "City/Care/North", "unit_comments")
    assert text.count("helps us in") == 11
    assert "12 comments from North. HR has hidden 1 of them." in text


def test_a_hidden_comment_is_shown_again(client: Client, built: OpenWave) -> None:
    comment = comment_in("North")
    signed_in(client, built, Role.HR, "City")
    client.post(marking(built, "City/Care/North", comment), {"reason": "insult"})
    client.post(marking(built, "City/Care/North", comment))
    assert read(client, built, "City/Care/North", "unit_comments").count("hidden") == 0
    assert list(CommentMark.objects.order_by("pk").values_list("hidden", flat=True)) == [True, False]


@pytest.mark.parametrize(("hidden", "reason"), [(True, ""), (False, "insult")])
def test_a_mark_hides_with_a_reason_or_shows_again_without(
    built: OpenWave, hidden: bool, reason: str
) -> None:
    """What tells leaders from HR is the reason alone, so the database keeps the two together."""
    by, comment = user_with(Role.HR, built.units["City"]), comment_in("North")
    mark = CommentMark(
        organisation=by.organisation,
        comment=comment,
        hidden=hidden,
        reason=reason,
        by=by,
        at=built.wave.closes_at,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        mark.save()


def test_hiding_is_logged_with_its_reason_and_without_the_text(client: Client, built: OpenWave) -> None:
    comment = comment_in("North")
    signed_in(client, built, Role.HR, "City")
    client.post(marking(built, "City", comment), {"reason": "person"})
    event = AuditEvent.objects.get(action="comment.hidden")
    assert event.target == f"results.releasedcomment:{comment.pk}"
    assert event.detail == {"reason": "person"}


def test_without_script_hr_comes_back_to_the_comment_and_with_it_only_that_is_drawn(
    client: Client, built: OpenWave
) -> None:
    comment = comment_in("Works")
    signed_in(client, built, Role.HR, "City")
    address = f"{marking(built, 'City', comment)}?wave={built.wave.pk}"
    back = client.post(address, {"reason": "person"})
    assert back.headers["Location"].endswith(f"?wave={built.wave.pk}#comment-{comment.pk}")
    part = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert part.count("<li") == 1
    assert "<html" not in part


def test_hr_of_a_part_hides_nothing_that_is_read_above_it(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.HR, "City/Care/South")
    text = read(client, built, "City/Care/South", "unit_comments")
    assert "Hide from leaders" not in text
    response = client.post(marking(built, "City/Care/South", comment_in("Care")), {"reason": "person"})
    assert response.status_code == 404
    assert not CommentMark.objects.exists()


def test_a_comment_of_another_organisation_is_not_found(client: Client, built: OpenWave) -> None:
    other = open_wave({"Town": 3})
    signed_in(client, other, Role.HR, "Town")
    response = client.post(marking(other, "Town", comment_in("North")), {"reason": "person"})
    assert response.status_code == 404


def test_only_the_reasons_offered_are_taken(client: Client, built: OpenWave) -> None:
    signed_in(client, built, Role.HR, "City")
    response = client.post(marking(built, "City", comment_in("North")), {"reason": "I do not like it"})
    assert response.status_code == 400
    assert not CommentMark.objects.exists()
