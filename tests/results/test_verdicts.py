"""The verdict that is kept of each closed wave, and what a breach does."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEvent
from orgunits.models import Role
from results import queries, tasks
from results.audit.files import read_folder
from results.audit.judging import judge
from results.export import final_figures
from results.models import Release, WaveVerdict
from results.verdicts import audit_wave, tell_privacy_officers, waves_to_audit
from surveys.models import Wave
from tests.factories import RoleGrantFactory, UserFactory, user_with
from tests.results.closing import AFTER, close
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

SIZES = {"City": 9, "City/Care": 12, "City/Care/Front": 3}


@pytest.fixture
def built() -> OpenWave:
    built = open_wave(SIZES)
    for unit, size in SIZES.items():
        built.answer(unit, [(one % 5 + 1, one % 4 + 1) for one in range(size)])
    close(built.wave, audited=False)
    return built


def give_front_away(built: OpenWave) -> None:
    """A row that closing would never write."""
    row = Release.objects.filter(wave=built.wave).latest("n")
    row.pk, row.unit, row.n = None, built.units["City/Care/Front"], 3
    row.blocks, row.low, row.middle, row.high = [built.units["City/Care/Front"].pk], None, None, None
    row.shares_blocks = row.shares_covered = None
    row.save(force_insert=True)


def officer(built: OpenWave, client: Client, **headers: Any) -> Client:
    user = user_with(Role.PRIVACY_OFFICER, built.units["City"])
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_a_closed_wave_is_audited_once(built: OpenWave) -> None:
    assert waves_to_audit() == [built.wave.pk]
    assert audit_wave(built.wave.pk, now=AFTER) is True
    assert audit_wave(built.wave.pk, now=AFTER) is None
    assert waves_to_audit() == []
    assert WaveVerdict.objects.get().report["wrong"] == []


def test_a_closed_wave_is_shown_once_it_is_audited(built: OpenWave) -> None:
    tenant = built.wave.organisation
    assert queries.closed_waves(tenant) == []
    assert list(final_figures(tenant)) == []
    audit_wave(built.wave.pk, now=AFTER)
    assert queries.closed_waves(tenant) == [built.wave]
    assert list(final_figures(tenant)) != []


def test_a_wave_from_before_its_atoms_were_named_is_shown() -> None:
    """Closed without answers, which leaves no atoms just as such a wave has none."""
    built = open_wave(SIZES)
    Wave.objects.filter(pk=built.wave.pk).update(state=Wave.State.CLOSED, closed_at=AFTER)
    assert list(queries.released_waves(built.wave.organisation)) == [built.wave]


def test_closing_a_wave_audits_it_at_once() -> None:
    built = open_wave(SIZES)
    tasks.close(built.wave.pk)
    assert WaveVerdict.objects.get(wave=built.wave).passed


def test_an_open_wave_is_not_audited() -> None:
    built = open_wave(SIZES)
    assert waves_to_audit() == []
    assert audit_wave(built.wave.pk, now=AFTER) is None


def test_a_breach_withholds_the_wave_and_tells_the_privacy_officer(
    built: OpenWave, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = user_with(Role.PRIVACY_OFFICER, built.units["City"])
    tenant = built.wave.organisation
    give_front_away(built)
    with django_capture_on_commit_callbacks(execute=True):
        assert audit_wave(built.wave.pk, now=AFTER) is False
    assert queries.closed_waves(tenant) == []
    assert list(final_figures(tenant)) == []
    assert AuditEvent.objects.filter(action="wave.breach").exists()
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_a_user_of_another_organisation_is_told_of_no_breach(built: OpenWave) -> None:
    officer = user_with(Role.PRIVACY_OFFICER, built.units["City"])
    stranger = UserFactory.create(organisation=open_wave(SIZES).wave.organisation)
    RoleGrantFactory.create(user=stranger, role=Role.PRIVACY_OFFICER, unit=built.units["City"])
    tell_privacy_officers(built.wave, now=AFTER)
    assert [message.to for message in mail.outbox] == [[officer.email]]


def test_a_new_verdict_that_holds_shows_the_figures_again(built: OpenWave) -> None:
    for passed in (False, True):
        WaveVerdict.objects.create(
            organisation=built.wave.organisation, wave=built.wave, audited_at=AFTER, passed=passed, report={}
        )
        assert (queries.closed_waves(built.wave.organisation) == [built.wave]) is passed


def test_the_command_can_keep_a_new_verdict(built: OpenWave) -> None:
    call_command("disclosure", "audit", "--wave", str(built.wave.pk), stdout=io.StringIO())
    assert not WaveVerdict.objects.exists()
    call_command("disclosure", "audit", "--wave", str(built.wave.pk), "--keep", stdout=io.StringIO())
    assert WaveVerdict.objects.get().passed


def test_a_verdict_cannot_be_changed(built: OpenWave) -> None:
    audit_wave(built.wave.pk, now=AFTER)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WaveVerdict.objects.update(passed=True)


def test_the_privacy_officer_reads_verdicts_and_the_ledger_without_answers(
    built: OpenWave, client: Client
) -> None:
    officer(built, client)
    assert "not checked yet" in client.get(reverse("privacy")).content.decode()
    audit_wave(built.wave.pk, now=AFTER)
    assert "holds" in client.get(reverse("privacy")).content.decode()
    page = client.get(reverse("privacy_wave", args=[built.wave.pk])).content.decode()
    assert "Care" in page
    for release in Release.objects.filter(wave=built.wave):
        assert f">{release.mean:.1f}<" not in page
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("privacy")


def test_a_breach_is_told_on_the_page(built: OpenWave, client: Client) -> None:
    give_front_away(built)
    audit_wave(built.wave.pk, now=AFTER)
    page = officer(built, client).get(reverse("privacy_wave", args=[built.wave.pk])).content.decode()
    assert "withheld: people could be found out" in page
    assert "its atoms hold 0" in page


def test_the_download_holds_the_documented_files_and_is_logged(built: OpenWave, client: Client) -> None:
    response = officer(built, client).post(reverse("privacy_export", args=[built.wave.pk]))
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert sorted(archive.namelist()) == [
        *("atoms.csv", "comments.jsonl", "filters.jsonl", "releases.jsonl", "tree.csv")
    ]
    assert AuditEvent.objects.filter(action="ledger.exported").count() == 1


def downloaded(built: OpenWave, client: Client, folder: Path) -> list[dict[str, Any]]:
    response = officer(built, client).post(reverse("privacy_export", args=[built.wave.pk]))
    zipfile.ZipFile(io.BytesIO(response.content)).extractall(folder)
    return [json.loads(line) for line in (folder / "releases.jsonl").read_text().splitlines()]


def test_the_download_of_a_wave_that_holds_has_values(
    built: OpenWave, client: Client, tmp_path: Path
) -> None:
    audit_wave(built.wave.pk, now=AFTER)
    rows = downloaded(built, client, tmp_path)
    assert rows
    assert all(row["value"] is not None for row in rows)


@pytest.mark.parametrize("audited", [True, False])
def test_the_download_of_a_withheld_wave_has_no_values_and_still_proves_the_breach(
    built: OpenWave, client: Client, tmp_path: Path, audited: bool
) -> None:
    give_front_away(built)
    if audited:
        audit_wave(built.wave.pk, now=AFTER)
    rows = downloaded(built, client, tmp_path)
    assert rows
    assert all(row["value"] is None for row in rows)
    assert not judge(read_folder(tmp_path, minimum=5)).passed


def test_a_new_verdict_decides_about_the_values(built: OpenWave, client: Client, tmp_path: Path) -> None:
    audit_wave(built.wave.pk, now=AFTER)
    give_front_away(built)
    audit_wave(built.wave.pk, now=AFTER + timedelta(days=1), again=True)
    assert all(row["value"] is None for row in downloaded(built, client, tmp_path))


@pytest.mark.parametrize("role", [Role.HR, Role.DIRECTOR, Role.MANAGER, Role.IT_ADMINISTRATOR])
def test_nobody_else_gets_the_ledger(built: OpenWave, client: Client, role: Role) -> None:
    client.force_login(user_with(role, built.units["City"]))
    assert client.get(reverse("privacy")).status_code == 403
    assert client.get(reverse("privacy_wave", args=[built.wave.pk])).status_code == 403
    assert client.post(reverse("privacy_export", args=[built.wave.pk])).status_code == 403


def test_the_ledger_of_another_organisation_is_not_found(built: OpenWave, client: Client) -> None:
    other = open_wave(SIZES)
    close(other.wave)
    officer(built, client)
    assert client.get(reverse("privacy_wave", args=[other.wave.pk])).status_code == 404
    assert client.post(reverse("privacy_export", args=[other.wave.pk])).status_code == 404
