"""Questions of one's own: what was asked never changes, and a change says whether it measures the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import AuditEvent
from surveys.bank.rows import all_questions
from surveys.bank.services import (
    StaleQuestionError,
    change_question,
    create_question,
    is_used,
    newest_version,
    owner,
    restore_question,
    retire_question,
)
from surveys.cycles.queries import theme_choices
from surveys.cycles.renewal import renew_question, renewals_of
from surveys.cycles.rotation import rotation_of
from surveys.cycles.services import launch_cycle
from surveys.cycles.versions import versions_of_one
from surveys.models import Cycle, CycleQuestion, Question, WaveQuestion
from surveys.waves.services import open_due_waves

from ..factories import FIRST, city
from .factories import NOW, PLACES, ask_in_a_wave, choice_draft, draft, own_question, theme

pytestmark = pytest.mark.django_db


def change(question: Question, **fields: Any) -> Question:
    options = {"revision": question.revision, "is_equivalent": False} | {
        name: fields.pop(name) for name in ("revision", "is_equivalent") if name in fields
    }
    return change_question(question, draft=draft(**fields), by=None, now=NOW, **options)


def test_a_question_of_one_s_own_gets_a_code_and_an_audit_event() -> None:
    made = own_question(city().organisation)
    assert (made.code, made.version, made.points) == ("energy_own_1", 1, 5)
    assert AuditEvent.objects.get(action="question.created").detail["code"] == "energy_own_1"


def test_codes_stay_different() -> None:
    organisation = city().organisation
    assert [own_question(organisation).code for _ in range(3)] == [f"energy_own_{n}" for n in (1, 2, 3)]


def test_a_question_that_no_wave_asked_is_changed_in_place() -> None:
    made = own_question(city().organisation)
    changed = change(made, text="Ik werk hier met plezier.")
    assert (changed.pk, changed.text_nl, changed.revision) == (made.pk, "Ik werk hier met plezier.", 2)


def test_a_question_that_a_wave_asked_stays_and_gets_a_successor() -> None:
    made = own_question(city().organisation)
    ask_in_a_wave(made)
    new = change(made, text="Ik werk hier met plezier.")
    made.refresh_from_db()
    assert (made.text_nl, made.retired_at) == ("Ik werk hier graag.", NOW)
    assert (new.predecessor, new.version, new.retired_at) == (made, 2, None)
    assert AuditEvent.objects.get(action="question.succeeded").detail["predecessor"] == made.pk


def test_an_equivalent_version_keeps_the_code_and_another_one_gets_its_own() -> None:
    organisation = city().organisation
    first = own_question(organisation)
    ask_in_a_wave(first)
    second = change(first, text="Ik werk hier met plezier.", is_equivalent=True)
    ask_in_a_wave(second)
    third = change(second, text="Ik werk thuis met plezier.")
    assert (second.code, second.is_equivalent) == (first.code, True)
    assert (third.code, third.is_equivalent) == (f"{first.code}-3", False)


@pytest.mark.parametrize("fields", [{"kind": Question.Kind.SCALE}, {"reversed": True}])
def test_another_scale_or_direction_never_measures_the_same(fields: dict[str, Any]) -> None:
    made = own_question(city().organisation)
    ask_in_a_wave(made)
    assert not change(made, is_equivalent=True, **fields).is_equivalent


def test_an_added_language_makes_no_new_version() -> None:
    made = own_question(city().organisation)
    ask_in_a_wave(made)
    texts = {"nl": "Ik werk hier graag.", "en": "I like working here.", "de": "Ich arbeite hier gern."}
    changed = change_question(made, draft=draft_of(texts), revision=1, by=None, now=NOW)
    assert (changed.pk, changed.other_languages) == (made.pk, {"de": "Ich arbeite hier gern."})


def draft_of(texts: dict[str, str]) -> Any:
    made = draft()
    return type(made)(theme=made.theme, kind=made.kind, texts=texts)


def test_a_change_of_nothing_makes_nothing() -> None:
    made = own_question(city().organisation)
    ask_in_a_wave(made)
    assert change(made) == made
    assert not AuditEvent.objects.filter(action="question.succeeded").exists()


def test_two_people_do_not_overwrite_each_other() -> None:
    made = own_question(city().organisation)
    change(made, text="Van de een.")
    with pytest.raises(StaleQuestionError) as caught:
        change(made, text="Van de ander.", revision=1)
    assert caught.value.newest.text_nl == "Van de een."


def test_whoever_changes_an_older_version_is_led_to_the_newest() -> None:
    made = own_question(city().organisation)
    ask_in_a_wave(made)
    newest = change(made, text="Van de een.")
    with pytest.raises(StaleQuestionError) as caught:
        change(made, text="Van de ander.")
    assert caught.value.newest == newest == newest_version(made)


def test_the_shared_bank_cannot_be_changed() -> None:
    shared = all_questions().get(organisation=None, code="energy_1")
    with pytest.raises(ValidationError, match="shared bank"):
        change(shared, text="Anders.")


def test_a_copy_of_a_shared_question_may_measure_the_same() -> None:
    organisation = city().organisation
    shared = all_questions().get(organisation=None, code="energy_1")
    copies = [
        create_question(
            organisation, draft=draft(), adapted_from=shared, is_equivalent=same, by=None, now=NOW
        )
        for same in (True, False)
    ]
    assert [(one.code, one.predecessor, one.is_equivalent) for one in copies] == [
        ("energy_1", shared, True),
        ("energy_own_1", shared, False),
    ]
    shared.refresh_from_db()
    assert shared.retired_at is None


def test_a_retired_question_can_be_brought_back_until_a_newer_one_is_there() -> None:
    made = own_question(city().organisation)
    retire_question(made, by=None, now=NOW)
    with pytest.raises(ValidationError, match="Bring it back"):
        change(made, text="Anders.")
    assert restore_question(made, by=None, now=NOW).retired_at is None
    ask_in_a_wave(made)
    change(made, text="Anders.")
    with pytest.raises(ValidationError, match="newer version"):
        restore_question(made, by=None, now=NOW)


# Options


def test_a_single_choice_has_its_options_in_order_and_as_many_points() -> None:
    made = create_question(city().organisation, draft=choice_draft(), by=None, now=NOW)
    assert made.points == 3
    assert made.options[1] == {"nl": "Op kantoor", "en": "In the office"}
    assert (made.lowest, made.highest, made.has_mean) == (0, 2, False)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "options_nl"),
        ({"nl": ["a"], "en": ["a"]}, "options_nl"),
        ({"nl": list("abcdefgh"), "en": list("abcdefgh")}, "options_nl"),
        ({"nl": ["a", "b"], "en": ["a", "b", "c"]}, "options_nl"),
        ({"nl": ["a", "A"], "en": ["a", "b"]}, "options_nl"),
        ({"nl": ["a", "b"], "en": ["a", "b|c"]}, "options_en"),
    ],
    ids=["none", "one", "eight", "fewer in Dutch", "twice the same", "with a bar"],
)
def test_options_that_cannot_be_asked_are_refused_at_their_field(options: Any, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        create_question(
            city().organisation,
            draft=draft(kind=Question.Kind.CHOICE, options=options),
            by=None,
            now=NOW,
        )
    assert field in caught.value.error_dict


def test_other_options_are_another_question_unless_only_their_words_change() -> None:
    made = create_question(city().organisation, draft=choice_draft(), by=None, now=NOW)
    ask_in_a_wave(made)
    fewer = {code: labels[:2] for code, labels in PLACES.items()}
    new = change(made, kind=Question.Kind.CHOICE, options=fewer, is_equivalent=True)
    assert (new.points, new.is_equivalent) == (2, False)


@pytest.mark.parametrize("texts", [{"nl": "Alleen dit."}, {"en": "This only."}])
def test_both_languages_are_needed(texts: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="Dutch and in English"):
        create_question(city().organisation, draft=draft_of(texts), by=None, now=NOW)


def test_a_theme_of_another_organisation_is_refused() -> None:
    stranger = city().questions(1)[0].theme
    with pytest.raises(ValidationError, match="own organisation"):
        create_question(city().organisation, draft=draft(theme=stranger), by=None, now=NOW)


# Cycles


def test_a_cycle_is_offered_the_newer_version_and_asks_it_once_hr_chooses() -> None:
    made = city({"City": 6})
    old = own_question(made.organisation)
    cycle = made.active(questions=[old, *made.questions(1)])
    ask_in_a_wave(old)
    new = change(old, text="Ik werk hier met plezier.", is_equivalent=True)
    [renewal] = renewals_of(cycle, rotation_of(cycle).all_questions)
    assert (renewal.old, renewal.new, renewal.same_line) == (old, new, True)
    renew_question(cycle, new, by=None, now=NOW)
    first = cycle.cycle_questions.first()
    assert first
    assert first.question == new
    assert renewals_of(cycle, rotation_of(cycle).all_questions) == []
    assert AuditEvent.objects.filter(action="cycle.question_renewed").count() == 1


def ask_also(cycle: Cycle, question: Question) -> None:
    """As cycles could before it was refused."""
    CycleQuestion.objects.create(
        organisation=cycle.organisation, cycle=cycle, question=question, position=1, rotating=False
    )


def test_a_cycle_that_asks_both_versions_goes_on_with_the_newer_only() -> None:
    made = city({"City": 6})
    old = own_question(made.organisation)
    ask_in_a_wave(old)
    new = change(old, text="Ik werk hier met plezier.")
    cycle = made.draft(questions=[old])
    ask_also(cycle, new)
    renew_question(cycle, new, by=None, now=NOW)
    assert [one.question for one in cycle.cycle_questions.all()] == [new]


def test_a_question_is_used_once_a_wave_asked_it() -> None:
    made = own_question(city().organisation, theme=theme("trust"))
    assert not is_used(made)
    ask_in_a_wave(made)
    assert is_used(made)


# Texts in a wave


def test_a_wave_copies_options_and_every_language() -> None:
    made = city({"City": 6})
    texts = {"nl": "Waar werk je?", "en": "Where do you work?", "de": "Wo arbeitest du?"}
    options = {**PLACES, "de": ["Zu Hause", "Im Büro", "Unterwegs"]}
    question = create_question(made.organisation, draft=choice_draft_of(texts, options), by=None, now=NOW)
    made.active(questions=[question, *made.questions(1)])
    open_due_waves(FIRST)
    asked = WaveQuestion.objects.get(position=0)
    assert (asked.options, asked.points) == (question.options, 3)
    read = {}
    for code in ("nl", "de", "fr"):
        with translation.override(code):
            read[code] = (asked.text, asked.option_labels[1])
    assert read == {
        "nl": ("Waar werk je?", "Op kantoor"),
        "de": ("Wo arbeitest du?", "Im Büro"),
        "fr": ("Where do you work?", "In the office"),
    }


def choice_draft_of(texts: dict[str, str], options: dict[str, list[str]]) -> Any:
    made = choice_draft()
    return type(made)(theme=made.theme, kind=made.kind, texts=texts, options=options)


def test_the_builder_shows_a_text_and_another_language_beside_it(settings: Any) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("de", "Deutsch")]
    own = own_question(city().organisation)
    seen = {}
    for code in ("nl", "en", "de"):
        with translation.override(code):
            themes = theme_choices(owner(own), set(), set())
            [choice] = [one for theme in themes for one in theme.questions if one.pk == own.pk]
            seen[code] = (choice.text, choice.translation_language)
    assert seen == {
        "nl": ("Ik werk hier graag.", "en"),
        "en": ("I like working here.", "nl"),
        "de": ("I like working here.", "nl"),
    }


def test_a_cycle_with_two_versions_of_a_question_is_neither_made_nor_launched() -> None:
    made = city({"City/Care": 6})
    first = own_question(made.organisation)
    ask_in_a_wave(first)
    second = change(first, text="Ik werk hier met plezier.", is_equivalent=True)
    ask_in_a_wave(second)
    third = change(second, text="Ik werk thuis met plezier.")
    with pytest.raises(ValidationError, match="versions of one question"):
        made.draft(questions=[first, third])
    cycle = made.draft(questions=[first])
    ask_also(cycle, third)
    with pytest.raises(ValidationError, match="versions of one question"):
        launch_cycle(cycle, by=None, now=NOW - timedelta(days=7))


@pytest.mark.parametrize(("is_equivalent", "pairs"), [(True, 1), (False, 0)])
def test_an_adaptation_stands_beside_the_shared_question_unless_it_measures_the_same(
    is_equivalent: bool, pairs: int
) -> None:
    shared = all_questions().filter(organisation=None)[0]
    adapted = own_question(city().organisation)
    adapted.predecessor, adapted.is_equivalent = shared, is_equivalent
    adapted.save()
    assert len(list(versions_of_one([adapted, shared]))) == pairs
