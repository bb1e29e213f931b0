"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import Organisation
from surveys.journeys.rounds import make_due_rounds
from surveys.letters.services import erase_old_letters
from surveys.letters.services import make_letters as make_letters_of_run
from surveys.mailing.bounce_mailbox import read_mailbox
from surveys.mailing.services import release_stuck_mail, send_due_mail
from surveys.waves.services import open_due_waves, queue_due_reminders


@shared_task
def open_waves() -> None:
    open_due_waves(timezone.now())


@shared_task
def make_rounds() -> None:
    make_due_rounds(timezone.now())


@shared_task
def queue_reminders() -> None:
    queue_due_reminders(timezone.now())


@shared_task
def send_mail(organisation_id: int) -> None:
    organisation = Organisation.objects.get(pk=organisation_id)
    send_due_mail(organisation, now=timezone.now())


@shared_task
def settle_mail() -> None:
    release_stuck_mail(timezone.now())
    erase_old_letters(timezone.now())


@shared_task
def read_bounces() -> None:
    read_mailbox(settings.BOUNCE_MAILBOX_URL, now=timezone.now())


@shared_task
def make_letters(run_id: int) -> None:
    make_letters_of_run(run_id, now=timezone.now())
