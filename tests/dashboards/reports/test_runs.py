"""From the button to the file: asked for by the web, made by a worker, fetched by the one who asked."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from dashboards.models import ReportRun
from dashboards.reports import making, services
from dashboards.reports.making import make_report, tell_who_waited
from dashboards.reports.services import (
    ReportError,
    erase_old_reports,
    order_report,
    reports_due,
)
from orgunits.access import scope_of
from orgunits.models import Role, RoleGrant
from results.models import WaveVerdict
from tests.dashboards.reports.city import NOW, Rows
from tests.factories import user_with

Form, State = ReportRun.Form, ReportRun.State
DAY = timedelta(days=1)


@pytest.fixture
def lead(rows: Rows) -> User:
    return user_with(Role.MANAGER, rows.unit("City/Care"))


def ordered(rows: Rows, user: User, form: ReportRun.Form = Form.LIST, path: str = "City/Care") -> ReportRun:
    scope = scope_of(user, on=NOW.date())
    return order_report(scope, rows.unit(path), rows.waves[-1], form, now=NOW)


def made(run: ReportRun) -> ReportRun:
    make_report(run.pk, now=NOW)
    run.refresh_from_db()
    return run


def press(client: Client, rows: Rows, path: str, form: str = "xlsx") -> ReportRun:
    address = reverse("report_order", args=[rows.unit(path).pk])
    response = client.post(address, {"form": form, "wave": rows.waves[-1].pk}, follow=True)
    assert response.status_code == 200
    return ReportRun.objects.get()


@pytest.mark.parametrize(
    ("form", "start"), [("pptx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef")]
)
def test_whoever_asks_gets_the_file(client: Client, rows: Rows, lead: User, form: str, start: bytes) -> None:
    client.force_login(lead)
    page = client.get(reverse("unit", args=[rows.unit("City/Care").pk])).content.decode()
    assert reverse("report_order", args=[rows.unit("City/Care").pk]) in page
    run = press(client, rows, "City/Care", form)
    waiting = client.get(reverse("reports"))
    assert b"hx-trigger" in waiting.content  # the page looks again by itself
    assert b"Look again" in waiting.content  # and without script by a link
    made(run)
    assert b"hx-trigger" not in client.get(reverse("reports")).content
    response = client.post(reverse("report_file", args=[run.pk]))
    assert response.content.startswith(start)
    assert response["Content-Disposition"] == f'attachment; filename="care-2026-05-04.{form}"'
    assert "no-store" in response["Cache-Control"]


def test_a_file_that_was_erased_is_said_to_be(client: Client, rows: Rows, lead: User) -> None:
    run = made(ordered(rows, lead))
    erase_old_reports(NOW + DAY)
    client.force_login(lead)
    answer = client.post(reverse("report_file", args=[run.pk]))
    assert (answer.status_code, b"not here any more" in answer.content) == (404, True)


def test_a_file_that_no_worker_lived_to_make_is_given_up_within_an_hour(rows: Rows, lead: User) -> None:
    run = ordered(rows, lead)
    make_report(run.pk, now=NOW + timedelta(hours=1, minutes=1))
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert reports_due(NOW + timedelta(hours=2)) == ([], False)


def test_a_file_is_for_the_one_who_asked_alone(client: Client, rows: Rows, lead: User) -> None:
    run = made(ordered(rows, lead))
    client.force_login(user_with(Role.HR, rows.unit("City")))
    assert client.post(reverse("report_file", args=[run.pk])).status_code == 404
    assert run.form not in [one.form for one in client.get(reverse("reports")).context["runs"]]


def test_nobody_asks_about_a_unit_out_of_reach(client: Client, rows: Rows, lead: User) -> None:
    client.force_login(lead)
    for path in ("City", "City/Works"):
        address = reverse("report_order", args=[rows.unit(path).pk])
        assert client.post(address, {"form": "csv", "wave": rows.waves[-1].pk}).status_code == 404
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize("posted", [{}, {"form": "exe", "wave": "1"}, {"form": "csv", "wave": "x"}])
def test_a_mangled_order_makes_nothing(
    client: Client, rows: Rows, lead: User, posted: dict[str, str]
) -> None:
    client.force_login(lead)
    client.post(reverse("report_order", args=[rows.unit("City/Care").pk]), posted)
    assert not ReportRun.objects.exists()


def test_a_role_that_ended_meanwhile_makes_no_file(rows: Rows, lead: User) -> None:
    run = ordered(rows, lead)
    RoleGrant.objects.update(ends_on=NOW.date() - DAY)
    assert made(run).state == State.FAILED
    assert run.file is None


def test_a_role_that_ended_since_fetches_no_file(client: Client, rows: Rows, lead: User) -> None:
    run = made(ordered(rows, lead))
    RoleGrant.objects.create(
        organisation=run.organisation,
        user=lead,
        role=Role.MANAGER,
        unit=rows.unit("City/Works"),
        starts_on=NOW.date() - 900 * DAY,
    )
    RoleGrant.objects.filter(unit=run.unit).delete()
    client.force_login(lead)
    assert client.post(reverse("report_file", args=[run.pk])).status_code == 404


def test_a_wave_that_is_withdrawn_meanwhile_is_not_fetched(rows: Rows, lead: User) -> None:
    run = made(ordered(rows, lead))
    WaveVerdict.objects.create(
        organisation=run.organisation, wave=run.wave, audited_at=NOW, passed=False, report={}
    )
    with pytest.raises(ReportError):
        services.fetch_report(run, by=lead, now=NOW)


@pytest.mark.parametrize(
    ("before", "after", "is_given"), [(True, False, False), (True, True, True), (None, False, True)]
)
def test_a_file_is_not_given_once_another_wave_is_withdrawn_that_was_shown_when_it_was_made(
    rows: Rows, lead: User, before: bool | None, after: bool, is_given: bool
) -> None:
    """It tells of signals, and of what came of actions, from other waves too."""
    other = rows.waves[0]
    verdict = partial(WaveVerdict.objects.create, organisation=other.organisation, wave=other, report={})
    if before is not None:
        verdict(audited_at=NOW - DAY, passed=before)
    run = made(ordered(rows, lead))
    verdict(audited_at=NOW + timedelta(minutes=1), passed=after)
    if is_given:
        assert services.fetch_report(run, by=lead, now=NOW + DAY)
        return
    with pytest.raises(ReportError, match="Ask for it again"):
        services.fetch_report(run, by=lead, now=NOW + DAY)
    again = ordered(rows, lead)
    make_report(again.pk, now=NOW + timedelta(minutes=2))
    again.refresh_from_db()
    assert services.fetch_report(again, by=lead, now=NOW + DAY)


def test_a_file_is_made_once_and_erased_after_a_day(rows: Rows, lead: User) -> None:
    run = ordered(rows, lead)
    assert reports_due(NOW) == ([run.pk], False)
    assert [bool(make_report(run.pk, now=NOW)) for _ in range(2)] == [True, False]
    assert reports_due(NOW + DAY - timedelta(minutes=1)) == ([], False)
    assert reports_due(NOW + DAY) == ([], True)
    assert erase_old_reports(NOW + DAY) == 1
    assert not ReportRun.objects.exists()


def test_pressing_twice_makes_one_file(rows: Rows, lead: User) -> None:
    assert ordered(rows, lead).pk == ordered(rows, lead).pk


def test_a_file_that_cannot_be_made_says_so_and_does_not_come_back(
    rows: Rows, lead: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_report: object) -> bytes:
        raise MemoryError

    run = ordered(rows, lead)
    monkeypatch.setitem(making.MAKERS, Form.LIST, breaks)
    assert made(run).state == State.FAILED
    assert "could not be made" in caplog.text
    assert reports_due(NOW) == ([], False)


@pytest.mark.parametrize(("waited", "mails"), [(29, 0), (31, 1)])
def test_who_waited_long_gets_a_mail_without_figures(rows: Rows, lead: User, waited: int, mails: int) -> None:
    lead.language = "nl"
    lead.save()
    run = make_report(ordered(rows, lead).pk, now=NOW)
    assert run
    tell_who_waited(run, now=NOW + timedelta(seconds=waited))
    assert [one.subject for one in mail.outbox] == ["Je bestand over Care staat klaar"] * mails
    assert not mails or ("/reports/" in mail.outbox[0].body and "3,6" not in mail.outbox[0].body)


def test_asking_and_fetching_are_audited(client: Client, rows: Rows, lead: User) -> None:
    client.force_login(lead)
    run = made(press(client, rows, "City/Care"))
    client.post(reverse("report_file", args=[run.pk]))
    actions = AuditEvent.objects.filter(actor=lead).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["report.ordered", "report.fetched"]


def test_a_file_is_in_the_language_of_who_asked(rows: Rows, lead: User) -> None:
    lead.language = "nl"
    lead.save()
    run = made(ordered(rows, lead))
    assert b"3,6" in bytes(run.file or b"")
