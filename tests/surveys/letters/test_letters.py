from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from surveys.answering import views
from surveys.answering.services import look_up
from surveys.letters import services
from surveys.letters.codes import ALPHABET, new_code, read_code, token_of, written
from surveys.letters.paper import Letter, as_csv, as_pdf
from surveys.letters.services import (
    LetterError,
    erase_old_letters,
    fetch_letters,
    letters_due,
    make_letters,
    order_letters,
    recipients,
    withdraw_letters,
)
from surveys.mailing.tokens import token_hash
from surveys.models import Invitation, LetterRun, Link, Wave
from tests.waves import OPENED, OpenWave, open_wave

NOW = OPENED + timedelta(hours=1)
Form, Audience = LetterRun.Form, LetterRun.Audience


# Codes


def test_a_code_has_fifty_random_bits() -> None:
    assert len(ALPHABET) == 32
    assert {len(new_code()) for _ in range(100)} == {10}
    assert len({new_code() for _ in range(1000)}) == 1000


@given(st.text(alphabet=ALPHABET, min_size=10, max_size=10))
def test_a_code_is_read_back_however_it_is_typed(code: str) -> None:
    misread = written(code).replace("0", "o").replace("1", "l").lower()
    for typed in (code, written(code), written(code).lower(), f" {' '.join(code)} ", misread):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "12345", "12345-6789", "12345-67890-1", "12345-6789U", "12345-6789é"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_token_follows_from_the_code_and_the_secret_key(settings: object) -> None:
    first = token_of("0123456789")
    assert first == token_of("0123456789") != token_of("0123456788")
    assert re.fullmatch(r"[\w-]{32}", first)
    settings.SECRET_KEY = "another-key"  # type: ignore[attr-defined]
    assert token_of("0123456789") != first


# On paper


def letter(**changes: str) -> Letter:
    fields = {
        "number": "E1",
        "first_name": "Noor",
        "last_name": "Bakker",
        "unit": "Wijkteam Noord",
        "language": "nl",
        "code": "0123456789",
        "link": "https://polsslag.example/a/abc/",
    }
    return Letter(**fields | changes)


@pytest.fixture
def built(db: None) -> OpenWave:
    return open_wave({"City": 2, "City/Care": 6, "City/Works": 3})


def test_names_are_text_and_never_markup(built: OpenWave, caplog: pytest.LogCaptureFixture) -> None:
    odd = letter(first_name="#panic()", last_name='$x$ *y* [z] \\ " é Ł ğ')
    assert as_pdf(built.wave, [odd], questions=2).startswith(b"%PDF")
    assert not caplog.text


def test_a_name_in_a_script_without_a_font_stops_nobodys_letter(
    built: OpenWave, caplog: pytest.LogCaptureFixture
) -> None:
    assert as_pdf(built.wave, [letter(first_name="名"), letter()], questions=2).startswith(b"%PDF")
    assert "do not follow PDF/UA-1" in caplog.text


def test_the_pdf_is_tagged_and_has_a_title_and_a_language(built: OpenWave) -> None:
    pdf = as_pdf(built.wave, [letter(), letter(language="en")], questions=2)
    for sign in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid:part", b"/Lang", b"DisplayDocTitle"):
        assert sign in pdf, sign
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_a_name_in_the_list_is_never_a_formula(built: OpenWave) -> None:
    content = as_csv(built.wave, [letter(last_name="=HYPERLINK(1)")]).decode("utf-8-sig")
    row = next(csv.DictReader(content.splitlines(), delimiter=";"))
    assert row["last_name"] == "'=HYPERLINK(1)"
    assert row["code"] == "01234-56789"
    assert row["link"] == "https://polsslag.example/a/abc/"


# Runs


def order(built: OpenWave, *units: str, form: LetterRun.Form = Form.CSV) -> LetterRun:
    audience = Audience.UNITS if units else Audience.WITHOUT_MAIL
    chosen = [built.units[path] for path in units]
    return order_letters(built.wave, audience=audience, form=form, units=chosen, by=None, now=NOW)


