"""`manage.py database_roles`: separate roles for web and worker, on a server of one's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import DatabaseError, transaction

from listening.database_roles import grant_rights, make_roles
from listening.embedded.folder import WEB_ROLE, WORKER_ROLE
from listening.settings import env

ADDRESSES = {WEB_ROLE: "WEB_DATABASE_URL", WORKER_ROLE: "WORKER_DATABASE_URL"}


class Command(BaseCommand):
    help = (
        "Makes the roles polsslag_web and polsslag_worker, or gives them another password, "
        "and sets what each may do. The passwords are those in WEB_DATABASE_URL and WORKER_DATABASE_URL."
    )

    @no_translations
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        passwords = {role: self.password(role, name) for role, name in ADDRESSES.items()}
        try:
            make_roles(passwords)
        except DatabaseError as error:
            raise CommandError(
                f"The roles could not be made: {error}Set DATABASE_URL to a user that may create roles."
            ) from error
        grant_rights()
        self.stdout.write(
            f"{WEB_ROLE} may put answers in and read what was released; {WORKER_ROLE} does the work."
        )

    def password(self, role: str, name: str) -> str:
        address = urlsplit(env.str(name, default=""))
        if address.username not in (None, role):
            raise CommandError(f"{name} names the user {address.username}; it must be {role}.")
        return unquote(address.password or "")
