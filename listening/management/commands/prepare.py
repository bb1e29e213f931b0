"""`manage.py prepare`: bring database and static files up to date; the supervisor runs it at each start."""

from __future__ import annotations

import gc
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, no_translations
from django.utils import timezone

from accounts.models import Organisation
from listening.migrating import migrate_once
from listening.waiting import wait_for_word


class Command(BaseCommand):
    help = "Migrates, collects static files, fills the demo once. Prints what people should know."

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.POLSSLAG_ENV == "demo":
            # Looking for unused objects takes an eighth of the time, and this process is over in seconds.
            gc.disable()
            import listening.demo  # noqa: F401 - loaded while the services start
        wait_for_word()
        migrate_once()
        if settings.POLSSLAG_ENV == "demo":
            self.fill_demo()
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
            if not Organisation.objects.exists():
                self.stdout.write(f"Begin at {settings.BASE_URL}/welcome/: it makes your organisation.")

    def fill_demo(self) -> None:
        # Here and not above: production has neither the demo nor the packages that it needs.
        from listening.demo import build, is_whole

        if not is_whole():
            self.stderr.write("Making a municipality with two years of answers; this happens once.")
        demo = build(timezone.now())
        gc.freeze()  # nor at the end of it
        self.stdout.write(f"Sign in with the password {demo.password} as")
        for login in demo.logins:
            self.stdout.write(f"  {login.role.label:<20} {login.email}")
        self.stdout.write(f"Invitations to answer: {settings.BASE_URL}/mailbox/")
