"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.utils import timezone

from actions import reminders


@shared_task
def remind_owners() -> None:
    reminders.remind_owners(now=timezone.now())
