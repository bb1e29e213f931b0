"""Work for the Celery workers. Each is safe to run twice, late, or on several machines at once."""

from celery import shared_task
from django.utils import timezone

from orgunits.imports.steps import take_next_step
from orgunits.models import RoleGrant
from orgunits.roles import notices


@shared_task
def go_on_with_imports() -> None:
    while take_next_step(timezone.now()):
        pass


@shared_task
def tell_of_role(grant_id: int) -> None:
    """Tells nothing of a role that has been withdrawn by then, and twice where it is run twice."""
    grants = RoleGrant.objects.select_related("organisation", "user__organisation", "unit")
    for grant in grants.filter(pk=grant_id):
        notices.tell_of_role(grant, now=timezone.now())
