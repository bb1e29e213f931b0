"""What production settings refuse, switch on and leave out; each read by a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
COMPLETE = {
    "POLSSLAG_ENV": "production",
    "SECRET_KEY": "abcdefghij0123456789" * 3,
    "BASE_URL": "https://polsslag.gemeente.example",
    "DATABASE_URL": "postgresql://p:p@127.0.0.1:1/p",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://mail.gemeente.example:25",
}
SHOWN = (
    "import json, sys, django; django.setup()\n"
    "from django.conf import settings\n"
    "print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))"
)
ASK = (
    "import sys, django; django.setup()\n"
    "from django.test import Client\n"
    "print(Client().get(sys.argv[1], secure=True, headers={'host': 'polsslag.gemeente.example'}).status_code)"
)
# Up to where the web server would begin to listen.
SERVE = (
    "import gc, sys\n"
    "from gunicorn.app.wsgiapp import WSGIApplication\n"
    "from gunicorn.arbiter import Arbiter\n"
    "sys.argv = ['gunicorn', '-c', 'python:listening.gunicorn']\n"
    "server = Arbiter(WSGIApplication())\n"
    "server.cfg.on_starting(server)\n"
    "print('dashboards.views' in sys.modules, gc.get_freeze_count(), len(gc.get_objects()))"
)


def python(script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**clean, "DJANGO_SETTINGS_MODULE": "listening.settings", **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def shown(*names: str, **environment: str) -> dict[str, Any]:
    outcome = python(SHOWN, *names, **{**COMPLETE, **environment})
    assert outcome.returncode == 0, outcome.stderr
    settings: dict[str, Any] = json.loads(outcome.stdout)
    return settings


@pytest.mark.parametrize("name", ["SECRET_KEY", "BASE_URL"])
def test_a_missing_secret_is_named_with_what_to_do(name: str) -> None:
    outcome = python(SHOWN, **{key: value for key, value in COMPLETE.items() if key != name})
    assert outcome.returncode != 0
    assert f"{name} is not set. Set it in the environment" in outcome.stderr


def test_an_address_without_https_is_refused() -> None:
    outcome = python(SHOWN, **{**COMPLETE, "BASE_URL": "http://polsslag.gemeente.example"})
    assert outcome.returncode != 0
    assert "must start with https://" in outcome.stderr


def test_cookies_and_connections_are_secure() -> None:
    assert shown(
        "DEBUG",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "X_FRAME_OPTIONS",
    ) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "X_FRAME_OPTIONS": "DENY",
    }


def test_trying_it_on_this_machine_needs_no_certificate() -> None:
    assert shown("SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", BASE_URL="http://127.0.0.1:8000") == {
        "SESSION_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
    }


def test_only_the_own_host_name_is_answered() -> None:
    hosts = shown("ALLOWED_HOSTS")["ALLOWED_HOSTS"]
    assert "polsslag.gemeente.example" in hosts
    assert "*" not in hosts
    assert "testserver" not in hosts


@pytest.mark.parametrize("debug", ["false", "true"])
def test_the_mailbox_does_not_exist_even_when_debugging(debug: str) -> None:
    outcome = python(ASK, "/mailbox/", **{**COMPLETE, "DEBUG": debug})
    assert outcome.stdout.strip() == "404", outcome.stderr
    assert shown("MAILBOX", "EMAIL_BACKEND", DEBUG=debug) == {
        "MAILBOX": False,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    }


def test_the_demo_has_the_mailbox() -> None:
    outcome = python(
        "import django; django.setup()\n"
        "from django.urls import resolve; print(resolve('/mailbox/').view_name)",
        POLSSLAG_ENV="demo",
    )
    assert outcome.stdout.strip() == "mailbox:list", outcome.stderr


def test_the_garbage_collector_leaves_out_what_the_web_server_loaded() -> None:
    outcome = python(SERVE, **COMPLETE)
    views_are_loaded, left_out, looked_through = outcome.stdout.split()
    assert views_are_loaded == "True"
    assert int(left_out) > 1000 * int(looked_through)


def test_an_unknown_environment_is_refused() -> None:
    assert "use production, demo or test" in python(SHOWN, POLSSLAG_ENV="prod").stderr


def test_the_database_is_the_only_thing_health_asks_about() -> None:
    outcome = python(ASK, "/health/", **COMPLETE)
    assert outcome.stdout.strip() == "503", outcome.stderr


def test_django_finds_nothing_to_warn_about() -> None:
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"], **COMPLETE},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
