"""One mail per leader after a wave: about their layer, in their language, at most once, at decent hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts.models import User
from orgunits.models import OrgUnit, Role, RoleGrant
from results.signals import digests, services
from results.signals.models import Digest, Signal
from results.signals.raising import read_waves
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


def told(message: mail.EmailMessage) -> list[str]:
    """What it says as text and as HTML, each in one line."""
    assert isinstance(message, mail.EmailMultiAlternatives)
    page = str(message.alternatives[0][0])
    return [" ".join(text.split()) for text in (str(message.body), page)]


def test_each_leader_reads_about_their_own_units(made: Released) -> None:
    raised(made)
    care, works = leader(made, "City/Care"), leader(made, "City/Works")
    by_address = {message.to[0]: message for message in send(made)}
    for text in told(by_address[care.email]):
        assert "In Night “Energy” has gone down" in text
    assert by_address[care.email].subject == "1 new signal in your part of the organisation"
    for text in told(by_address[works.email]):
        assert "Night" not in text
        assert "Nothing in your part of the organisation shifted" in text
    assert by_address[works.email].subject == "Nothing shifted in your part of the organisation"


def test_what_explains_others_is_told_and_they_are_not(made: Released) -> None:
    head = raised(made, "City/Care")
    raised(made, "City/Care/Night", within=head)
    leader(made, "City")
    [message] = send(made)
    assert message.subject == "1 new signal in your part of the organisation"
    assert "In Care “Energy”" in told(message)[0]


def test_what_an_older_signal_explains_is_news_where_it_is_new(made: Released) -> None:
    head = raised(made, "City/Care", wave=made.waves[-2])
    raised(made, "City/Care/Night", within=head)
    leader(made, "City")
    [message] = send(made)
    assert message.subject == "1 new signal in your part of the organisation"
    assert "In Night “Energy”" in told(message)[0]


def test_what_is_rather_chance_is_counted_and_not_told(made: Released) -> None:
    raised(made)
    weak = raised(made, "City/Works")
    Signal.objects.filter(pk=weak.pk).update(evidence=weak.evidence | {"probability": 0.3})
    both, only = leader(made, "City"), leader(made, "City/Works")
    by_address = {message.to[0]: message for message in send(made)}
    assert by_address[both.email].subject == "1 new signal in your part of the organisation"
    assert by_address[only.email].subject == "Only weak signals in your part of the organisation"
    for text in told(by_address[both.email]):
        assert "The page also has 1 weak signal" in text
    for text in (*told(by_address[both.email]), *told(by_address[only.email])):
        assert "In Works" not in text


def test_managers_and_hr_get_the_same_news(made: Released) -> None:
    raised(made)
    hr, manager = leader(made, "City", Role.HR), leader(made, "City/Care/Night")
    by_address = {message.to[0]: message for message in send(made)}
    assert by_address.keys() == {hr.email, manager.email}
    assert told(by_address[hr.email]) == told(by_address[manager.email])


def test_it_is_in_the_leader_s_language(made: Released) -> None:
    raised(made)
    leader(made, "City/Care", language="nl")
    [message] = send(made)
    text, page = told(message)
    assert "Bij Night daalt" in text
    assert "Bij Night daalt" in page
    assert '<html lang="nl">' in page


def test_it_leads_to_the_page_and_to_each_signal(made: Released) -> None:
    signal = raised(made)
    leader(made, "City/Care")
    [message] = send(made)
    text, page = told(message)
    assert f"{settings.BASE_URL}/signals/" in text
    assert f'href="{settings.BASE_URL}/signals/"' in page
    assert f'href="{settings.BASE_URL}/signals/{signal.pk}/"' in page
    assert max(len(line) for line in str(message.body).splitlines()) <= 78
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_names_are_no_markup(made: Released) -> None:
    signal = raised(made)
    OrgUnit.objects.filter(pk=signal.unit_id).update(name="R&D <b>")
    leader(made, "City/Care")
    text, page = told(send(made)[0])
    assert "In R&D <b> “Energy”" in text
    assert "In R&amp;D &lt;b&gt; “Energy”" in page


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
    release_wave(made, {"energy": [3.7, 3.6, 3.7, 3.8]}, [40, 20, 9, 11], at=TUESDAY + timedelta(days=84))
    [message] = send(made, TUESDAY + timedelta(days=92))
    assert message.subject == "Nothing shifted in your part of the organisation"


def test_after_news_it_is_no_news_for_a_quarter_that_nothing_moved(made: Released) -> None:
    raised(made)
    leader(made, "City/Care")
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


def test_a_worker_that_was_away_wakes_nobody_at_night(made: Released) -> None:
    raised(made)
    leader(made, "City/Care")
    leader(made, "City")
    digests.queue_digests(made.waves[-1], now=TUESDAY)
    night = TUESDAY.replace(hour=22)
    assert digests.send_digests(now=night) == 0
    assert not digests.is_due(night)
    assert digests.send_digests(now=TUESDAY.replace(hour=7) + timedelta(days=1)) == 2


def test_after_a_long_silence_old_mails_are_dropped(made: Released) -> None:
    queued(made)
    mail.outbox.clear()
    assert digests.send_digests(now=TUESDAY + timedelta(days=13)) == 0
    assert not Digest.objects.exists()


def test_a_wave_that_was_read_has_its_mails_waiting(made: Released) -> None:
    """Written down with the reading: a worker that dies after it has lost no mail."""
    user = leader(made, "City")
    assert made.waves[-1] in read_waves(made.organisation, now=TUESDAY)
    assert Digest.objects.get().user == user


def queued(made: Released) -> User:
    """With a colleague, who comes after and gets the mail whatever became of this one."""
    raised(made)
    user = leader(made, "City/Care")
    leader(made, "City")
    digests.queue_digests(made.waves[-1], now=TUESDAY)
    return user


def role_ends(user: User) -> None:
    RoleGrant.objects.filter(user=user).update(ends_on=TUESDAY.date() - timedelta(days=1))


def account_ends(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def leaves_the_organisation(user: User) -> None:
    User.objects.filter(pk=user.pk).update(organisation=None)


def wants_no_more(user: User) -> None:
    services.choose_digest(user, "never", now=TUESDAY)


@pytest.mark.parametrize("changes", [role_ends, account_ends, leaves_the_organisation, wants_no_more])
def test_who_may_not_or_does_not_want_to_know_any_more_gets_none(
    made: Released, changes: Callable[[User], None]
) -> None:
    user = queued(made)
    mail.outbox.clear()
    changes(user)
    assert digests.send_digests(now=TUESDAY) == 1
    assert user.email not in mail.outbox[0].to
    assert not Digest.objects.filter(sent_at=None).exists()
