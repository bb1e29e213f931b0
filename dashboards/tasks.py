from celery import shared_task
from django.utils import timezone

from dashboards.reports import making, services


@shared_task
def make_report(run_id: int) -> None:
    if run := making.make_report(run_id, now=timezone.now()):
        making.tell_who_waited(run, now=timezone.now())


@shared_task
def erase_reports() -> None:
    services.erase_old_reports(timezone.now())
