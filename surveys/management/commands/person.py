from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.audit import record
from accounts.models import Organisation
from surveys.persons.erasing import erase
from surveys.persons.export import as_data
from surveys.persons.finding import find_person


class Command(BaseCommand):
    help = "Print what is held about a person as JSON, or erase it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["export", "erase"])
        parser.add_argument("--organisation", required=True, help="its short name in addresses")
        parser.add_argument("--email", required=True, help="the e-mail address, or the employee number")

    def handle(self, *, what: str, organisation: str, email: str, **_options: Any) -> None:
        tenant = Organisation.objects.filter(slug=organisation).first()
        if tenant is None:
            raise CommandError(f"There is no organisation '{organisation}'.")
        person = find_person(tenant, email)
        if person is None:
            raise CommandError(f"Nothing is held about '{email}'.")
        now = timezone.now()
        if what == "erase":
            erase(person, by=None, now=now)
            self.stdout.write("Erased.")
            return
        record(tenant, "person.exported", by=None, now=now, target=person.row)
        self.stdout.write(json.dumps(as_data(person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
