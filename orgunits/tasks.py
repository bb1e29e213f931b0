"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.utils import timezone

from orgunits.imports.steps import take_next_step


@shared_task
def go_on_with_imports() -> None:
    while take_next_step(timezone.now()):
        pass
