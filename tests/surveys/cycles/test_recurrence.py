from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from surveys.cycles.recurrence import (
    HORIZON,
    RecurrenceError,
    Rhythm,
    Schedule,
    read_rule,
    rhythm_of,
    rule_for,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = [
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Tokyo",
    "UTC",
]


def schedule(rule: str, first_day: date = date(2026, 3, 2), **changes: Any) -> Schedule:
    plan: dict[str, Any] = {"send_at": time(9), "days_open": 1, "zone": AMSTERDAM}
    return Schedule(rule, first_day, **plan | changes)


def days(schedule: Schedule, number: int = 10) -> list[date]:
    first = schedule.at(schedule.starts_on) - timedelta(seconds=1)
    return [schedule.day_of(opening) for opening in islice(schedule.openings(first), number)]


def message_of(schedule: Schedule) -> str:
    with pytest.raises(RecurrenceError) as caught:
        schedule.check()
    return " ".join(caught.value.messages)


rhythms = st.sampled_from([one for one in Rhythm if one is not Rhythm.OWN])
first_days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
schedules = st.builds(
    lambda rhythm, first_day, send_at, zone: Schedule(
        rule_for(rhythm, first_day), first_day, send_at, days_open=7, zone=ZoneInfo(zone)
    ),
    rhythms,
    first_days,
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)


@given(schedules)
def test_a_named_rhythm_begins_on_its_first_day_at_the_time_of_sending(plan: Schedule) -> None:
    plan.check()
    assert plan.first_opening() == plan.at(plan.starts_on)


@given(schedules)
def test_the_time_on_the_clock_stays_the_same_all_year_except_where_the_clock_skips_it(
    plan: Schedule,
) -> None:
    for opening in islice(plan.openings(plan.at(plan.starts_on)), 60):
        local = opening.astimezone(plan.zone)
        wished = datetime.combine(plan.day_of(opening), plan.send_at, plan.zone)
        skipped = wished.astimezone(UTC).astimezone(plan.zone).time() != plan.send_at
        assert skipped or (local.hour, local.minute) == (plan.send_at.hour, plan.send_at.minute)


@given(schedules, st.datetimes(datetime(2020, 1, 1), datetime(2050, 1, 1)))
def test_the_next_opening_is_later_than_the_moment_asked_about(plan: Schedule, moment: datetime) -> None:
    after = moment.replace(tzinfo=UTC)
    following = plan.next_opening(after)
    assume(following is not None)
    assert following is not None
    assert after < following <= after + HORIZON


@given(schedules)
def test_openings_only_go_forward(plan: Schedule) -> None:
    openings = list(islice(plan.openings(plan.at(plan.starts_on)), 60))
    assert all(earlier < later for earlier, later in pairwise(openings))


@given(schedules)
def test_stepping_from_one_opening_to_the_next_finds_the_same_dates_as_listing_them(plan: Schedule) -> None:
    start = plan.at(plan.starts_on)
    stepped = []
    after = start
    for _ in range(10):
        following = plan.next_opening(after)
        assert following is not None
        stepped.append(following)
        after = following
    assert stepped == list(islice(plan.openings(start), 10))


@given(schedules)
def test_a_wave_is_over_before_the_next_begins(plan: Schedule) -> None:
    openings = list(islice(plan.openings(plan.at(plan.starts_on)), 30))
    assert all(plan.closing(earlier) <= later for earlier, later in pairwise(openings))


@given(rhythms, first_days)
def test_a_named_rhythm_is_recognised_from_its_rule(rhythm: Rhythm, first_day: date) -> None:
    assert rhythm_of(rule_for(rhythm, first_day), first_day) is rhythm


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        (date(2026, 3, 28), ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]),  # summer time
        (date(2026, 10, 24), ["2026-10-24T07:00", "2026-10-25T08:00", "2026-10-26T08:00"]),  # winter time
    ],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clock_changes(first_day: date, expected: list[str]) -> None:
    plan = schedule("FREQ=DAILY", first_day)
    found = islice(plan.openings(plan.at(first_day) - timedelta(seconds=1)), 3)
    assert [f"{opening:%Y-%m-%dT%H:%M}" for opening in found] == expected


