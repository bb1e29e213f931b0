"""HR makes a question of its own with a hint beside it, uses it, and changes it after it was asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from surveys.bank.rows import all_questions
from surveys.models import Cycle, Submission, WaveQuestion
from tests.browser.barriers import barriers
from tests.browser.conftest import PHONE, Visit, Visitor, session_of
from tests.browser.town import TEAM, Town, town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> Town:
    return town(closed_waves=0)


@pytest.fixture
def hr(built: Town, live_server: LiveServer, visit: Visit) -> Visitor:
    visitor = visit(live_server.url)
    visitor.sign_in(session_of(built.users["hr"]))
    return visitor


def test_a_question_of_one_s_own_from_first_hint_to_second_version(built: Town, hr: Visitor) -> None:
    page = make_a_question(hr)
    question = all_questions().get(organisation=built.organisation)
    use_it(hr, built.draft)
    assert built.draft.cycle_questions.filter(question=question).exists()

    # A wave asks it.
    WaveQuestion.objects.filter(wave=built.wave, position=0).update(question=question)
    built.cycle.cycle_questions.filter(position=0).update(question=question)

    page.reload()
    page.get_by_role("link", name="Change this question").click()
    page.get_by_text("your change makes a new version").wait_for()
    page.get_by_label("Text in English").fill("My work is useful.")
    page.get_by_label("It still measures the same").check()
    page.get_by_role("button", name="Make a new version").click()
    page.get_by_text("Version 2 has been made").wait_for()
    versions = page.locator(".version")
    expect(versions).to_have_count(2)
    expect(versions.nth(0)).to_contain_text("My work is useful.")
    expect(versions.nth(0)).to_contain_text("the trend goes on")
    expect(versions.nth(1)).to_contain_text("My work is fun and useful.")
    assert barriers(page) == []

    page.locator(".renewal", has_text=built.cycle.name).get_by_role("button").click()
    page.get_by_text("asks this version from its next wave on").wait_for()
    assert built.cycle.cycle_questions.filter(question__version=2).exists()
    assert hr.said == []


def make_a_question(hr: Visitor) -> Page:
    page = hr.open("/questions/")
    page.get_by_role("link", name="Add a question").click()
    page.get_by_label("Theme").select_option(label="Energy and motivation")
    page.get_by_label("Text in English").type("My work is fun and useful.")
    hint = page.locator("#hints-en")
    expect(hint).to_contain_text("Two ideas in one?")
    expect(page.locator("#hints-nl")).to_have_text("")
    page.get_by_label("Text in Nederlands").fill("Mijn werk is zinvol.")
    assert barriers(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The question has been added").wait_for()
    return page


def use_it(hr: Visitor, draft: Cycle) -> None:
    page = hr.open(f"/cycles/{draft.pk}/edit/")
    page.locator("summary", has_text="Energy and motivation").click()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_label("My work is fun and useful.").check()
    expect(page.locator("#builder-checks")).to_contain_text("Two ideas in one?")
    page.close()


def test_options_are_asked_of_a_single_choice_only(built: Town, hr: Visitor) -> None:
    page = hr.open("/questions/new/")
    options = page.locator(".question-form__options")
    turned = page.get_by_label("Turned round")
    expect(options).to_be_hidden()
    expect(turned).to_be_visible()
    page.get_by_label("Kind of question").select_option("choice")
    expect(options).to_be_visible()
    expect(turned).to_be_hidden()
    assert barriers(page) == []


def test_the_list_is_searched_while_typing(built: Town, hr: Visitor) -> None:
    page = hr.open("/questions/")
    page.get_by_label("Find a question").type("energy")
    expect(page.get_by_role("status")).to_contain_text("question")
    page.get_by_label("Origin").select_option("own")
    page.get_by_text("Nothing found").wait_for()
    assert hr.said == []


def test_a_wrong_file_names_each_cell_and_a_mended_one_is_taken_over(built: Town, hr: Visitor) -> None:
    page = hr.open("/questions/import/")
    header = "theme;kind;text_nl;text_en\n"
    upload(page, header + "nergens;agreement;Ik werk hier.;I work here.\n")
    expect(page.locator("tbody tr")).to_contain_text("There is no such theme")
    page.get_by_role("link", name="Upload the mended file").click()
    upload(page, header + "energy;agreement;Ik werk hier.;I work here.\n")
    assert barriers(page) == []
    page.get_by_role("button", name="Apply these changes").click()
    page.get_by_text("1 question has been taken over").wait_for()
    assert all_questions().get(organisation=built.organisation).changed_by == built.users["hr"]
    assert hr.said == []


def upload(page: Page, content: str) -> None:
    page.get_by_label("File with questions").set_input_files(
        {"name": "questions.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Read the file").click()
    page.locator("main h1", has_text="questions.csv").wait_for()


def test_an_employee_chooses_one_of_the_options(built: Town, live_server: LiveServer, visit: Visit) -> None:
    options = [{"nl": "Thuis", "en": "At home"}, {"nl": "Op kantoor", "en": "In the office"}]
    fields = {"kind": "choice", "points": 2, "options": options, "text_en": "Where do you work?"}
    WaveQuestion.objects.filter(wave=built.wave, position=0).update(**fields)
    page = visit(live_server.url, viewport=PHONE).open(built.link(TEAM) + "?lang=en")
    page.get_by_role("group", name="Where do you work?").get_by_label("In the office").check()
    assert barriers(page) == []
    before = list(Submission.objects.values_list("pk", flat=True))
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_text("Thank you, your answers are in").wait_for()
    assert Submission.objects.exclude(pk__in=before).get().scores[0] == 1
