"""The bank as a file: what goes out comes back the same; nothing is taken over before it was looked at."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, Organisation
from orgunits.models import Role
from surveys.bank.exchange import ChangedMeanwhileError, apply_file, export_bank, keep_file, plan_of
from surveys.bank.plan import BankPlan, Outcome
from surveys.bank.reader import plan_of_file
from surveys.bank.rows import all_questions, all_themes
from surveys.bank.services import change_question, create_question
from surveys.bank.table import as_typed, harmless
from surveys.models import BankImport, Question

from ..factories import City, city
from .factories import NOW, ask_in_a_wave, choice_draft, draft, own_question

pytestmark = pytest.mark.django_db

HEADER = "code;theme;kind;reversed;text_nl;text_en;options_nl;options_en"


def a_file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def planned(organisation: Organisation, content: bytes) -> BankPlan:
    return plan_of_file(organisation, "questions.csv", content)


def outcomes(plan: BankPlan) -> list[str]:
    assert plan.problems.in_order() == []
    return [row.outcome.value for row in plan.rows]


def take(organisation: Organisation, content: bytes, *, equivalent: set[int] | None = None) -> BankPlan:
    kept = keep_file(organisation, file_name="questions.csv", content=content, by=None, now=NOW)
    digest = plan_of(kept).digest
    return apply_file(kept, digest=digest, equivalent=equivalent or set(), by=None, now=NOW)


def exported(organisation: Organisation) -> bytes:
    return export_bank(organisation, by=None, now=NOW)


def test_what_goes_out_comes_back_unchanged() -> None:
    organisation = city().organisation
    own_question(organisation, text="=SOM(A1) is geen vraag.", english='@home, I work; "well".')
    create_question(organisation, draft=choice_draft(), by=None, now=NOW)
    plan = planned(organisation, exported(organisation))
    assert set(outcomes(plan)) == {"unchanged"}
    assert len(plan.rows) == all_questions().filter(organisation=None).count() + 2


def test_the_export_holds_nothing_of_another_organisation() -> None:
    own_question(city().organisation, english="Somebody else's.")
    assert b"Somebody else" not in exported(city().organisation)


def test_a_cell_that_a_spreadsheet_would_run_goes_out_harmless() -> None:
    organisation = city().organisation
    own_question(organisation, english="=HYPERLINK(1)")
    assert ";'=HYPERLINK(1);" in exported(organisation).decode("utf-8-sig")


@given(st.text(alphabet="'=+-@ab", max_size=6))
def test_making_harmless_can_be_undone(cell: str) -> None:
    assert as_typed(harmless(cell)) == cell
    assert not harmless(cell).startswith(("=", "+", "-", "@"))


def test_each_row_says_what_becomes_of_it() -> None:
    organisation = city().organisation
    unused, used, same = (own_question(organisation) for _ in range(3))
    ask_in_a_wave(used)
    content = a_file(
        f"{unused.code};energy;agreement;0;Anders.;Different.;;",
        f"{used.code};energy;agreement;0;Anders.;Different.;;",
        f"{same.code};energy;agreement;0;{same.text_nl};{same.text_en};;",
        ";energy;choice;0;Waar?;Where?;Thuis | Hier;Home | Here",
    )
    plan = planned(organisation, content)
    assert outcomes(plan) == ["changed", "version", "unchanged", "new"]
    assert [row.line for row in plan.rows] == [2, 3, 4, 5]


def test_applying_does_what_the_preview_said_in_one_go_and_is_recorded() -> None:
    organisation = city().organisation
    unused, used = own_question(organisation), own_question(organisation)
    ask_in_a_wave(used)
    take(
        organisation,
        a_file(
            f"{unused.code};energy;agreement;0;Anders.;Different.;;",
            f"{used.code};energy;agreement;0;Anders.;Different.;;",
            ";energy;choice;0;Waar?;Where?;Thuis | Hier;Home | Here",
        ),
        equivalent={3},
    )
    unused.refresh_from_db()
    used.refresh_from_db()
    assert unused.text_en == "Different."
    assert used.text_en == "I like working here."
    assert all_questions().get(predecessor=used).is_equivalent
    [choice] = all_questions().filter(organisation=organisation, kind=Question.Kind.CHOICE)
    assert choice.options == [{"nl": "Thuis", "en": "Home"}, {"nl": "Hier", "en": "Here"}]
    outcome = AuditEvent.objects.get(action="questions.imported").detail["outcomes"]
    assert outcome == {"new": 1, "changed": 1, "version": 1, "unchanged": 0}
    assert not BankImport.objects.exists()


def test_a_new_theme_comes_with_its_names() -> None:
    organisation = city().organisation
    header = "theme;theme_name_nl;theme_name_en;kind;text_nl;text_en"
    take(
        organisation,
        a_file(
            "thuis;Thuiswerken;Working from home;agreement;Ik werk thuis.;I work at home.",
            "thuis;Thuiswerken;Working from home;agreement;Ik rust thuis.;I rest at home.",
            header=header,
        ),
    )
    made = all_themes().get(organisation=organisation)
    assert (made.code, made.name_en, made.questions.count()) == ("thuis", "Working from home", 2)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (";nowhere;agreement;0;a;b;;", "theme", "no such theme"),
        (";energy;rating;0;a;b;;", "kind", "Write agreement"),
        (";energy;agreement;maybe;a;b;;", "reversed", "Write 1"),
        (";energy;agreement;0;;b;;", "text_nl", "Dutch and in English"),
        (";energy;agreement;0;a;;;", "text_en", "Dutch and in English"),
        (";energy;choice;0;a;b;x;y", "options_nl", "Give 2 to 7"),
        (";energy;choice;0;a;b;x | y;", "options_en", "one on each line"),
        (";energy;open;1;a;b;;", "reversed", "turned round"),
        ("Wrong code;energy;agreement;0;a;b;;", "code", "small letters"),
        ("energy_1;energy;agreement;0;a;b;;", "code", "shared bank cannot be changed"),
        (f";energy;agreement;0;{'a' * 501};b;;", "text_nl", "500 characters"),
    ],
)
def test_a_wrong_cell_is_named_by_line_column_and_reason(line: str, column: str, reason: str) -> None:
    plan = planned(city().organisation, a_file(";energy;agreement;0;Goed.;Fine.;;", line))
    problem = plan.problems.in_order()[0]
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason


def test_a_question_twice_in_a_file_is_a_problem() -> None:
    organisation = city().organisation
    one = own_question(organisation)
    line = f"{one.code};energy;agreement;0;a;b;;"
    [problem] = planned(organisation, a_file(line, line)).problems.in_order()
    assert "line 2 already" in problem.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"theme;kind", "no questions"),
        (b"theme;kind;text_nl\na;b;c", "missing"),
        (b"theme;kind;text_nl;text_en;colour\na;b;c;d;e", "not known"),
        (b"theme;theme;kind;text_nl;text_en\na;a;b;c;d", "twice"),
        (b'theme;kind;text_nl;text_en\n"a;b', "cannot be read"),
        (b"x" * (1024**2 + 1), "larger than 1 MB"),
        ((HEADER + "\n" + ";energy;agreement;0;a;b;;\n" * 1001).encode(), "1,000 questions"),
    ],
    ids=[
        "empty",
        "header only",
        "column missing",
        "column unknown",
        "column twice",
        "quote",
        "large",
        "long",
    ],
)
def test_a_file_that_is_no_table_of_questions_says_so(content: bytes, reason: str) -> None:
    plan = planned(city().organisation, content)
    assert plan.rows == []
    assert any(reason in problem.reason for problem in plan.problems.in_order())


TEXT = "Eén coördinator is genoeg."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_files_are_read_whatever_they_were_saved_with(encoding: str, delimiter: str) -> None:
    text = f"theme;kind;text_nl;text_en\r\nenergy;stelling;{TEXT};One is enough.".replace(";", delimiter)
    plan = planned(city().organisation, text.encode(encoding))
    assert outcomes(plan) == ["new"]
    assert plan.rows[0].draft.texts["nl"] == TEXT


def test_a_spreadsheet_is_read_too() -> None:
    book = openpyxl.Workbook()
    for row in (["theme", "kind", "text_nl", "text_en"], ["energy", "open", "Wat helpt?", "What helps?"]):
        book.active.append(row)  # type: ignore[union-attr]
    content = BytesIO()
    book.save(content)
    assert outcomes(planned(city().organisation, content.getvalue())) == ["new"]


def test_other_languages_come_in_and_a_column_that_is_not_there_takes_none_away() -> None:
    organisation = city().organisation
    header = "code;theme;kind;text_nl;text_en;text_de"
    one = own_question(organisation)
    take(
        organisation, a_file(f"{one.code};energy;agreement;{one.text_nl};{one.text_en};Gern.", header=header)
    )
    one.refresh_from_db()
    assert one.other_languages == {"de": "Gern."}
    plain = a_file(f"{one.code};energy;agreement;0;{one.text_nl};{one.text_en};;")
    assert outcomes(planned(organisation, plain)) == ["unchanged"]


def test_a_bank_that_changed_after_the_preview_is_looked_at_again() -> None:
    organisation = city().organisation
    one = own_question(organisation)
    content = a_file(f"{one.code};energy;agreement;0;Anders.;Different.;;")
    kept = keep_file(organisation, file_name="questions.csv", content=content, by=None, now=NOW)
    digest = plan_of(kept).digest
    change_question(one, draft=draft("Van een ander."), revision=1, by=None, now=NOW)
    with pytest.raises(ChangedMeanwhileError):
        apply_file(kept, digest=digest, equivalent=set(), by=None, now=NOW)


def test_a_file_with_a_problem_changes_nothing() -> None:
    organisation = city().organisation
    content = a_file(";energy;agreement;0;Goed.;Fine.;;", ";nowhere;agreement;0;a;b;;")
    kept = keep_file(organisation, file_name="questions.csv", content=content, by=None, now=NOW)
    with pytest.raises(ValidationError):
        apply_file(kept, digest=plan_of(kept).digest, equivalent=set(), by=None, now=NOW)
    assert not all_questions().filter(organisation=organisation).exists()


# Pages


@pytest.fixture
def made() -> City:
    return city()


@pytest.fixture
def hr(made: City) -> Client:
    client = Client()
    client.force_login(made.user(Role.HR))
    client.cookies["django_language"] = "en"
    return client


def upload(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("questions.csv", content)
    return client.post(reverse("questions:import"), {"file": file}, follow=True)


def test_hr_downloads_uploads_looks_and_applies(made: City, hr: Client) -> None:
    own_question(made.organisation)
    content = hr.get(reverse("questions:export")).content
    mended = content.replace(b"I like working here.", b"I enjoy working here.")
    page = upload(hr, mended).content.decode()
    assert "I enjoy working here." in page
    kept = BankImport.objects.get()
    digest = plan_of(kept).digest
    assert digest in page
    hr.post(reverse("questions:import_apply", args=[kept.pk]), {"digest": digest})
    assert all_questions().get(organisation=made.organisation).text_en == "I enjoy working here."
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"questions.exported", "questions.imported"} <= actions


def test_a_preview_shows_problems_and_offers_nothing_to_apply(hr: Client) -> None:
    page = upload(hr, a_file(";nowhere;agreement;0;a;b;;")).content.decode()
    assert "There is 1 problem in the file." in page
    assert "Apply these changes" not in page


def test_a_file_of_another_organisation_is_not_found(hr: Client) -> None:
    kept = keep_file(city().organisation, file_name="questions.csv", content=a_file(), by=None, now=NOW)
    assert hr.get(reverse("questions:import_preview", args=[kept.pk])).status_code == 404
    assert hr.post(reverse("questions:import_apply", args=[kept.pk])).status_code == 404


def test_names_of_outcomes_are_in_words() -> None:
    assert {outcome.label for outcome in Outcome} == {"new", "changed", "new version", "unchanged"}


def test_signs_that_cannot_be_stored_are_left_out() -> None:
    organisation = city().organisation
    take(organisation, a_file(";energy;agreement;0;Ik\x00 werk\x07 hier.;I work here.;;"))
    assert all_questions().get(organisation=organisation).text_nl == "Ik werk hier."
