"""What HR should know before a launch, in plain words; some of it stands in the way of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.languages import language_choices, language_codes
from surveys.audience import audience_of, first_moment, invited_since
from surveys.bank.hints import hints_of
from surveys.cycles.outlook import Outlook
from surveys.cycles.overlap import Overlap, others_of, overlaps
from surveys.cycles.recurrence import DAY, schedule_of
from surveys.cycles.services import check_ready
from surveys.journeys.checks import by_letter, dates_known, enough_in_a_period
from surveys.mailing.texts import used_in
from surveys.models import Cycle

MANY_QUESTIONS = 10
SHORT_NOTICE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Check:
    """`blocking`: the cycle cannot be launched like this."""

    text: str
    blocking: bool = False


def checks(outlook: Outlook, *, now: datetime) -> list[Check]:
    others = others_of(outlook.cycle, now)
    meeting = overlaps(outlook.cycle, now=now, placed=outlook.heads.placed, others=others)
    try:
        check_ready(outlook.cycle, now, meeting=meeting, people=outlook.people, rotation=outlook.rotation)
        blocking = []
    except ValidationError as error:
        blocking = [Check(text, blocking=True) for text in error.messages]
    warnings = [_addresses, _size, _length, _dates, _words, _mail_texts, _reply]
    if outlook.cycle.is_journey:
        warnings = [dates_known, enough_in_a_period, by_letter, _length, _words, _mail_texts, _reply]
    found = [Check(text) for warn in warnings for text in warn(outlook)]
    if outlook.cycle.is_journey:
        return [*blocking, *found, *_wording(outlook)]
    active = [other for other in others if other.state == Cycle.State.ACTIVE]
    found += [Check(text) for text in _repetition(outlook, active)]
    together = [*_together(outlook, active), *_compared(outlook, meeting)]
    return [*blocking, *found, *_notice(outlook, now), *together, *_wording(outlook)]


def _addresses(outlook: Outlook) -> Iterator[str]:
    without = outlook.people - outlook.mailed
    if without:
        yield ngettext(
            "%(number)d person has no e-mail address and gets no mail.",
            "%(number)d people have no e-mail address and get no mail.",
            without,
        ) % {"number": without}


def _size(outlook: Outlook) -> Iterator[str]:
    minimum = outlook.cycle.organisation.minimum_group
    if minimum <= outlook.people_per_wave < minimum * 2:
        yield ngettext(
            "A wave asks %(people)d person. With fewer than %(minimum)d answers nothing is shown, to anyone.",
            "A wave asks %(people)d people. With fewer than %(minimum)d answers nothing is shown, to anyone.",
            outlook.people_per_wave,
        ) % {"people": outlook.people_per_wave, "minimum": minimum}


def _length(outlook: Outlook) -> Iterator[str]:
    longest = max((len(one) for one in outlook.rotation.sets()), default=0)
    if longest > MANY_QUESTIONS:
        yield _(
            "Some waves ask %(number)d questions. More than %(most)d takes long: fewer people answer. "
            "Let themes take turns, or choose fewer questions."
        ) % {"number": longest, "most": MANY_QUESTIONS}


def _dates(outlook: Outlook) -> Iterator[str]:
    left_out = [wave for wave in outlook.waves if wave.opening is None]
    if left_out:
        yield ngettext(
            "One of the next dates is left out: %(reasons)s.",
            "%(number)d of the next dates are left out: %(reasons)s.",
            len(left_out),
        ) % {
            "number": len(left_out),
            "reasons": ", ".join(dict.fromkeys(wave.reason for wave in left_out if wave.reason)),
        }


def _words(outlook: Outlook) -> Iterator[str]:
    cycle = outlook.cycle
    spoken = cycle.languages or language_codes()
    missing = [name for code, name in language_choices() if code in spoken and not cycle.intros.get(code)]
    if cycle.intros and missing:
        yield _("The words above the questions are missing in: %(languages)s.") % {
            "languages": ", ".join(missing)
        }


def _mail_texts(outlook: Outlook) -> Iterator[str]:
    """Words of one's own that a language lacks, and placeholders that stand for nothing for some people."""
    cycle = outlook.cycle
    spoken = cycle.languages or language_codes()
    written = {code: set(cycle.mail_texts.get(code, {})) for code in spoken}
    names = [name for code, name in language_choices() if code in spoken and not written[code]]
    if names and any(written.values()):
        yield _("The mails have words of your own, but not in: %(languages)s.") % {
            "languages": ", ".join(names)
        }
    if "first_name" not in used_in(cycle.mail_texts, spoken):
        return
    nameless = audience_of(cycle).filter(first_name="").exclude(email="").count()
    if nameless:
        yield ngettext(
            "%(number)d person has no first name: their mail says “colleague” for {first_name}.",
            "%(number)d people have no first name: their mail says “colleague” for {first_name}.",
            nameless,
        ) % {"number": nameless}


