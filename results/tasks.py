from celery import shared_task
from django.utils import timezone

from results import live, mixing, services, verdicts
from surveys.waves.services import stop_accepting


@shared_task
def mix(wave_id: int) -> None:
    mixing.mix(wave_id)
    live.close_cells(wave_id, now=timezone.now())


@shared_task
def close(wave_id: int) -> None:
    stop_accepting(wave_id, now=timezone.now())
    services.close_wave(wave_id, now=timezone.now())
    verdicts.audit_wave(wave_id, now=timezone.now())  # its figures are seen from then on


@shared_task
def audit(wave_id: int) -> None:
    verdicts.audit_wave(wave_id, now=timezone.now())
