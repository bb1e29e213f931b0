from celery import shared_task
from django.utils import timezone

from accounts.webhooks import delivering

SECONDS = 30  # shorter than the first wait: who is still sending then is stopped, and the row is due again


@shared_task(soft_time_limit=SECONDS, time_limit=SECONDS + 10)
def deliver(webhook_id: int) -> None:
    if delivering.deliver_next(webhook_id, now=timezone.now()):
        deliver.delay(webhook_id)
    delivering.tell_who_set_it(webhook_id)


@shared_task
def erase_old_deliveries() -> None:
    delivering.erase_old(timezone.now())