def _reply(outlook: Outlook) -> Iterator[str]:
    if not (outlook.cycle.reply_to or outlook.cycle.organisation.reply_to):
        yield _("People cannot reply to the mail: there is no reply-to address.")


def _repetition(outlook: Outlook, active: Sequence[Cycle]) -> Iterator[str]:
    """A limit that this cycle passes by itself, and people who are at the limit at the first opening."""
    cycle, first = outlook.cycle, outlook.first
    if cycle.most_invitations is None or first is None or first.opening is None:
        return
    day_of = outlook.schedule.day_of
    span = day_of(first.opening) + timedelta(days=cycle.most_within_days)
    own = sum(1 for wave in outlook.openings if wave.opening and day_of(wave.opening) < span) / cycle.parts
    if own > cycle.most_invitations:
        yield _(
            "This cycle alone invites people %(times)d times in %(days)d days, and at most %(most)d times "
            "is allowed. So they are left out of some waves."
        ) % {"times": int(own), "days": cycle.most_within_days, "most": cycle.most_invitations}
    tired = at_the_limit(cycle, first.opening, active)
    if tired:
        yield ngettext(
            "%(number)d person will have had %(most)d invitations by the first wave, and is left out of it.",
            "%(number)d people will have had %(most)d invitations by the first wave, and are left out of it.",
            tired,
        ) % {"number": tired, "most": cycle.most_invitations}


def _notice(outlook: Outlook, now: datetime) -> Iterator[Check]:
    first = outlook.first
    if (
        first
        and first.opening
        and outlook.cycle.state == Cycle.State.DRAFT
        and first.opening - now < SHORT_NOTICE
    ):
        yield Check(_("The first mails go out within a day. Do people and managers know about it?"))


def _wording(outlook: Outlook) -> Iterator[Check]:
    """Hints on questions of one's own; those of the shared bank have been looked at."""
    for choice in outlook.rotation.choices:
        if choice.question.organisation_id is not None:
            for hints in hints_of(choice.question).values():
                yield from (
                    Check(_("“%(question)s”: %(hint)s") % {"question": choice.question, "hint": hint.text})
                    for hint in hints
                )


def _together(outlook: Outlook, active: Sequence[Cycle]) -> Iterator[Check]:
    paths = tuple(unit.path for unit in outlook.units)
    names = [other.name for other in active if _meet(paths, tuple(unit.path for unit in other.units.all()))]
    if names and outlook.cycle.most_invitations is None:
        yield Check(
            _("People are also asked by: %(names)s. You can limit the number of invitations per person.")
            % {"names": ", ".join(names)}
        )


def _compared(outlook: Outlook, meeting: Sequence[Overlap]) -> Iterator[Check]:
    """What is still allowed, but tells more than one cycle alone would."""
    cycle = outlook.cycle
    for one in meeting:
        few = one.too_few(cycle.organisation.minimum_group) and cycle.parts == one.other.parts == 1
        if one.alone and not few:
            yield Check(
                _(
                    "“%(other)s” asks part of the same people in the week of %(day)s. Whoever compares the "
                    "figures of both learns about the people whom only one of them asks. Choose other weeks, "
                    "or the same units."
                )
                % {"other": one.other.name, "day": date_format(one.day, str(DAY))}
            )


def _meet(these: tuple[str, ...], those: tuple[str, ...]) -> bool:
    """Whether some unit lies in both of these sets of branches."""
    return any(one.startswith(those) for one in these) or any(one.startswith(these) for one in those)


def at_the_limit(cycle: Cycle, opening: datetime, active: Sequence[Cycle]) -> int:
    """People who will have had as many invitations as the cycle allows, with those planned till then."""
    since = first_moment(cycle.organisation, days=cycle.most_within_days, at=opening)
    planned = list(_planned(cycle, since, opening, active))
    audience = audience_of(cycle).order_by()
    people: Counter[tuple[str, int]] = Counter()
    recent = invited_since(since, cycle.organisation).filter(employee__in=audience)
    had = recent.order_by().values_list("employee", "employee__unit__path").annotate(models.Count("pk"))
    for _employee, path, times in had:
        people[path, times] += 1
        people[path, 0] -= 1
    if planned:
        for path, number in audience.values_list("unit__path").annotate(models.Count("pk")):
            people[path, 0] += number
    return sum(
        number
        for (path, times), number in people.items()
        if times + sum(invitations for paths, invitations in planned if path.startswith(paths))
        >= (cycle.most_invitations or 1)
    )


def _planned(
    cycle: Cycle, since: datetime, opening: datetime, active: Sequence[Cycle]
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Of each other active cycle: its units, and how often it will invite each person before the opening."""
    for other in active:
        other.organisation = cycle.organisation
        if other.next_opens_at is None or other.next_opens_at >= opening:
            continue
        later = schedule_of(other).openings(max(since, other.next_opens_at) - timedelta(microseconds=1))
        number = 0
        for moment in later:
            if moment >= opening:
                break
            number += 1
        yield tuple(unit.path for unit in other.units.all()), number // other.parts
