from celery import shared_task
from django.utils import timezone

from accounts.models import Organisation
from results import live, mixing, resealing, retention, services, verdicts
from results.lagging.services import compare_with_themes
from results.signals import digests, raising
from surveys.waves.services import stop_accepting


@shared_task
def mix(wave_id: int) -> None:
    mixing.mix(wave_id)
    resealing.seal_again(wave_id)
    live.close_cells(wave_id, now=timezone.now())


@shared_task
def close(wave_id: int) -> None:
    stop_accepting(wave_id, now=timezone.now())
    services.close_wave(wave_id, now=timezone.now())
    verdicts.audit_wave(wave_id, now=timezone.now())  # its figures are seen from then on


@shared_task
def audit(wave_id: int) -> None:
    verdicts.audit_wave(wave_id, now=timezone.now())


@shared_task
def delete_what_is_old() -> None:
    retention.delete_what_is_old(timezone.now())


@shared_task
def read_signals(organisation_id: int) -> None:
    organisation = Organisation.objects.get(pk=organisation_id)
    raising.read_waves(organisation, now=timezone.now())


@shared_task
def send_digests() -> None:
    digests.send_digests(now=timezone.now())


@shared_task
def compare_indicator(indicator_id: int) -> None:
    compare_with_themes(indicator_id, now=timezone.now())
