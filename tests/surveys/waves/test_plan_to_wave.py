"""What HR fills in reaches people: from the plan of a cycle to waves, mails and the answering page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from results.services import close_wave
from surveys.cycles.services import pause_cycle
from surveys.mailing.compose import Composer
from surveys.mailing.tokens import new_token, token_hash
from surveys.models import Cycle, Mail, Question, Wave
from surveys.waves.services import extend_wave, open_wave, queue_due_reminders, stop_accepting
from tests.answered import have_answered

from ..factories import FIRST, City, city

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def made() -> City:
    return city({"City": 1, "City/Care": 4, "City/Care/Night": 2, "City/Works": 3})


def opened(cycle: Cycle, weeks: int = 0) -> Wave:
    wave = open_wave(cycle, now=FIRST + weeks * WEEK)
    assert wave is not None
    return wave


def closed(wave: Wave) -> Wave:
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    return wave


def weekly(made: City, *units: str, **changes: Any) -> Cycle:
    return made.active(*units, recurrence="FREQ=WEEKLY", days_open=6, **changes)


def invited_units(wave: Wave) -> set[str]:
    return set(wave.invitations.values_list("unit__name", flat=True))


def test_a_unit_left_out_is_not_asked_nor_are_those_below_it(made: City) -> None:
    cycle = made.active("City", excluded_units=[made.units["City/Care"]])
    wave = opened(cycle)
    assert invited_units(wave) == {"City", "Works"}
    assert [unit.name for unit in wave.units.all()] == ["City", "Works"]


def test_themes_that_take_turns_are_asked_one_after_the_other(made: City) -> None:
    first, second, fixed = (made.questions(size) for size in (2, 3, 1))
    cycle = weekly(
        made,
        questions=[*first, *second, *fixed],
        rotating={first[0].theme_id, second[0].theme_id},
        return_within=2,
    )
    asked = []
    for week in range(4):
        wave = closed(opened(cycle, week))
        asked.append([question.question_id for question in wave.questions.all()])
    assert asked[0] == asked[2] == ids([*second, *fixed])
    assert asked[1] == asked[3] == ids([*first, *fixed])


def ids(questions: list[Question]) -> list[int]:
    return [question.pk for question in questions]


def ask_in_another_cycle(made: City) -> None:
    """Eight days before: two cycles in one week may not differ in so few people."""
    before = FIRST - timedelta(days=8)
    other = weekly(made, "City/Care", name="Other", now=before, starts_on=before.date())
    wave = open_wave(other, now=before)
    assert wave is not None
    closed(wave)
    pause_cycle(other, by=None, now=before)


def test_people_who_had_enough_invitations_of_any_cycle_are_left_out(made: City) -> None:
    ask_in_another_cycle(made)
    cycle = weekly(made, most_invitations=1, most_within_days=14)
    wave = opened(cycle)
    assert invited_units(wave) == {"City", "Works"}
    event = AuditEvent.objects.filter(action="wave.opened").latest("pk")
    assert event.detail["asked_enough"] == 6


def test_after_enough_days_they_are_asked_again(made: City) -> None:
    ask_in_another_cycle(made)
    cycle = weekly(made, most_invitations=1, most_within_days=14)
    closed(opened(cycle))
    assert invited_units(opened(cycle, 1)) == {"Care", "Night"}


def test_nobody_exceeds_the_limit_in_any_span_of_days(made: City) -> None:
    cycle = weekly(made, most_invitations=2, most_within_days=28)
    numbers = [closed(opened(cycle, week)).invitations.count() for week in range(8)]
    assert numbers == [10, 10, 0, 0, 10, 10, 0, 0]


def test_the_limit_counts_days_so_a_late_tick_or_the_clock_s_change_leaves_nobody_out(made: City) -> None:
    cycle = weekly(made, most_invitations=1, most_within_days=28)
    late = open_wave(cycle, now=FIRST + timedelta(hours=3))
    assert late is not None
    closed(late)
    Cycle.objects.update(next_opens_at=FIRST + 4 * WEEK - timedelta(hours=1))  # 09:00 in summer time
    wave = open_wave(cycle, now=FIRST + 4 * WEEK - timedelta(hours=1))
    assert wave is not None
    assert wave.invitations.count() == 10


def test_a_wave_without_people_closes_like_any_other(made: City) -> None:
    cycle = weekly(made, most_invitations=1, most_within_days=28)
    closed(opened(cycle))
    wave = opened(cycle, 1)
    stop_accepting(wave.pk, now=wave.closes_at)
    close_wave(wave.pk, now=wave.closes_at)
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSED


def test_who_speaks_another_language_is_asked_in_the_first_of_the_cycle(made: City) -> None:
    made.hire("City", language="en")
    wave = opened(made.active(languages=["nl"]))
    assert set(wave.invitations.values_list("language", flat=True)) == {"nl"}


def test_without_a_choice_everyone_is_asked_in_their_own_language(made: City) -> None:
    made.hire("City", language="en")
    assert set(opened(made.active()).invitations.values_list("language", flat=True)) == {"nl", "en"}


def now_open(made: City, **changes: Any) -> Wave:
    wave = opened(made.active(**changes))
    now = timezone.now()
    Wave.objects.filter(pk=wave.pk).update(opened_at=now - WEEK, closes_at=now + WEEK)
    wave.refresh_from_db()
    return wave


def answering_page(wave: Wave, query: str = "") -> str:
    mail = wave.mails.earliest("pk")
    token = new_token()
    Mail.objects.filter(pk=mail.pk).update(token_hash=token_hash(token), state=Mail.State.SENT)
    return Client().get(f"/a/{token}/{query}").content.decode()


def test_the_words_of_hr_stand_above_the_questions_in_the_language_of_the_page(made: City) -> None:
    wave = now_open(made, intros={"nl": "Dag <b>allen</b>!", "en": "Hello all!"})
    assert "Dag &lt;b&gt;allen&lt;/b&gt;!" in answering_page(wave)
    shown = answering_page(wave, "?lang=en")
    assert "Hello all!" in shown
    assert "Dag" not in shown


def test_a_wave_in_one_language_offers_no_other(made: City) -> None:
    wave = now_open(made, languages=["nl"])
    assert "?lang=en" not in answering_page(wave)
    assert '<html lang="nl"' in answering_page(wave, "?lang=en")


def test_where_a_part_is_asked_the_page_says_so_and_not_how_large_the_team_is(made: City) -> None:
    shown = answering_page(now_open(made, parts=2), "?lang=en")
    assert "the others have their turn later" in shown


def test_sender_and_reply_address_of_the_cycle_stand_on_the_mail(made: City) -> None:
    wave = opened(made.active(sender_name="The city’s HR", reply_to="hr@city.example"))
    mail = wave.mails.select_related("organisation", "wave", "invitation__employee").earliest("pk")
    message = Composer.for_mails([mail]).compose(mail, token=new_token(), now=FIRST)
    assert "HR" in message.from_email
    assert message.reply_to == ["hr@city.example"]


def sent(wave: Wave) -> Wave:
    wave.mails.update(state=Mail.State.SENT, sent_at=FIRST)
    return wave


def kinds() -> list[str]:
    return sorted(Mail.objects.exclude(kind=Mail.Kind.INVITATION).values_list("kind", flat=True))


def test_a_second_reminder_goes_to_those_who_still_have_not_answered(made: City) -> None:
    wave = sent(opened(made.active("City/Works", reminder_after_days=2, remind_again_after_days=4)))
    assert queue_due_reminders(FIRST + timedelta(days=2)) == 3
    have_answered([wave.invitations.earliest("pk")])
    assert queue_due_reminders(FIRST + timedelta(days=3)) == 0
    assert queue_due_reminders(FIRST + timedelta(days=4)) == 2
    assert queue_due_reminders(FIRST + timedelta(days=5)) == 0
    assert kinds() == ["reminder"] * 3 + ["reminder_2"] * 2


def test_a_tick_that_comes_after_both_reminders_sends_the_last_one_only(made: City) -> None:
    sent(opened(made.active("City/Works", reminder_after_days=2, remind_again_after_days=4)))
    assert queue_due_reminders(FIRST + timedelta(days=4, hours=1)) == 3
    assert queue_due_reminders(FIRST + timedelta(days=5)) == 0
    assert kinds() == ["reminder_2"] * 3


# Extending


def test_an_extended_wave_takes_answers_until_its_new_end_and_keeps_its_hour(made: City) -> None:
    wave = opened(made.active())
    until = (FIRST + timedelta(days=10)).date()
    extended = extend_wave(wave, until=until, by=None, now=FIRST + timedelta(days=1))
    assert extended.closes_at == FIRST + timedelta(days=10)
    assert stop_accepting(wave.pk, now=FIRST + WEEK) is None
    event = AuditEvent.objects.get(action="wave.extended")
    assert event.detail == {
        "planned_end": (FIRST + WEEK).isoformat(),
        "closes_at": (FIRST + timedelta(days=10)).isoformat(),
    }


@pytest.mark.parametrize(
    ("days", "at", "reason"), [(10, 8, "over"), (7, 1, "after the one"), (15, 1, "next wave")]
)
def test_a_wave_is_not_extended_when_over_nor_earlier_nor_into_the_next(
    made: City, days: int, at: int, reason: str
) -> None:
    wave = opened(made.active())
    with pytest.raises(ValidationError, match=reason):
        extend_wave(
            wave, until=(FIRST + timedelta(days=days)).date(), by=None, now=FIRST + timedelta(days=at)
        )
