"""HR's pages of the question bank: looking, adding, changing, two people at once, other organisations."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent
from orgunits.models import Role
from surveys.bank.rows import all_questions, all_themes
from surveys.models import Question, Theme

from ..factories import City, city
from .factories import ask_in_a_wave, own_question, theme, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> City:
    return city({"City/Care": 2})


def browser(made: City, *roles: Role, unit: str = "City") -> Client:
    client = Client()
    client.force_login(made.user(*roles, unit=unit))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def hr(made: City) -> Client:
    return browser(made, Role.HR)


def shown(client: Client, name: str, *numbers: int, **search: str) -> str:
    response = client.get(reverse(f"questions:{name}", args=numbers), search)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def send(client: Client, name: str, *numbers: int, **sent: Any) -> Any:
    return client.post(reverse(f"questions:{name}", args=numbers), typed(**sent))


def test_the_list_shows_the_shared_bank_and_one_s_own(made: City, hr: Client) -> None:
    own_question(made.organisation)
    stranger = own_question(city().organisation, text="Van een ander.", english="A stranger's.")
    page = shown(hr, "list")
    assert "I like working here." in page
    assert all_questions().get(organisation=None, code="energy_1").text_en in page
    assert stranger.text_en not in page


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"words": "like working"}, True),
        ({"words": "GRAAG"}, True),
        ({"words": "nothing like it"}, False),
        ({"bank": "own"}, True),
        ({"bank": "shared"}, False),
        ({"kind": "agreement"}, True),
        ({"kind": "open"}, False),
        ({"use": "unused"}, True),
        ({"use": "used"}, False),
        ({"retired": ""}, False),
    ],
    ids=str,
)
def test_the_list_can_be_searched(made: City, hr: Client, search: dict[str, str], found: bool) -> None:
    own_question(made.organisation)
    assert ("I like working here." in shown(hr, "list", **search)) == found


def test_the_list_says_where_a_question_is_used(made: City, hr: Client) -> None:
    question = own_question(made.organisation)
    made.active(questions=[question], name="Monday")
    ask_in_a_wave(question)
    page = shown(hr, "list", words="like working")
    assert "in Monday" in page
    assert "asked in 1 wave" in page


def test_the_list_takes_as_many_queries_for_many_questions(
    made: City, hr: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        own_question(made.organisation)
    shown(hr, "list")
    with django_assert_max_num_queries(12):
        shown(hr, "list")


def test_a_question_is_added(made: City, hr: Client) -> None:
    response = send(hr, "new")
    question = all_questions().get(organisation=made.organisation)
    assert response.headers["Location"] == reverse("questions:question", args=[question.pk])
    assert question.changed_by is not None


def test_a_single_choice_is_added_and_its_options_are_shown(made: City, hr: Client) -> None:
    send(hr, "new", kind="choice", options_nl="Thuis\nOp kantoor\n", options_en="At home\r\nIn the office")
    question = all_questions().get(organisation=made.organisation)
    page = shown(hr, "question", question.pk)
    assert "At home" in page
    assert "Thuis" in page


def test_what_was_typed_stays_after_an_error(hr: Client) -> None:
    response = send(hr, "new", text_en="", text_nl="Dit bleef staan.")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Dit bleef staan." in page
    assert "needed in Dutch and in English" in page
    assert not all_questions().exclude(organisation=None).exists()


def test_a_used_question_that_is_changed_becomes_a_new_version_with_both_on_the_page(
    made: City, hr: Client
) -> None:
    old = own_question(made.organisation)
    ask_in_a_wave(old)
    assert "makes a new version" in shown(hr, "edit", old.pk)
    send(hr, "edit", old.pk, text_en="I enjoy working here.", is_equivalent="on")
    new = all_questions().get(predecessor=old)
    page = shown(hr, "question", new.pk)
    assert "I like working here." in page
    assert "the trend goes on" in page
    assert "newer version" in shown(hr, "question", old.pk)


def test_editing_an_older_version_leads_to_the_newest(made: City, hr: Client) -> None:
    old = own_question(made.organisation)
    ask_in_a_wave(old)
    send(hr, "edit", old.pk, text_en="I enjoy working here.")
    new = all_questions().get(predecessor=old)
    response = hr.get(reverse("questions:edit", args=[old.pk]))
    assert response.headers["Location"] == reverse("questions:edit", args=[new.pk])


def test_two_people_who_change_one_question_do_not_overwrite_each_other(made: City, hr: Client) -> None:
    question = own_question(made.organisation)
    send(browser(made, Role.HR), "edit", question.pk, text_en="The first one's.")
    response = send(hr, "edit", question.pk, text_en="The second one's.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "someone else has changed this" in page
    assert "The second one&#x27;s." in page
    assert "Text in English" in page
    question.refresh_from_db()
    assert question.text_en == "The first one's."
    send(hr, "edit", question.pk, text_en="The second one's.", overwrite="2")
    question.refresh_from_db()
    assert question.text_en == "The second one's."


def test_saving_over_a_newer_version_changes_the_newer_one(made: City, hr: Client) -> None:
    old = own_question(made.organisation)
    ask_in_a_wave(old)
    send(browser(made, Role.HR), "edit", old.pk, text_en="The first one's.")
    new = all_questions().get(predecessor=old)
    page = send(hr, "edit", old.pk, text_en="The second one's.").content.decode()
    assert f'action="{reverse("questions:edit", args=[new.pk])}"' in page


def test_a_shared_question_is_copied_and_not_changed(made: City, hr: Client) -> None:
    shared = all_questions().get(organisation=None, code="energy_1")
    assert shared.text_en in shown(hr, "copy", shared.pk)
    send(hr, "copy", shared.pk)
    copy = all_questions().get(organisation=made.organisation)
    assert copy.predecessor == shared
    for name in ("edit", "retire", "restore"):
        assert send(hr, name, shared.pk).status_code == 404
    assert hr.get(reverse("questions:copy", args=[copy.pk])).status_code == 404


def test_a_question_is_retired_and_brought_back(made: City, hr: Client) -> None:
    question = own_question(made.organisation)
    send(hr, "retire", question.pk)
    assert "I like working here." not in shown(hr, "list")
    assert "I like working here." in shown(hr, "list", retired="")
    send(hr, "restore", question.pk)
    assert "I like working here." in shown(hr, "list")
    actions = AuditEvent.objects.filter(action__startswith="question.").values_list("action", flat=True)
    assert set(actions) == {"question.created", "question.retired", "question.restored"}


def test_a_theme_is_added_and_changed_by_one_at_a_time(made: City, hr: Client) -> None:
    texts = {"name_nl": "Thuiswerken", "name_en": "Working from home", "kind": "leading", "revision": "1"}
    hr.post(reverse("questions:theme_new"), texts)
    own = all_themes().get(organisation=made.organisation)
    address = reverse("questions:theme_edit", args=[own.pk])
    hr.post(address, texts | {"name_en": "Home"})
    response = hr.post(address, texts | {"name_en": "House"})
    own.refresh_from_db()
    assert (response.status_code, own.name_en) == (409, "Home")
    hr.post(address, texts | {"name_en": "House", "overwrite": "2"})
    own.refresh_from_db()
    assert own.name_en == "House"
    assert "Working from home" not in shown(hr, "theme_edit", own.pk)


def test_a_theme_without_a_name_is_refused_and_keeps_what_was_typed(hr: Client) -> None:
    response = hr.post(reverse("questions:theme_new"), {"name_nl": "Thuis", "kind": "leading"})
    assert response.status_code == 422
    assert "Thuis" in response.content.decode()


def test_the_shared_themes_cannot_be_changed(hr: Client) -> None:
    assert hr.get(reverse("questions:theme_edit", args=[theme().pk])).status_code == 404


def test_hints_come_while_typing_and_save_nothing(hr: Client) -> None:
    response = hr.post(
        reverse("questions:hints"), typed(text_en="My manager is friendly and fair.", text_nl="Goed.")
    )
    page = response.content.decode()
    assert "Two ideas in one?" in page
    assert 'id="hints-nl"' in page
    assert not all_questions().exclude(organisation=None).exists()


def test_a_cycle_says_that_there_is_a_newer_version_and_asks_it_when_hr_chooses(
    made: City, hr: Client
) -> None:
    old = own_question(made.organisation)
    cycle = made.active(questions=[old])
    ask_in_a_wave(old)
    send(hr, "edit", old.pk, text_en="I enjoy working here.")
    new = all_questions().get(predecessor=old)
    page = hr.get(reverse("surveys:cycle", args=[cycle.pk])).content.decode()
    assert "Newer versions of questions" in page
    assert "a new line begins" in page
    hr.post(reverse("questions:renew", args=[new.pk, cycle.pk]), {"back": "cycle"})
    assert cycle.cycle_questions.get().question == new


def test_the_builder_keeps_an_older_version_that_the_cycle_asks_and_offers_it_to_no_other(
    made: City, hr: Client
) -> None:
    old = own_question(made.organisation)
    with_old, other = made.draft(questions=[old]), made.draft()
    ask_in_a_wave(old)
    send(hr, "edit", old.pk, text_en="I enjoy working here.")
    pages = [
        hr.get(reverse("surveys:cycle_edit", args=[one.pk])).content.decode() for one in (with_old, other)
    ]
    assert ["older version" in page for page in pages] == [True, False]
    assert [f'id="question-{old.pk}"' in page for page in pages] == [True, False]


def test_two_versions_of_one_question_are_refused_and_the_rest_is_saved(made: City, hr: Client) -> None:
    old = own_question(made.organisation)
    cycle = made.draft(questions=[old])
    ask_in_a_wave(old)
    send(hr, "edit", old.pk, text_en="I enjoy working here.")
    new = all_questions().get(predecessor=old)
    both = {"version": cycle.version, "name": "Renamed", "questions": [old.pk, new.pk]}
    address = reverse("surveys:cycle_edit", args=[cycle.pk])
    shown = hr.post(address, both, headers={"hx-request": "true"}).content.decode()
    assert "“I like working here.” and “I enjoy working here.” are versions of one question." in shown
    cycle.refresh_from_db()
    assert cycle.name == "Renamed"
    assert [one.question for one in cycle.cycle_questions.all()] == [old]
    hr.post(address, both | {"version": cycle.version, "questions": [new.pk]})
    assert [one.question for one in cycle.cycle_questions.all()] == [new]
    assert f'id="question-{old.pk}"' not in hr.get(address).content.decode()


def test_the_builder_offers_the_newer_version_in_the_place_of_the_older_and_never_beside_it(
    made: City, hr: Client
) -> None:
    old, other = own_question(made.organisation), made.questions(1)[0]
    cycle = made.draft(questions=[old, other])
    ask_in_a_wave(old)
    send(hr, "edit", old.pk, text_en="I enjoy working here.")
    new = all_questions().get(predecessor=old)
    address = reverse("surveys:cycle_edit", args=[cycle.pk])
    page = hr.get(address).content.decode()
    assert f'name="newer" value="{new.pk}"' in page
    assert f'id="question-{new.pk}"' not in page
    filled_in = {"version": cycle.version, "name": "Renamed", "questions": [old.pk, other.pk]}
    hr.post(address, filled_in | {"newer": new.pk})
    cycle.refresh_from_db()
    assert cycle.name == "Renamed"
    assert {one.question for one in cycle.cycle_questions.all()} == {new, other}
    page = hr.get(address).content.decode()
    assert 'name="newer"' not in page
    assert f'id="question-{new.pk}"' in page


def test_the_newer_version_of_another_organisation_changes_nothing(made: City, hr: Client) -> None:
    asked, stranger = own_question(made.organisation), own_question(city().organisation)
    cycle = made.draft(questions=[asked])
    filled_in = {"version": cycle.version, "name": "Renamed", "questions": [asked.pk], "newer": stranger.pk}
    hr.post(reverse("surveys:cycle_edit", args=[cycle.pk]), filled_in)
    assert [one.question for one in cycle.cycle_questions.all()] == [asked]


# Whose it is


@pytest.mark.parametrize("name", ["question", "edit", "copy", "retire", "restore"])
def test_a_question_of_another_organisation_is_not_found(hr: Client, name: str) -> None:
    stranger = own_question(city().organisation)
    assert send(hr, name, stranger.pk).status_code in {404, 405}
    assert hr.get(reverse(f"questions:{name}", args=[stranger.pk])).status_code in {404, 405}


def test_a_cycle_of_another_organisation_is_not_found(made: City, hr: Client) -> None:
    stranger = city({"City": 2}).active()
    question = own_question(made.organisation)
    response = hr.post(reverse("questions:renew", args=[question.pk, stranger.pk]))
    assert response.status_code == 404


def test_a_theme_of_another_organisation_is_not_found(hr: Client) -> None:
    stranger = city().questions(1)[0].theme
    assert hr.get(reverse("questions:theme_edit", args=[stranger.pk])).status_code == 404
    assert send(hr, "new", theme=stranger.pk).status_code == 422


def test_hr_of_one_department_looks_and_does_not_change(made: City) -> None:
    client = browser(made, Role.HR, unit="City/Care")
    question = own_question(made.organisation)
    assert "Add a question" not in shown(client, "list")
    assert "I like working here." in shown(client, "question", question.pk)
    for name in ("edit", "retire", "restore"):
        assert send(client, name, question.pk).status_code == 403
    for name in ("new", "theme_new", "import"):
        assert client.get(reverse(f"questions:{name}")).status_code == 403


def test_a_question_in_another_language_is_written_where_the_product_has_it(
    made: City, hr: Client, settings: Any
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("de", "Deutsch")]
    assert "Text in Deutsch" in shown(hr, "new")
    send(hr, "new", text_de="Ich arbeite hier gern.")
    question: Question = all_questions().get(organisation=made.organisation)
    assert question.other_languages == {"de": "Ich arbeite hier gern."}


def test_a_theme_reads_in_the_language_in_use() -> None:
    one = Theme(name_nl="Thuis", name_en="Home", other_languages={"de": {"name": "Zuhause"}})
    names = []
    for code in ("nl", "en", "de", "fr"):
        with translation.override(code):
            names.append(one.name)
    assert names == ["Thuis", "Home", "Zuhause", "Home"]
