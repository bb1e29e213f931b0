"""The one beat entry. What is due stands in rows; a tick only looks and hands the work out.

A tick may be missed, late, or run twice at once: each piece of work claims its rows by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from accounts.webhooks.delivering import are_some_old as are_deliveries_old
from accounts.webhooks.delivering import webhooks_due
from accounts.webhooks.outbox import TASK as DELIVER
from actions.effects import TASK as EFFECTS
from actions.effects import organisations_to_look_at
from actions.reminders import is_due as reminders_are_due
from dashboards.reports.jobs import TASK as REPORT
from dashboards.reports.services import reports_due
from orgunits.imports.jobs import TASK as IMPORTS
from orgunits.models import ImportRun
from results.lagging.services import indicators_to_compare
from results.retention import is_something_old
from results.signals.digests import is_due as digests_are_due
from results.signals.raising import organisations_to_read
from results.verdicts import waves_to_audit
from surveys.letters.services import letters_due
from surveys.mailing.services import organisations_with_due_mail
from surveys.models import Cycle, Wave


@dataclass(frozen=True, slots=True)
class Work:
    task: str
    on: int | None = None


@shared_task
def tick() -> None:
    for work in work_due(timezone.now()):
        args = [] if work.on is None else [work.on]
        # The next tick finds what is still to do, so work that nobody has begun by then may go.
        current_app.send_task(work.task, args=args, expires=settings.TICK_SECONDS)


def work_due(now: datetime) -> Iterator[Work]:
    """The same few queries, whatever the number of cycles, waves and organisations."""
    if ImportRun.objects.waiting().exists():
        yield Work(IMPORTS)
    yield from _waves_to_move(now)
    yield Work("surveys.tasks.settle_mail")
    yield from _mail_work(now)
    for run in letters_due():
        yield Work("surveys.tasks.make_letters", run)
    yield from _work_on_answers(now)
    yield from _work_on_signals(now)
    yield from _work_on_actions(now)
    if is_something_old(now):
        yield Work("results.tasks.delete_what_is_old")
    yield from _reports(now)
    yield from _webhooks(now)
    if settings.POLSSLAG_ENV == "demo":
        yield from _work_on_the_demo()


def _reports(now: datetime) -> Iterator[Work]:
    due, some_are_old = reports_due(now)
    for run in due:
        yield Work(REPORT, run)
    if some_are_old:
        yield Work("dashboards.tasks.erase_reports")


def _webhooks(now: datetime) -> Iterator[Work]:
    for webhook in webhooks_due(now):
        yield Work(DELIVER, webhook)
    if are_deliveries_old(now):
        yield Work("accounts.tasks.erase_old_deliveries")


def _work_on_answers(now: datetime) -> Iterator[Work]:
    due_to_close = set(Wave.objects.due_to_close(now).values_list("pk", flat=True))
    for wave in Wave.objects.open().exclude(pk__in=due_to_close).values_list("pk", flat=True):
        yield Work("results.tasks.mix", wave)
    for wave in due_to_close:
        yield Work("results.tasks.close", wave)
    for wave in waves_to_audit():
        yield Work("results.tasks.audit", wave)


def _work_on_signals(now: datetime) -> Iterator[Work]:
    for organisation in organisations_to_read():
        yield Work("results.tasks.read_signals", organisation)
    for indicator in indicators_to_compare():
        yield Work("results.tasks.compare_indicator", indicator)
    if digests_are_due(now):
        yield Work("results.tasks.send_digests")


def _work_on_actions(now: datetime) -> Iterator[Work]:
    for organisation in organisations_to_look_at(now):
        yield Work(EFFECTS, organisation)
    if reminders_are_due(now):
        yield Work("actions.tasks.remind_owners")


def _waves_to_move(now: datetime) -> Iterator[Work]:
    if Cycle.objects.due(now).exists():
        yield Work("surveys.tasks.open_waves")
    if Wave.objects.due_for_round(now).exists():
        yield Work("surveys.tasks.make_rounds")
    if Wave.objects.due_to_remind(now).exists():
        yield Work("surveys.tasks.queue_reminders")


def _mail_work(now: datetime) -> Iterator[Work]:
    if settings.BOUNCE_MAILBOX_URL:
        yield Work("surveys.tasks.read_bounces")
    for organisation in organisations_with_due_mail(now):
        yield Work("surveys.tasks.send_mail", organisation)


def _work_on_the_demo() -> Iterator[Work]:
    from listening.demo.agreed import unanswered  # here: nothing else knows the demo

    if unanswered().exists():
        yield Work("listening.tasks.act_on_signal")


@shared_task
def act_on_signal() -> None:
    from listening.demo.agreed import act_on_signal

    act_on_signal(now=timezone.now())
