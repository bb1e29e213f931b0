"""HR's own words in the mails: filling them in, what is refused, and what people get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from orgunits.models import Employee, Role
from surveys.cycles.checks import checks
from surveys.cycles.outlook import outlook
from surveys.cycles.texts import save_texts
from surveys.mailing.compose import Composer
from surveys.mailing.mould import LetterMail
from surveys.mailing.texts import PLACEHOLDERS, check_text, fill
from surveys.models import Cycle, Mail, Wave
from surveys.waves.services import open_due_waves

from ..factories import BEFORE, FIRST, City, city

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + timedelta(days=14)
SUBJECT = "{first_name}, {questions} questions of {organisation} until {closes_on}"


@pytest.fixture
def made() -> City:
    return city({"City/Care": 8, "City/Works": 6}, reply_to="hr@city.example")


@pytest.fixture
def hr(made: City) -> Client:
    client = Client()
    client.force_login(made.user(Role.HR))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def draft(made: City) -> Cycle:
    return made.draft(now=timezone.now(), starts_on=SOON)


def address(cycle: Cycle, language: str = "en") -> str:
    return f"{reverse('surveys:cycle_texts', args=[cycle.pk])}?lang={language}"


def written(cycle: Cycle) -> Any:
    return Cycle.objects.get(pk=cycle.pk).mail_texts


def with_texts(cycle: Cycle, **texts: str) -> Cycle:
    by_key = {key.replace("__", "."): text for key, text in texts.items()}
    version = Cycle.objects.get(pk=cycle.pk).texts_version
    return save_texts(cycle, language="en", texts=by_key, version=version, by=None, now=BEFORE)


# Filling them in


def test_what_hr_writes_is_kept_per_language(hr: Client, draft: Cycle) -> None:
    hr.post(address(draft, "en"), {"version": "1", "invitation__subject": SUBJECT, "news": "More desks."})
    hr.post(address(draft, "nl"), {"version": "2", "invitation__subject": "Hoe gaat het, {first_name}?"})
    assert written(draft) == {
        "en": {"invitation.subject": SUBJECT, "news": "More desks."},
        "nl": {"invitation.subject": "Hoe gaat het, {first_name}?"},
    }
    assert AuditEvent.objects.filter(action="cycle.texts_changed").count() == 1  # one sitting
    assert SUBJECT in hr.get(address(draft, "en")).content.decode()


def test_an_unknown_placeholder_is_named_what_was_typed_stays_and_the_rest_is_saved(
    hr: Client, draft: Cycle
) -> None:
    sent = {"version": "1", "invitation__subject": "Hi {naam}", "invitation__intro": "Fine"}
    shown = hr.post(address(draft), sent).content.decode()
    assert "{naam} is not a placeholder" in shown
    assert "{first_name}" in shown
    assert 'value="Hi {naam}"' in shown
    assert written(draft) == {"en": {"invitation.intro": "Fine"}}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("invitation__intro", "A {first_name and on", "A brace stands alone at “{first_name and on”"),
        ("invitation__intro", "A first_name} on", "A brace stands alone at “} on”"),
        ("invitation__intro", "{}", "{} is not a placeholder"),
        ("invitation__intro", "{{first_name}}", "A brace stands alone"),
        ("invitation__intro", "{first_name.__class__}", "{first_name.__class__} is not a placeholder"),
        ("news", "Dear {first_name}", "{first_name} cannot stand here"),
        ("invitation__subject", "x" * 151, "at most 150 characters"),
    ],
)
def test_what_is_wrong_is_said(hr: Client, draft: Cycle, name: str, text: str, words: str) -> None:
    shown = hr.post(address(draft), {"version": "1", name: text}).content.decode()
    assert words in shown
    assert written(draft) == {}


def test_two_people_at_once_do_not_overwrite_each_other(hr: Client, draft: Cycle) -> None:
    hr.post(address(draft), {"version": "1", "news": "Mine"})
    second = hr.post(address(draft), {"version": "1", "news": "Theirs"})
    assert second.status_code == 409
    assert "Theirs" in second.content.decode()
    assert written(draft)["en"]["news"] == "Mine"
    hr.post(address(draft), {"version": "1", "overwrite": "2", "news": "Theirs"})
    assert written(draft)["en"]["news"] == "Theirs"


def test_with_script_only_what_follows_comes_back(hr: Client, draft: Cycle) -> None:
    sent = {"version": "1", "reminder__intro": "{oops"}
    shown = hr.post(address(draft), sent, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    assert "The reminder, Words at the start" in shown


def test_words_may_change_after_the_launch_and_not_after_the_end(hr: Client, made: City) -> None:
    cycle = made.active()
    hr.post(address(cycle), {"version": "1", "news": "More desks."})
    assert written(cycle)["en"]["news"] == "More desks."
    Cycle.objects.update(state=Cycle.State.ENDED)
    shown = hr.post(address(cycle), {"version": "2", "news": "Fewer."}).content.decode()
    assert "This cycle has ended" in shown
    assert written(cycle)["en"]["news"] == "More desks."


def test_hr_of_one_department_does_not_write_for_another(made: City) -> None:
    cycle = made.draft("City/Care", now=timezone.now(), starts_on=SOON)
    client = Client()
    client.force_login(made.user(Role.HR, unit="City/Works"))
    client.post(address(cycle), {"version": "1", "news": "Mine"})
    assert written(cycle) == {}


# Checks


def test_people_for_whom_a_placeholder_stands_for_nothing_are_counted(made: City, draft: Cycle) -> None:
    Employee.objects.update(first_name="")
    cycle = with_texts(draft, invitation__subject="{first_name}")
    found = [check.text for check in checks(outlook(cycle, now=timezone.now()), now=timezone.now())]
    assert any("14 people have no first name" in text for text in found)
    assert any("not in: Nederlands" in text for text in found)


# What people get


def opened(made: City, **texts: str) -> Wave:
    cycle = made.active(reminder_after_days=3)
    with_texts(cycle, **texts)
    open_due_waves(FIRST)
    return Wave.objects.get()


def mail_of(wave: Wave, *, name: str = "Noor", kind: str = "invitation") -> LetterMail:
    mails = wave.mails.select_related("organisation", "wave", "invitation__employee", "invitation__unit")
    mail = mails.filter(invitation__unit__name="Care")[0]
    assert mail.invitation.employee is not None
    mail.invitation.employee.first_name, mail.invitation.language, mail.kind = name, "en", kind
    return Composer.for_mails([mail]).compose(mail, token="x" * 32, now=FIRST)


def test_a_mail_has_the_words_with_the_persons_own_in_their_places(made: City) -> None:
    intro = "Dear {first_name} of {unit},\n\n{minutes} minute for “{cycle}”."
    message = mail_of(opened(made, invitation__subject=SUBJECT, invitation__intro=intro))
    assert str(message.subject).startswith("Noor, ")
    assert "{" not in str(message.subject)
    assert "Dear Noor of Care," in str(message.body)
    assert "{" not in str(message.body)
    assert "Dear Noor of Care," in str(message.alternatives[0][0])
    assert b"{" not in message.on_the_wire()[2].partition(b"\r\n\r\n")[0]


def test_someone_without_a_name_is_a_colleague(made: City) -> None:
    assert (
        str(mail_of(opened(made, invitation__subject="Hi {first_name}"), name="").subject) == "Hi colleague"
    )


def test_each_kind_of_mail_has_words_of_its_own(made: City) -> None:
    wave = opened(
        made, invitation__closing="First.", reminder__closing="Second.", reminder_2__subject="Third"
    )
    assert "First." in str(mail_of(wave).body)
    assert "Second." in str(mail_of(wave, kind=Mail.Kind.REMINDER).body)
    assert str(mail_of(wave, kind=Mail.Kind.LAST_REMINDER).subject) == "Third"
    assert "First." not in str(mail_of(wave, kind=Mail.Kind.REMINDER).body)


@pytest.mark.parametrize("name", ["Noor\r\nBcc: all@example.org", "{closes_on}", "<b>{unit}</b>", "Zoë & Ş"])
def test_a_name_in_a_subject_starts_no_header_and_is_no_placeholder(made: City, name: str) -> None:
    wave = opened(made, invitation__subject="Hi {first_name}", invitation__intro="<i>{first_name}</i>")
    message = mail_of(wave, name=name)
    head = message.on_the_wire()[2].partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert str(message.subject) == f"Hi {name}".replace("\r\n", " ")
    html = str(message.alternatives[0][0])
    assert "<b>" not in html
    assert "<i>" not in html


def test_an_open_wave_keeps_its_words(made: City) -> None:
    wave = opened(made, invitation__subject="Before")
    with_texts(wave.cycle, invitation__subject="After")
    assert str(mail_of(Wave.objects.get()).subject) == "Before"


def test_news_is_in_the_mail_and_on_the_page_of_one_wave(made: City, client: Client) -> None:
    wave = opened(made, news="More desks since {closes_on}.\n\nAnd <quiet>.", invitation__closing="Bye")
    assert wave.mail_texts["en"]["news"]
    assert written(wave.cycle) == {"en": {"invitation.closing": "Bye"}}
    assert "What changed since last time" in str(mail_of(wave).body)
    html = str(mail_of(wave).alternatives[0][0])
    assert "More desks since" in html
    assert "&lt;quiet&gt;" in html


# Placeholders


@given(text=st.text(alphabet="{}ab_ \n", max_size=30))
def test_a_text_that_is_taken_has_no_brace_left_once_filled(text: str) -> None:
    try:
        check_text(text)
    except ValidationError:
        return
    assert not {"{", "}"} & set(fill(text, dict.fromkeys(PLACEHOLDERS, "x")))


@given(values=st.fixed_dictionaries(dict.fromkeys(PLACEHOLDERS, st.text(max_size=20))))
def test_what_stands_in_a_value_is_left_alone(values: dict[str, str]) -> None:
    text = "|".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert fill(text, values) == "|".join(values[name] for name in PLACEHOLDERS)


# Looking at it


@pytest.mark.parametrize("kind", list(Mail.Kind))
def test_the_preview_shows_each_mail_in_the_dark_too(hr: Client, draft: Cycle, kind: str) -> None:
    with_texts(draft, **{f"{kind}__subject": "My subject", f"{kind}__intro": "My words"})
    query = {"show": kind, "lang": "en"}
    page = hr.get(reverse("surveys:cycle_preview", args=[draft.pk]), query).content.decode()
    assert "My subject" in page
    assert "My words" in page  # the plain text
    assert "enstop" not in page
    frame = reverse("surveys:cycle_preview_mail", args=[draft.pk])
    light, dark = hr.get(frame, query), hr.get(frame, query | {"dark": ""})
    assert "My words" in light.content.decode()
    assert "@media not all" in light.content.decode()
    assert "@media all" in dark.content.decode()
    assert light.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script" not in light.headers["Content-Security-Policy"]
