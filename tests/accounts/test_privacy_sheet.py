"""Each field that is stored has a privacy class, and the sheet in docs/ is the one that the code makes."""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from accounts.privacy_sheet import Privacy, tables

SHEET = settings.BASE_DIR / "docs" / "privacy-sheet.md"


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: str(model._meta.label))
def test_every_field_has_a_privacy_class(model: type[models.Model]) -> None:
    """Say it in the module `privacy` of the app, then `manage.py privacy_sheet > docs/privacy-sheet.md`."""
    table = tables().get(model._meta.label)
    assert table is not None
    fields = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
    assert {name for name in fields if table.class_of(name) is None} == set()
    declared = [name for names in table.fields.values() for name in names.split()]
    assert len(declared) == len(set(declared))
    assert set(declared) <= fields


def test_no_table_is_told_of_that_does_not_exist() -> None:
    assert set(tables()) == {model._meta.label for model in apps.get_models()}


def test_every_class_is_used() -> None:
    assert {one for table in tables().values() for one in table.fields} == set(Privacy)


def test_the_sheet_in_the_documentation_is_up_to_date() -> None:
    printed = io.StringIO()
    call_command("privacy_sheet", stdout=printed)
    assert printed.getvalue() == SHEET.read_text("utf-8")
