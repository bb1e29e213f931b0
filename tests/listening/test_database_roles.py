"""`manage.py database_roles` on a server of one's own."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_both_users_are_made_and_get_their_rights(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_DATABASE_URL", "postgresql://polsslag_web:a%2Fsecret@host/polsslag")
    with connection.cursor() as cursor:
        cursor.execute("REVOKE ALL ON surveys_wave FROM polsslag_web")
        call_command("database_roles")
        cursor.execute("SELECT has_table_privilege('polsslag_web', 'surveys_wave', 'SELECT, UPDATE')")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT has_table_privilege('polsslag_worker', 'results_response', 'DELETE')")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL")
        assert cursor.fetchall() == [("polsslag_web",)]
    assert "polsslag_web may put answers in" in capsys.readouterr().out


def test_an_address_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_DATABASE_URL", "postgresql://boss:secret@host/polsslag")
    with pytest.raises(CommandError, match="names the user boss; it must be polsslag_worker"):
        call_command("database_roles")
