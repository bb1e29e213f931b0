"""Fixtures of the whole suite."""

import django

from . import services


def pytest_configure() -> None:
    services.start()
    django.setup()


def pytest_unconfigure() -> None:
    services.stop()
