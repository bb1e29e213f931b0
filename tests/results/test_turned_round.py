"""One question that is turned round, from the answering page to the charts: higher is better everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.charts.heat import heat_step
from dashboards.heatmap import View, heatmap
from dashboards.unit import unit_page
from orgunits.access import scope_of
from orgunits.models import Role
from results import export, queries
from results.figures import Shown
from results.mixing import mix
from results.models import Block, Release
from results.services import close_wave
from results.verdicts import audit_wave
from surveys.models import Wave
from surveys.waves.services import stop_accepting
from tests.factories import user_with
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db
PEOPLE = 60


def answered(points: int, answers: list[int]) -> OpenWave:
    """Everyone answers on the page itself, with the values that it offers."""
    built = open_wave({"City": PEOPLE}, questions=1, points=points, turned=True)
    now = timezone.now()
    Wave.objects.filter(pk=built.wave.pk).update(opened_at=now, closes_at=now + timedelta(days=1))
    client = Client()
    for invitation, answer in zip(built.invitations["City"], answers, strict=True):
        response = client.post(f"/a/{built.link(invitation)}/", {"q1": str(answer)})
        assert response.status_code == 303
    mix(built.wave.pk)
    later = now + timedelta(days=2)
    stop_accepting(built.wave.pk, now=later)
    assert close_wave(built.wave.pk, now=later)
    audit_wave(built.wave.pk, now=later)
    return built


def test_disagreeing_is_favourable_from_the_page_to_the_charts() -> None:
    # 40 strongly disagree, 15 neither, 5 strongly agree that "work gets stuck".
    built = answered(5, [1] * 40 + [3] * 15 + [5] * 5)
    city, question = built.units["City"], built.questions[0].question_id

    # The ledger keeps what was answered, on the question's own scale.
    assert Block.objects.get().counts == [40, 0, 15, 0, 5]
    raw = Release.objects.get()
    assert raw.mean == pytest.approx((40 * 1 + 15 * 3 + 5 * 5) / PEOPLE)
    assert (raw.low, raw.middle, raw.high) == (40, 15, 5)

    # A figure is turned: mean, shares and distribution.
    [wave] = queries.closed_waves(built.wave.organisation)
    sheet = queries.sheet([wave], [city.pk])
    figure = sheet.figure(wave, city.pk, question)
    assert isinstance(figure, Shown)
    assert figure.mean == pytest.approx((40 * 5 + 15 * 3 + 5 * 1) / PEOPLE)
    assert figure.shares
    assert figure.shares.favourable == pytest.approx(100 * 40 / PEOPLE)
    assert figure.shares.unfavourable == pytest.approx(100 * 5 / PEOPLE)
    assert figure.distribution == (5, 0, 15, 0, 40)

    # So is the index of its theme, and what is drawn of it.
    index = sheet.index(wave, city.pk, wave.questions.all()[0].theme_id)
    assert isinstance(index, Shown)
    assert index.mean == figure.mean
    assert figure.position > 0.75
    assert heat_step(index) >= 6

    # The export has the mean as answered, and the favourable share turned.
    rows = {row[3]: row[5] for row in export.final_figures(built.wave.organisation)}
    assert float(rows["mean"]) == pytest.approx(raw.mean)
    assert float(rows["favourable"]) == pytest.approx(100 * 40 / PEOPLE)

    # And the pages show the turned one, and say that it is.
    user = user_with(Role.HR, city)
    scope = scope_of(user, on=timezone.localdate())
    page = unit_page(scope, city)
    line = page.themes[0].questions[0]
    assert line.reversed
    assert line.figure == figure
    assert page.themes[0].figure == index
    cell = heatmap(scope, View()).units[0].cells[0]
    assert cell.figure == index
    assert cell.step == heat_step(index)
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    text = " ".join(client.get(f"/units/{city.pk}/").content.decode().split())
    assert "turned round: higher is better" in text
    assert "<strong>4.2</strong>" in text


def test_on_a_scale_from_0_to_10_only_0_and_1_are_favourable() -> None:
    built = answered(11, [0] * 30 + [1] * 10 + [3] * 12 + [9] * 8)
    [wave] = queries.closed_waves(built.wave.organisation)
    city = built.units["City"]
    figure = queries.sheet([wave], [city.pk]).figure(wave, city.pk, built.questions[0].question_id)
    assert isinstance(figure, Shown)
    assert figure.shares
    assert figure.shares.favourable == pytest.approx(100 * 40 / PEOPLE)
    assert figure.shares.neutral == pytest.approx(100 * 12 / PEOPLE)
    assert figure.shares.unfavourable == pytest.approx(100 * 8 / PEOPLE)
    assert figure.mean == pytest.approx(10 - (10 * 1 + 12 * 3 + 8 * 9) / PEOPLE)
    rows = {row[3]: row[5] for row in export.final_figures(built.wave.organisation)}
    assert float(rows["favourable"]) == pytest.approx(100 * 40 / PEOPLE)