def test_a_time_that_the_clock_skips_counts_from_the_offset_before() -> None:
    plan = schedule("FREQ=DAILY", date(2026, 3, 29), send_at=time(2, 30))
    first = plan.first_opening()
    assert first is not None
    assert first.astimezone(AMSTERDAM).time() == time(3, 30)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    plan = schedule("FREQ=DAILY", date(2026, 10, 25), send_at=time(2, 30))
    assert plan.first_opening() == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_closing_is_at_the_time_of_sending_and_a_reminder_at_nine_by_the_local_clock() -> None:
    plan = schedule("FREQ=MONTHLY", date(2026, 3, 27), days_open=7, reminder_after_days=3)
    opening = plan.at(date(2026, 3, 27))
    assert opening == datetime(2026, 3, 27, 8, tzinfo=UTC)
    closes_at = plan.closing(opening)
    assert closes_at == datetime(2026, 4, 3, 7, tzinfo=UTC)
    assert plan.reminders(opening, closes_at) == [datetime(2026, 3, 30, 7, tzinfo=UTC)]


@pytest.mark.parametrize("reminder", [None, 7, 8])
def test_there_is_no_reminder_when_none_is_asked_or_the_wave_would_be_over(reminder: int | None) -> None:
    plan = schedule("FREQ=MONTHLY", days_open=7, reminder_after_days=reminder)
    opening = plan.at(plan.starts_on)
    assert plan.reminders(opening, plan.closing(opening)) == []


def test_a_month_without_a_fifth_monday_uses_its_last() -> None:
    first_day = date(2026, 3, 30)
    assert days(schedule(rule_for(Rhythm.MONTH, first_day), first_day), 3) == [
        first_day,
        date(2026, 4, 27),
        date(2026, 5, 25),
    ]


def test_count_and_until_end_the_rule() -> None:
    assert len(days(schedule("FREQ=WEEKLY;COUNT=3"))) == 3
    assert days(schedule("FREQ=WEEKLY;UNTIL=20260309")) == [date(2026, 3, 2), date(2026, 3, 9)]
    assert days(schedule("FREQ=WEEKLY;UNTIL=20260309T075959Z")) == [date(2026, 3, 2)]
    assert days(schedule("FREQ=WEEKLY;UNTIL=20260309T090000")) == [date(2026, 3, 2), date(2026, 3, 9)]


def test_after_the_last_date_there_is_no_next() -> None:
    plan = schedule("FREQ=WEEKLY;COUNT=2")
    assert plan.next_opening(plan.at(date(2026, 3, 9))) is None


def test_a_rule_may_be_pasted_with_its_prefix_and_in_small_letters() -> None:
    assert days(schedule("rrule:freq=weekly;byday=tu;"), 1) == [date(2026, 3, 3)]


