"""`manage.py prepare`: bring database and static files up to date; the supervisor runs it at each start."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Organisation
from listening.migrating import migrate_once


class Command(BaseCommand):
    help = "Migrates the database and collects the static files. Prints what people should know."

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_once()
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
            if not Organisation.objects.exists():
                self.stdout.write(f"Begin at {settings.BASE_URL}/welcome/: it makes your organisation.")
