from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from actions.effects import look_at_effects
from actions.models import Action
from actions.services import close_action
from dashboards.effect import Comparison
from orgunits.models import OrgUnit, Role
from results.effects.effect import Caution
from results.models import Release
from results.signals.models import Signal
from surveys.models import Question, Theme, WaveQuestion
from surveys.persons.erasing import erase
from surveys.persons.export import as_data
from surveys.persons.finding import find_person
from tests.actions.steps import an_action
from tests.factories import UserFactory, unit_tree, user_with
from tests.results.closing import close
from tests.results.effects.test_before_and_after import ANOTHER, CHANGED
from tests.results.effects.test_before_and_after import DAY as DAY_BETWEEN
from tests.results.effects.test_before_and_after import Town as Released
from tests.signals import make_signal, point
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def city() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care", "City/Care/Night", "City/Works")


@pytest.fixture
def closed() -> OpenWave:
    built = open_wave({"City": 6, "City/Care": 12, "City/Care/Few": 3, "City/Works": 12}, questions=1)
    for unit, people in built.invitations.items():
        built.answer(unit, [[1 + one % 5] for one in range(len(people))])
    close(built.wave)
    return built


def text_of(response: HttpResponseBase) -> str:
    assert response.status_code == 200, response
    assert isinstance(response, HttpResponse)
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def filled(**fields: object) -> dict[str, object]:
    return {
        "title": "Plan the week",
        "starts_on": TODAY.isoformat(),
        "due_on": (TODAY + 30 * DAY).isoformat(),
        "is_shared": "on",
        "form_key": str(uuid4()),
        **fields,
    }


def test_a_list_holds_the_actions_of_ones_own_layer(city: dict[str, OrgUnit], client: Client) -> None:
    for path, unit in city.items():
        an_action(unit, title=f"Action of {path}")
    client.force_login(user_with(Role.MANAGER, city["City/Care"]))
    text = text_of(client.get(reverse("actions")))
    assert "Action of City/Care" in text
    assert "Action of City/Care/Night" in text
    assert "Action of City " not in text
    assert "Action of City/Works" not in text


def test_a_list_is_narrowed_to_a_unit_and_to_what_is_late(city: dict[str, OrgUnit], client: Client) -> None:
    for path in ("City/Care", "City/Works"):
        an_action(city[path], title=f"late in {path}", starts_on=TODAY - 9 * DAY, due_on=TODAY - DAY)
        an_action(city[path], title=f"begun in {path}", starts_on=TODAY, due_on=TODAY)
    client.force_login(user_with(Role.DIRECTOR, city["City"]))
    assert "4 actions are open. 2 of them are overdue." in text_of(client.get(reverse("actions")))
    narrowed = text_of(client.get(reverse("actions"), {"unit": city["City/Works"].pk, "state": "overdue"}))
    assert "late in City/Works" in narrowed
    for other in ("late in City/Care", "begun in City/Works"):
        assert other not in narrowed


