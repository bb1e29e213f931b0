"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.utils import timezone

from accounts.models import Organisation
from surveys.mailing.services import send_due_mail


@shared_task
def send_mail(organisation_id: int) -> None:
    organisation = Organisation.objects.get(pk=organisation_id)
    send_due_mail(organisation, now=timezone.now())