def made(built: OpenWave, *units: str, form: LetterRun.Form = Form.CSV) -> LetterRun:
    run = order(built, *units, form=form)
    assert make_letters(run.pk, now=NOW)
    run.refresh_from_db()
    return run


def rows(run: LetterRun) -> list[dict[str, str]]:
    text = fetch_letters(run, by=None, now=NOW).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_without_a_choice_letters_are_for_whom_no_mail_reaches(built: OpenWave) -> None:
    Invitation.objects.filter(pk=built.invitations["City"][0].pk).update(email="")
    built.link(built.invitations["City/Care"][0])
    built.wave.mails.update(state="refused")
    assert {row["unit"] for row in rows(made(built))} == {"City", "Care"}


def test_units_bring_those_below_and_come_in_the_order_of_the_post(built: OpenWave) -> None:
    names = ["Visser", "Bakker", "Mulder"]
    for invitation, name in zip(built.invitations["City/Works"], names, strict=True):
        assert invitation.employee is not None
        invitation.employee.last_name = name
        invitation.employee.save()
    found = rows(made(built, "City"))
    assert [row["unit"] for row in found] == ["City"] * 2 + ["Care"] * 6 + ["Works"] * 3
    assert [row["last_name"] for row in found[-3:]] == sorted(names)


def test_who_answered_gets_a_letter_too(built: OpenWave) -> None:
    """Otherwise the letters would tell who had not."""
    built.answer("City/Care", [[4, 4]] * 3)
    assert len(rows(made(built, "City/Care"))) == 6


def test_who_left_gets_none(built: OpenWave) -> None:
    person = built.invitations["City/Care"][0].employee
    assert person is not None
    person.left_on = OPENED.date()
    person.save()
    assert recipients(order(built, "City/Care")).count() == 5


def test_each_code_and_each_link_opens_the_own_invitation(built: OpenWave) -> None:
    for row in rows(made(built, "City/Care")):
        code = read_code(row["code"])
        assert code is not None
        token = row["link"].split("/")[-2]
        assert token == token_of(code)
        found = look_up(token_hash(token), now=NOW)
        assert found is not None
        assert found.on_paper
        employee = Invitation.objects.get(pk=found.invitation_id).employee
        assert employee is not None
        assert employee.employee_id == row["employee_number"]


def test_neither_codes_nor_links_stand_in_the_database(built: OpenWave) -> None:
    run = made(built, "City/Care")
    found = rows(run)
    stored = bytes(run.sealed or b"") + b"".join(bytes(link.token_hash) for link in Link.objects.all())
    for row in found:
        for secret in (row["code"], row["code"].replace("-", ""), row["link"].split("/")[-2]):
            assert secret.encode() not in stored


def test_letters_are_made_once(built: OpenWave) -> None:
    run = order(built, "City/Care")
    assert letters_due() == [run.pk]
    assert [make_letters(run.pk, now=NOW) for _ in range(2)] == [True, False]
    assert Link.objects.count() == 6
    assert letters_due() == []


def test_a_worker_that_dies_leaves_nothing_half_made(
    built: OpenWave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*args: object, **kwargs: object) -> bytes:
        raise MemoryError

    run = order(built, "City/Care", form=Form.PDF)
    with monkeypatch.context() as patch:
        patch.setattr(services, "as_pdf", dies)
        with pytest.raises(MemoryError):
            make_letters(run.pk, now=NOW)
    assert Link.objects.count() == 0
    assert letters_due() == [run.pk]
    assert make_letters(run.pk, now=NOW)


def test_the_file_is_erased_after_a_day_and_the_letters_stay_good(built: OpenWave) -> None:
    run = made(built, "City/Care")
    token = rows(run)[0]["link"].split("/")[-2]
    assert erase_old_letters(NOW + timedelta(hours=23)) == 0
    assert erase_old_letters(NOW + timedelta(hours=24)) == 1
    run.refresh_from_db()
    assert run.sealed is None
    with pytest.raises(LetterError):
        fetch_letters(run, by=None, now=NOW)
    assert look_up(token_hash(token), now=NOW) is not None


