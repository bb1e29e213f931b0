"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.utils import timezone

from accounts.models import Organisation
from actions import effects, reminders


@shared_task
def remind_owners() -> None:
    reminders.remind_owners(now=timezone.now())


@shared_task
def look_at_effects(organisation_id: int) -> None:
    effects.look_at_effects(Organisation.objects.get(pk=organisation_id), now=timezone.now())
