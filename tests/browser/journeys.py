"""The journeys of the town: one that is being made, and one that asks people now."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone, translation

from orgunits.access import scope_of
from orgunits.models import Employee
from surveys.cycles.drafts import start_draft
from surveys.journeys.templates import JOURNEYS
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Cycle, Mail, Question, Wave
from tests.browser.town import TEAM, Town
from tests.surveys.factories import City
from tests.surveys.journeys.factories import running_now


def draft_of(town: Town, key: str = "onboarding_30") -> Cycle:
    today = timezone.localdate()
    scope = scope_of(town.users["hr"], on=today)
    with translation.override("nl"):
        plan = next(one for one in JOURNEYS if one.key == key).plan(scope, today=today)
    return start_draft(town.organisation, plan=plan, by=town.users["hr"], now=timezone.now())


def running_in(town: Town) -> Wave:
    """Made when it is first asked for."""
    found = Wave.objects.open().filter(organisation=town.organisation, kind=Cycle.Kind.ONBOARDING).first()
    if found is not None:
        return found
    start_some(town)
    made = City(town.organisation, {"City": town.units["Waterveen"], "City/Care": town.units[TEAM]})
    asked = JOURNEYS[0].questions
    questions = list(Question.objects.filter(organisation=None, code__in=asked))
    wave = running_now(made, 2, name="Nieuw hier: dag 30", questions=questions)
    wave.invitations.update(language=town.users_language)
    return wave


def start_some(town: Town) -> None:
    """In the last year, so that the pages have something to look back on."""
    for number, person in enumerate(Employee.objects.filter(organisation=town.organisation).order_by("pk")):
        joined_on = timezone.localdate() - timedelta(days=35 + 7 * number)
        Employee.objects.filter(pk=person.pk).update(joined_on=joined_on)


def link_into(town: Town) -> str:
    mail = Mail.objects.filter(wave=running_in(town), token_hash=None).order_by("pk")[0]
    token = new_token()
    Mail.objects.filter(pk=mail.pk).update(token_hash=token_hash(token))
    return f"/a/{token}/"
