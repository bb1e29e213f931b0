"""A cycle's next wave as an employee will get it, before it exists. Nothing of it is saved."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from accounts.look import appearance_of
from accounts.models import User
from orgunits.models import Employee, OrgUnit
from surveys.answering.forms import AnswerForm
from surveys.answering.views import Look, OwnGroup, form_page
from surveys.audience import audience_of
from surveys.cycles.outlook import Outlook
from surveys.mailing.compose import Composer, absolute_url
from surveys.mailing.delivery import Delivery, ServerUnavailableError
from surveys.mailing.mould import LetterMail
from surveys.mailing.outcomes import Fate
from surveys.models import Invitation, Mail, Wave, WaveQuestion
from surveys.waves.snapshot import question_copies

NO_TOKEN = "test"  # noqa: S105


def trial_wave(outlook: Outlook, *, now: datetime) -> Wave:
    cycle, first = outlook.cycle, outlook.first
    opening = first.opening if first and first.opening else now
    return Wave(
        organisation=cycle.organisation,
        cycle=cycle,
        number=first.number if first else 1,
        name=cycle.name,
        kind=cycle.kind,
        days_after=cycle.days_after,
        scheduled_for=opening,
        opened_at=opening,
        closes_at=outlook.schedule.personal_end(opening)
        if cycle.is_journey
        else outlook.schedule.closing(opening),
        minimum_group=cycle.organisation.minimum_group,
        comment_allowed=cycle.comment_allowed,
        parts=cycle.parts,
        languages=cycle.languages,
        sender_name=cycle.sender_name,
        reply_to=cycle.reply_to,
        intros=cycle.intros,
        mail_texts=cycle.mail_texts,
    )


def trial_questions(outlook: Outlook, wave: Wave) -> list[WaveQuestion]:
    return question_copies(wave, outlook.rotation.questions(wave.number))


def trial_page(outlook: Outlook, language: str, *, now: datetime) -> str:
    """The answering page of someone in the first of the cycle's units that has people."""
    wave = trial_wave(outlook, now=now)
    someone = first_person(outlook)
    group = OwnGroup("–", 0)
    if someone is not None:
        people = audience_of(outlook.cycle).filter(unit=someone.unit).count()
        group = OwnGroup(someone.unit.name, -(-people // wave.parts))
    return form_page(wave, group, Look(language), AnswerForm(wave, trial_questions(outlook, wave), {}))


def first_person(outlook: Outlook) -> Employee | None:
    return audience_of(outlook.cycle).select_related("unit").order_by("unit__path").first()


def sample_mail(
    outlook: Outlook, kind: str, language: str, *, to: str, url: str, name: str, now: datetime
) -> LetterMail:
    """A mail of the next wave for someone of this name; its link leads to `url` instead."""
    wave, someone = trial_wave(outlook, now=now), first_person(outlook)
    unit = someone.unit if someone else OrgUnit(name=wave.organisation.name)
    person = Employee(organisation=wave.organisation, first_name=name, unit=unit)
    invitation = Invitation(
        organisation=wave.organisation, wave=wave, email=to, language=language, employee=person, unit=unit
    )
    mail = Mail(organisation=wave.organisation, wave=wave, invitation=invitation, kind=kind, due_at=now)
    questions = trial_questions(outlook, wave)
    scored = [question for question in questions if question.kind != WaveQuestion.Kind.OPEN]
    composer = Composer(
        {wave.pk: len(questions)},
        {wave.pk: scored[0]} if scored else {},
        {wave.organisation_id: appearance_of(wave.organisation_id)},
    )
    message = composer.compose(mail, token=NO_TOKEN, now=now)
    message.mould = None
    html, media_type = message.alternatives[0]
    message.body = leading_to(url, str(message.body))
    message.alternatives = []
    message.attach_alternative(leading_to(url, str(html)), str(media_type))
    for header in ("List-Unsubscribe", "List-Unsubscribe-Post"):
        message.extra_headers.pop(header)
    return message


def leading_to(url: str, text: str) -> str:
    for name in ("stop_reminders", "answer"):  # the address of the first begins with that of the second
        text = text.replace(absolute_url(name, NO_TOKEN), url)
    return text


def trial_mail(
    outlook: Outlook, user: User, language: str, *, url: str, now: datetime, kind: str = Mail.Kind.INVITATION
) -> LetterMail:
    """To the user."""
    message = sample_mail(
        outlook, kind, language, to=user.email, url=url, name=user.name.partition(" ")[0], now=now
    )
    message.subject = _("[Test] %(subject)s") % {"subject": message.subject}
    return message


def send(message: EmailMultiAlternatives) -> str:
    """Why it could not be sent, in the mail server's words; "" when it was."""
    with closing(Delivery()) as delivery:
        try:
            delivery.open()
        except ServerUnavailableError as error:
            return str(error)
        outcome = delivery.send(message)
    return "" if outcome.fate is Fate.ACCEPTED else outcome.words