def test_the_file_goes_when_the_wave_closes_and_the_codes_open_nothing(built: OpenWave) -> None:
    run = made(built, "City/Care")
    token = rows(run)[0]["link"].split("/")[-2]
    assert look_up(token_hash(token), now=built.wave.closes_at) is None
    assert erase_old_letters(built.wave.closes_at) == 1


def test_letters_that_went_astray_can_be_made_worthless(built: OpenWave) -> None:
    run = made(built, "City/Care")
    tokens = [row["link"].split("/")[-2] for row in rows(run)]
    withdraw_letters(run, by=None, now=NOW)
    assert [look_up(token_hash(token), now=NOW) for token in tokens] == [None] * 6
    assert run.links.count() == 6  # that there was a letter is not forgotten
    assert not run.links.filter(token_hash__in=[token_hash(token) for token in tokens]).exists()


def test_everything_is_audited(built: OpenWave) -> None:
    run = made(built, "City/Care")
    fetch_letters(run, by=None, now=NOW)
    withdraw_letters(run, by=None, now=NOW)
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["letters.ordered", "letters.fetched", "letters.withdrawn"]


def test_no_letters_for_nobody_and_none_after_the_end(built: OpenWave) -> None:
    with pytest.raises(ValidationError, match=r"Nobody|Niemand"):
        order(built)
    built.wave.closes_at = NOW
    with pytest.raises(ValidationError):
        order(built, "City")


# The answering page behind a letter


@pytest.fixture
def token(built: OpenWave) -> str:
    from django.utils import timezone

    Wave.objects.update(closes_at=timezone.now() + timedelta(days=1))
    built.wave.refresh_from_db()
    views._empty_forms.clear()
    return rows(made(built, "City/Care"))[0]["link"].split("/")[-2]


@pytest.mark.parametrize("query", ["", "?shared", "?sent", "?sent&shared"])
def test_the_page_looks_the_same_before_and_after_answering(client: Client, token: str, query: str) -> None:
    """HR printed the link, and must not find out with it who answered."""
    before = client.get(f"/a/{token}/{query}")
    sent = client.post(f"/a/{token}/", {"q1": "4"})
    after = client.get(f"/a/{token}/{query}")
    assert before.content == after.content
    again = client.post(f"/a/{token}/", {"q1": "1"})
    assert (sent.status_code, sent["Location"]) == (again.status_code, again["Location"])


def test_only_the_first_answers_count(client: Client, built: OpenWave, token: str) -> None:
    from surveys.models import Submission

    client.post(f"/a/{token}/", {"q1": "4"})
    client.post(f"/a/{token}/", {"q1": "1"})
    assert [sealed.scores for sealed in Submission.objects.all()] == [[4, None]]


def test_a_shared_device_keeps_nothing_and_leads_back_to_the_page_for_codes(
    client: Client, token: str
) -> None:
    page = client.get(f"/a/{token}/?shared").content.decode()
    assert "data-keep" not in page.split("<script")[0]
    sent = client.post(f"/a/{token}/?shared", {"q1": "4"})
    thanks = client.get(f"/a/{token}/{sent['Location']}").content.decode()
    assert 'href="/k/"' in thanks


def test_a_list_of_two_thousand_takes_the_same_few_queries(built: OpenWave) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for units in (["City/Works"], ["City"]):
        run = order(built, *units)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            make_letters(run.pk, now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_qr_code_holds_the_link() -> None:
    import segno

    from surveys.letters.paper import _qr

    link = "https://polsslag.example/a/" + "x" * 32 + "/"
    drawing = BytesIO()
    segno.make(link, error="m", micro=False, mask=2).save(
        drawing, kind="svg", border=0, xmldecl=False, svgns=True
    )
    assert _qr(link) == drawing.getvalue().decode()
