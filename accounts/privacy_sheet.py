"""The privacy sheet: of every field that is stored what kind it is, how long it stays, and who reads it.

Each app says it of its own tables, in a module `privacy` with `TABLES`; docs/privacy-sheet.md follows.
A test fails for a field without a class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ALWAYS_TECHNICAL = frozenset({"id", "organisation"})  # a random or running number; the tenant


class Privacy(models.TextChoices):
    """What a field is to the person whom it is about."""

    IDENTITY = "identity", _("who someone is")
    CONTACT = "contact", _("how someone is reached")
    TRAIT = "trait", _("what someone has in common with others")
    INVITATION = "invitation", _("that someone was asked")
    SEALED = "sealed", _("an answer, sealed: without a name, in the own team")
    MIXED = "mixed", _("an answer, mixed: without a name, among those of others")
    RELEASED = "released", _("what was released about a group")
    LOG = "log", _("who did what, and when")
    SECRET = "secret", _("a password, a key, or what is left of a link")
    SETTING = "setting", _("what the organisation chose or wrote")
    TECHNICAL = "technical", _("numbers of rows, states, times of processing")


class Kept:
    """How long, in the words of the sheet."""

    ORGANISATION = _("as long as the organisation uses Polsslag")
    INVITATIONS = _("6 months after the wave closed, unless the organisation chose another time")
    ANSWERS = _("24 months after the wave closed, unless the organisation chose another time")


@dataclass(frozen=True, slots=True)
class Table:
    """`fields`: names by class, with spaces between them."""

    what: Promise
    kept: Promise
    read_by: Promise
    fields: Mapping[Privacy, str]

    def class_of(self, field: str) -> Privacy | None:
        found = [one for one, names in self.fields.items() if field in names.split()]
        return found[0] if found else Privacy.TECHNICAL if field in ALWAYS_TECHNICAL else None


@dataclass(frozen=True, slots=True)
class Row:
    """One table of the database, as the sheet shows it."""

    name: str
    table: Table

    @property
    def classes(self) -> list[tuple[Privacy, str]]:
        given = {one: names.split() for one, names in self.table.fields.items()}
        return [(one, ", ".join(given[one])) for one in Privacy if given.get(one)]


def tables() -> dict[str, Table]:
    """By label, such as "orgunits.Employee"."""
    found: dict[str, Table] = {}
    for config in apps.get_app_configs():
        found |= _declared(config)
    return found


def _declared(config: AppConfig) -> Mapping[str, Table]:
    name = f"{config.name}.privacy"
    if find_spec(name) is None:
        return {}
    declared: Mapping[str, Table] = getattr(import_module(name), "TABLES", {})
    return declared


def rows() -> list[Row]:
    """In the order of the apps, and there as declared."""
    return [Row(label, table) for label, table in tables().items()]


def as_markdown() -> str:
    """In the language in use."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# " + gettext("Privacy sheet")
    yield ""
    yield gettext("What Polsslag stores, how long, and who reads it. Made by `manage.py privacy_sheet`.")
    yield ""
    kept, read_by = gettext("Kept"), gettext("Read by")
    yield "## " + gettext("Kinds of data")
    yield ""
    yield from (f"- **{one.value}**: {one.label}" for one in Privacy)
    for row in rows():
        yield ""
        yield f"## {row.name}"
        yield ""
        yield str(row.table.what)
        yield ""
        yield f"- {kept}: {row.table.kept}"
        yield f"- {read_by}: {row.table.read_by}"
        yield from (f"- {one.value}: `{names}`" for one, names in row.classes)
    yield ""