def test_a_list_takes_the_same_queries_for_one_action_as_for_many(
    city: dict[str, OrgUnit], client: Client
) -> None:
    client.force_login(user_with(Role.DIRECTOR, city["City"]))
    counted = []
    for many in (1, 4):
        for number in range(many):
            leader = user_with(Role.MANAGER, city["City/Care"])
            an_action(city["City/Care"], title=f"{many}.{number}", owner=leader)
        client.get(reverse("actions"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("actions"))
        counted.append(len(queries))
    assert counted == [8, 8]


def test_a_form_begins_with_the_unit_theme_and_signal_one_came_from(closed: OpenWave, client: Client) -> None:
    care, asked = closed.units["City/Care"], closed.questions[0]
    leader = user_with(Role.MANAGER, care)
    client.force_login(leader)
    signal = make_signal(care, closed.wave, evidence={"points": [point(closed.wave, 3.0, n=12)]})
    page = client.get(reverse("action_new"), {"signal": signal.pk})
    assert page.context["form"].initial["theme"] == asked.theme
    assert page.context["form"].initial["owner"] == leader
    client.post(f"{reverse('action_new')}?signal={signal.pk}", filled(theme=asked.theme.pk))
    made = Action.objects.get()
    assert (made.unit, made.signal, made.theme, made.created_by) == (care, signal, asked.theme, leader)
    signal.refresh_from_db()
    assert signal.state == Signal.State.ACTING
    assert "Plan the week" in text_of(client.get(reverse("signal", args=[signal.pk])))


def test_who_leads_more_than_one_unit_is_asked_for_which(city: dict[str, OrgUnit], client: Client) -> None:
    client.force_login(user_with(Role.MANAGER, city["City/Care"]))
    page = client.get(reverse("action_new"))
    named = [label for _pk, label in page.context["form"]["unit"].field.choices]
    assert named == ["– Care", "– – Night"]
    client.force_login(user_with(Role.MANAGER, city["City/Works"]))
    assert client.get(reverse("action_new")).context["occasion"].unit == city["City/Works"]


def test_an_address_with_what_is_out_of_reach_opens_no_form(closed: OpenWave, client: Client) -> None:
    client.force_login(user_with(Role.MANAGER, closed.units["City/Care"]))
    signal = make_signal(closed.units["City/Works"], closed.wave)
    for asked in ({"signal": signal.pk}, {"unit": closed.units["City"].pk}, {"unit": 10**12}):
        address = f"{reverse('action_new')}?{urlencode(asked)}"
        assert client.get(address).status_code == 404
        assert client.post(address, filled()).status_code == 404
    assert not Action.objects.exists()


def test_nobody_else_is_named_as_owner_than_who_sees_the_unit(
    city: dict[str, OrgUnit], client: Client
) -> None:
    care = city["City/Care"]
    leader, other = user_with(Role.MANAGER, care), user_with(Role.MANAGER, city["City/Works"])
    client.force_login(leader)
    address = f"{reverse('action_new')}?unit={care.pk}"
    for stranger in (other, UserFactory.create()):
        page = client.post(address, filled(owner=stranger.pk))
        assert "owner" in page.context["form"].errors
    client.post(address, filled(owner=leader.pk))
    assert Action.objects.get().owner == leader


def test_a_form_that_is_wrong_says_so_at_its_field_and_keeps_what_was_filled_in(
    city: dict[str, OrgUnit], client: Client
) -> None:
    client.force_login(user_with(Role.MANAGER, city["City/Works"]))
    wrong = filled(due_on=(TODAY - DAY).isoformat(), why="Because")
    page = client.post(reverse("action_new"), wrong)
    assert page.context["form"].errors == {"due_on": ["This is before the first day."]}
    assert "Because" in page.content.decode()
    assert not Action.objects.exists()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_days_stand_in_the_form_as_browsers_read_them(
    city: dict[str, OrgUnit], client: Client, language: str
) -> None:
    leader = user_with(Role.MANAGER, city["City/Works"])
    User.objects.filter(pk=leader.pk).update(language=language)
    client.force_login(leader)
    assert f'value="{TODAY.isoformat()}"' in client.get(reverse("action_new")).content.decode()


def test_an_action_is_changed_closed_and_opened_again_and_tells_what_happened(
    city: dict[str, OrgUnit], client: Client
) -> None:
    works = city["City/Works"]
    client.force_login(user_with(Role.MANAGER, works, user__name="Jo"))
    made = an_action(works)

    def post(name: str, data: dict[str, object]) -> HttpResponseBase:
        return client.post(reverse(name, args=[made.pk]), data, follow=True)

    assert "What came of it?" in text_of(client.get(reverse("action", args=[made.pk])))
    text = text_of(post("action_change", filled(due_on="2040-05-01", title=made.title)))
    assert "ready by 1 May 2040 in place of 3 April 2026" in text
    assert "Say in a few words why it stops" in text_of(post("action_close", {"outcome": "stopped"}))
    assert "No time." in text_of(post("action_close", {"outcome": "stopped", "words": "No time."}))
    refused = text_of(post("action_change", filled()))
    assert "This action is closed. Open it again first." in refused
    text = text_of(post("action_reopen", {}))
    told = text[text.index("What happened") :]
    assert re.findall(r"Agreed|Changed|Stopped|Opened again", told) == [
        "Agreed",
        "Changed",
        "Stopped",
        "Opened again",
    ]
    assert "Jo" in told


def test_an_action_that_began_shows_what_the_figures_did_beside_units_where_nothing_began(
    client: Client,
) -> None:
    town = Released()
    unit, another = town.unit(CHANGED), town.unit(ANOTHER)
    client.force_login(user_with(Role.MANAGER, unit))
    made = an_action(unit, starts_on=DAY_BETWEEN, theme=town.built.questions[0].theme)

    def told(action: Action) -> Comparison | None:
        found: Comparison | None = client.get(reverse("action", args=[action.pk])).context["page"].comparison
        return found

    first = told(made)
    assert first
    [of_its_theme] = first.lines
    assert of_its_theme.effect.size < -0.5
    an_action(another, starts_on=DAY_BETWEEN)
    second = told(made)
    assert second
    assert second.lines[0].effect.others == first.lines[0].effect.others - 1
    assert told(an_action(unit, starts_on=TODAY + DAY, due_on=TODAY + DAY)) is None


def test_a_list_tells_whether_it_worked(client: Client) -> None:
    town = Released()
    unit, theme = town.unit(CHANGED), town.built.questions[0].theme
    an_action(unit, starts_on=DAY_BETWEEN, theme=theme)
    client.force_login(user_with(Role.MANAGER, unit))
    worse = f"{theme.name} – It did worse here than was to be expected."
    assert worse not in text_of(client.get(reverse("actions")))
    look_at_effects(unit.organisation, now=timezone.now())
    assert worse in text_of(client.get(reverse("actions")))


def ask_about_another_theme(town: Released) -> None:
    """With the same figures as the first."""
    own = {"organisation": town.built.wave.organisation}
    theme = Theme.objects.create(**own, code="other", name_en="Another theme", name_nl="Ander thema")
    question = Question.objects.create(**own, theme=theme, code="other_1")
    for asked in WaveQuestion.objects.all():
        asked.pk, asked.question, asked.theme = None, question, theme
        asked.code, asked.position = question.code, 1
        asked.save()
    for figure in Release.objects.all():
        figure.pk, figure.question = None, question
        figure.save()


def test_the_theme_that_an_action_is_meant_for_is_compared_apart_from_others(client: Client) -> None:
    town = Released()
    ask_about_another_theme(town)
    unit, theme = town.unit(CHANGED), town.built.questions[0].theme
    client.force_login(user_with(Role.MANAGER, unit))

    def names(action: Action) -> list[list[str]]:
        page = client.get(reverse("action", args=[action.pk])).context["page"]
        return [
            [line.theme.name for line in part.lines] if part else []
            for part in (page.comparison, page.beside)
        ]

    meant = an_action(unit, starts_on=DAY_BETWEEN, theme=theme)
    assert names(meant) == [[theme.name], ["Another theme"]]
    assert "by chance alone" in text_of(client.get(reverse("action", args=[meant.pk])))
    every, nothing = names(an_action(unit, starts_on=DAY_BETWEEN))
    assert (sorted(every), nothing) == (sorted([theme.name, "Another theme"]), [])


def test_only_where_its_theme_fell_by_a_signal_an_action_counts_as_begun_because_of_that(
    client: Client,
) -> None:
    town = Released()
    ask_about_another_theme(town)
    unit, [asked, *_more] = town.unit(CHANGED), town.built.questions
    client.force_login(user_with(Role.MANAGER, unit))
    fell, apart = (make_signal(unit, town.built.wave, kind=kind) for kind in ("drift", "disagreement"))

    def told_so(signal: Signal, theme: Theme) -> bool:
        made = an_action(unit, starts_on=DAY_BETWEEN, theme=theme, signal=signal)
        [line] = client.get(reverse("action", args=[made.pk])).context["page"].comparison.lines
        return Caution.BECAUSE_LOW in line.effect.cautions

    assert told_so(fell, asked.theme)
    assert not told_so(fell, Theme.objects.get(code="other"))
    assert not told_so(apart, asked.theme)


def test_what_someone_else_closed_meanwhile_is_not_closed_over(
    city: dict[str, OrgUnit], client: Client
) -> None:
    made = an_action(city["City/Works"])
    close_action(made, "stopped", "No time.", by=None, now=timezone.now())
    client.force_login(user_with(Role.MANAGER, city["City/Works"]))
    text = text_of(client.post(reverse("action_close", args=[made.pk]), {"outcome": "done"}))
    assert "This action is closed. Open it again first." in text
    assert "No time." in text


def test_hr_sees_today_that_actions_are_late(city: dict[str, OrgUnit], client: Client) -> None:
    client.force_login(user_with(Role.HR, city["City"]))
    assert not client.get(reverse("today")).context["page"].attention
    an_action(city["City/Works"], starts_on=TODAY - 9 * DAY, due_on=TODAY - DAY)
    [late] = client.get(reverse("today")).context["page"].attention
    assert late.text == "1 action is overdue."
    assert len(client.get(late.url).context["page"].lines) == 1


def test_a_team_page_shows_what_the_team_agreed_and_how_much_goes_on_below(
    closed: OpenWave, client: Client
) -> None:
    care, few = closed.units["City/Care"], closed.units["City/Care/Few"]
    an_action(care, title="Of the department")
    an_action(few, title="Of the team")
    client.force_login(user_with(Role.MANAGER, care))
    text = text_of(client.get(reverse("unit", args=[care.pk])))
    assert "Of the department" in text
    assert "1 more in this unit and those below it" in text
    assert "Of the team" not in text


def test_who_was_asked_reads_what_was_agreed_on_in_what_they_see_and_above(
    closed: OpenWave, client: Client
) -> None:
    for path in closed.units:
        an_action(closed.units[path], title=f"Step of {path}.")
    an_action(closed.units["City/Care"], title="Not told.", is_shared=False)
    [invitation, *_rest] = closed.invitations["City/Care/Few"]  # sees the figures of Care
    link = closed.link(invitation)
    text = text_of(client.get(reverse("respondent", args=[link])))
    assert re.findall(r"Step of [\w/]+\.|Not told\.", text) == ["Step of City.", "Step of City/Care."]


def test_a_program_reads_actions_in_reach_with_their_state(city: dict[str, OrgUnit], client: Client) -> None:
    leader = user_with(Role.MANAGER, city["City/Care"], user__name="Jo")
    client.force_login(leader)
    made = an_action(city["City/Care"], owner=leader, starts_on=TODAY, due_on=TODAY)
    an_action(city["City/Works"])
    below = an_action(city["City/Care/Night"], starts_on=TODAY - 9 * DAY, due_on=TODAY - DAY)
    rows = client.get("/api/v1/actions").json()["results"]
    assert [(one["id"], one["state"], one["owner"]) for one in rows] == [
        (made.pk, "running", "Jo"),
        (below.pk, "overdue", None),
    ]
    narrowed = client.get(f"/api/v1/actions?unit={city['City/Care/Night'].pk}").json()
    assert [one["id"] for one in narrowed["results"]] == [below.pk]
    assert client.get(f"/api/v1/actions?unit={city['City/Works'].pk}").status_code == 404


def test_someone_is_told_which_actions_they_see_to_and_erased_from_them(
    city: dict[str, OrgUnit], client: Client
) -> None:
    hr = user_with(Role.HR, city["City"])
    leader = user_with(Role.MANAGER, city["City/Care"], user__name="Jo Jansen")
    made = an_action(city["City/Care"], owner=leader, by=leader)
    person = find_person(leader.organisation, leader.email)  # type: ignore[arg-type]
    assert person
    [told] = as_data(person)["actions"]
    assert (told["title"], told["unit"]) == (made.title, "Care")
    erase(person, by=hr, now=timezone.now())
    client.force_login(hr)
    pages = [reverse(name, args=[made.pk]) for name in ("action", "action_change")]
    for address in (reverse("actions"), *pages, "/api/v1/actions"):
        answer = client.get(address).content.decode()
        assert made.title in answer
        assert "Jo Jansen" not in answer
        assert leader.email not in answer
        assert "erased.invalid" not in answer
