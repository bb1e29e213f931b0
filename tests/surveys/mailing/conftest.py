from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from .scripted_smtp import ScriptedSmtp

if TYPE_CHECKING:  # this file may be read before Django is ready
    from accounts.models import Organisation
    from surveys.models import Wave


@pytest.fixture
def organisation(db: None) -> Organisation:
    from .factories import make_organisation

    return make_organisation()


@pytest.fixture
def wave(organisation: Organisation) -> Wave:
    from .factories import make_wave

    return make_wave(organisation)


@pytest.fixture
def scripted_smtp(settings: Settings) -> Iterator[ScriptedSmtp]:
    server = ScriptedSmtp()
    server.up()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    yield server
    server.down()
