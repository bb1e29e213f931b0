"""One mail per leader after a wave: about their layer, in their language, at most once, at decent hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from orgunits.models import Role
from results.signals import digests, services
from results.signals.models import Digest, Signal
from surveys.models import QuietPeriod
from tests.dashboards.test_signals import VALUES, raised
from tests.factories import user_with
from tests.results.signals.released import Released, organisation_with, release_wave

pytestmark = pytest.mark.django_db

PATHS = ["City", "City/Care", "City/Care/Night", "City/Works"]
TUESDAY = datetime(2026, 6, 9, 10, tzinfo=UTC)


@pytest.fixture
def made() -> Released:
    made = organisation_with(PATHS)
    for number, value in enumerate(VALUES):
        opened = TUESDAY - timedelta(days=8 + 14 * (len(VALUES) - 1 - number))
        release_wave(made, {"energy": [3.7, 3.6, value, 3.8]}, [40, 20, 9, 11], at=opened)
    return made


def leader(made: Released, path: str, role: Role = Role.MANAGER, language: str = "en") -> User:
    user = user_with(role, made.units[path])
    User.objects.filter(pk=user.pk).update(language=language)
    return user


def send(made: Released, now: datetime = TUESDAY) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    digests.queue_digests(made.waves[-1], now=now)
    digests.send_digests(now=now)
    return list(mail.outbox)


def test_each_leader_reads_about_their_own_units(made: Released) -> None:
    raised(made)
    care, works = leader(made, "City/Care"), leader(made, "City/Works")
    by_address = {message.to[0]: message for message in send(made)}
    assert "In Night “Energy” has gone down" in str(by_address[care.email].body)
    assert "1 new signal" in by_address[care.email].subject
    assert "Night" not in str(by_address[works.email].body)
    assert "Nothing in your part of the organisation shifted" in str(by_address[works.email].body)


def test_it_is_in_the_leader_s_language(made: Released) -> None:
    raised(made)
    leader(made, "City/Care", language="nl")
    [message] = send(made)
    assert "Bij Night daalt" in str(message.body)


def test_nobody_gets_it_twice(made: Released) -> None:
    raised(made)
    leader(made, "City/Care")
    assert len(send(made)) == 1
    assert send(made) == []


def test_that_nothing_moved_is_news_once_a_quarter(made: Released) -> None:
    leader(made, "City/Works")
    assert len(send(made)) == 1
    release_wave(made, {"energy": [3.7, 3.6, 3.6, 3.8]}, [40, 20, 9, 11], at=TUESDAY)
    assert send(made, TUESDAY + timedelta(days=8)) == []


def test_who_wants_it_after_each_wave_gets_it_and_who_wants_none_gets_none(made: Released) -> None:
    often, never = leader(made, "City/Works"), leader(made, "City/Care")
    services.choose_digest(often, "wave", now=TUESDAY)
    services.choose_digest(never, "never", now=TUESDAY)
    assert [message.to for message in send(made)] == [[often.email]]
    release_wave(made, {"energy": [3.7, 3.6, 3.6, 3.8]}, [40, 20, 9, 11], at=TUESDAY)
    assert [message.to for message in send(made, TUESDAY + timedelta(days=8))] == [[often.email]]


def test_roles_without_results_and_old_waves_get_no_mail(made: Released) -> None:
    leader(made, "City", Role.IT_ADMINISTRATOR)
    leader(made, "City", Role.PRIVACY_OFFICER)
    assert send(made) == []
    leader(made, "City")
    assert digests.queue_digests(made.waves[0], now=TUESDAY) == 0
    assert not Digest.objects.exists()


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (datetime(2026, 6, 9, 8, tzinfo=UTC), datetime(2026, 6, 9, 8, tzinfo=UTC)),
        (datetime(2026, 6, 9, 4, tzinfo=UTC), datetime(2026, 6, 9, 7, tzinfo=UTC)),
        (datetime(2026, 6, 9, 18, tzinfo=UTC), datetime(2026, 6, 10, 7, tzinfo=UTC)),
        (datetime(2026, 6, 12, 18, tzinfo=UTC), datetime(2026, 6, 15, 7, tzinfo=UTC)),  # over a weekend
        (datetime(2026, 12, 24, 18, tzinfo=UTC), datetime(2026, 12, 28, 8, tzinfo=UTC)),  # over Christmas
        (datetime(2026, 6, 17, 10, tzinfo=UTC), datetime(2026, 6, 19, 7, tzinfo=UTC)),  # over quiet days
    ],
)
def test_mails_go_out_in_working_hours(made: Released, now: datetime, wanted: datetime) -> None:
    QuietPeriod.objects.create(
        organisation=made.organisation,
        name="Elections",
        first_day=date(2026, 6, 17),
        last_day=date(2026, 6, 18),
    )
    assert digests.next_moment(made.organisation, now) == wanted


def test_the_mail_waits_for_its_moment(made: Released) -> None:
    raised(made)
    leader(made, "City/Care")
    night = TUESDAY.replace(hour=22)
    assert send(made, night) == []
    assert digests.is_due(night + timedelta(hours=10))
    assert not digests.is_due(night)
    assert digests.send_digests(now=night + timedelta(hours=10)) == 1
    assert Digest.objects.get().moved == Signal.objects.count() == 1
    assert timezone.is_aware(Digest.objects.get().sent_at or TUESDAY)