@pytest.mark.parametrize(
    ("first_day", "rule", "expected"),
    [
        (date(2026, 1, 15), "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", [date(2026, 1, 30), date(2026, 2, 27)]),
        (date(2026, 1, 1), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1", [date(2028, 2, 29)]),
        (
            date(2026, 1, 1),
            "FREQ=WEEKLY;INTERVAL=26;BYDAY=TU,TH;COUNT=2",
            [date(2026, 1, 1), date(2026, 6, 30)],
        ),
        (date(2099, 12, 31), "FREQ=DAILY;COUNT=2", [date(2099, 12, 31), date(2100, 1, 1)]),
        (date(2100, 2, 28), "FREQ=DAILY;COUNT=2", [date(2100, 2, 28), date(2100, 3, 1)]),
    ],
)
def test_rules_give_the_days_that_the_standard_says(first_day: date, rule: str, expected: list[date]) -> None:
    assert days(schedule(rule, first_day)) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=13",
        "FREQ=DAILY;INTERVAL=7;BYDAY=FR",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=WEEKLY;UNTIL=20260101",
    ],
)
def test_a_rule_that_never_occurs_is_refused_without_a_long_search(rule: str) -> None:
    began = process_time()
    assert "gives no date in the five years" in message_of(schedule(rule))
    assert process_time() - began < 2  # a search up to the year 9999 takes longer for a daily rule


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("", "“”"),
        ("every tuesday", "“EVERY TUESDAY”"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=MONTHLY;BYDAY=9MO", "BYDAY=9MO"),
        ("FREQ=WEEKLY;INTERVAL=0", "“INTERVAL=0”"),
        ("FREQ=WEEKLY;INTERVAL=-1", "“INTERVAL=-1”"),
        ("FREQ=WEEKLY;COUNT=²", "“COUNT=²”"),
        ("FREQ=WEEKLY;FREQ=DAILY", "“FREQ=DAILY”"),
        ("FREQ=WEEKLY;UNTIL=20260231", "“UNTIL=20260231”"),
        ("FREQ=WEEKLY;BYEASTER=0", "“BYEASTER=0”"),
        ("FREQ=WEEKLY;DTSTART=20260101", "“DTSTART=20260101”"),
        ("FREQ=WEEKLY;;BYDAY=MO", "“”"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_by_the_part_that_is_wrong(rule: str, part: str) -> None:
    message = message_of(schedule(rule))
    assert part in message
    assert "cannot be read" in message


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY", "INTERVAL=2"])
def test_a_rule_must_say_daily_or_less_often(rule: str) -> None:
    assert "More often is not possible" in message_of(schedule(rule))


def test_times_of_day_are_set_apart_from_the_rule() -> None:
    assert "“BYHOUR=9,15”" in message_of(schedule("FREQ=DAILY;BYHOUR=9,15"))


def test_count_and_until_do_not_go_together() -> None:
    assert "not both" in message_of(schedule("FREQ=WEEKLY;COUNT=2;UNTIL=20270101"))


def test_a_second_line_is_refused() -> None:
    with pytest.raises(RecurrenceError):
        read_rule("FREQ=WEEKLY\nRDATE:20260101T090000")


def test_a_long_text_is_refused() -> None:
    assert "at most 200" in message_of(schedule("FREQ=WEEKLY;BYDAY=" + "MO," * 100))


def test_waves_that_would_overlap_are_refused_with_the_two_dates() -> None:
    message = message_of(schedule("FREQ=WEEKLY", days_open=8))
    assert "open on 9 March 2026, while the one of 2 March 2026 is still open" in message


def test_a_wave_may_close_at_the_moment_the_next_one_opens() -> None:
    schedule("FREQ=WEEKLY", days_open=7).check()


def test_overlap_is_found_late_in_a_rule_as_well() -> None:
    plan = schedule("FREQ=YEARLY;BYMONTHDAY=1,4;BYMONTH=3,11", date(2026, 3, 4), days_open=5)
    assert "while the one of" in message_of(plan)


parts = st.sampled_from(
    [
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYDAY",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYSETPOS",
        "WKST",
    ]
)
values = st.lists(
    st.one_of(
        st.integers(-400, 400).map(str), st.sampled_from(["MO", "-1FR", "5TU", "53SA", "XX", "20270101", ""])
    ),
    min_size=1,
    max_size=3,
).map(",".join)
rules = st.builds(
    lambda frequency, rest: ";".join([f"FREQ={frequency}", *map("=".join, rest)]),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.lists(st.tuples(parts, values), max_size=3),
)


@given(st.one_of(rules, st.text(max_size=40)), first_days)
def test_whatever_is_typed_either_works_or_is_refused(rule: str, first_day: date) -> None:
    plan = schedule(rule, first_day)
    with suppress(RecurrenceError):
        plan.check()
        assert plan.first_opening() is not None
