"""Values that no page offers, on every address, as everyone: signed in with all roles, and not at all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.urls.converters import StringConverter
from django.utils import timezone

from orgunits.models import Employee, OrgUnit, Role, RoleGrant
from surveys.answering import views
from surveys.models import Cycle, Submission, Ticket, Wave
from tests.factories import RoleGrantFactory, UserFactory
from tests.results.closing import close
from tests.test_scoping import Page, pages, route, sample
from tests.waves import OpenWave, open_wave

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
VALUES = ("\x00", "9" * 400, "-1", "٣", "\u202e' OR 1=1 --", SCRIPT, "x" * 70_000)
METHODS = ("get", "put", "patch", "delete", "options", "head", "trace")
# Every name that a form or an address of ours uses.
FIELDS = (
    *("answer", "code", "comment", "days_open", "email", "ends_on", "file", "language", "login", "name"),
    *("new_parent", "next", "open", "organisation", "page", "password", "q1", "questions", "recurrence"),
    *("rhythm", "role", "send_at", "sort", "starts_on", "to", "unit", "units", "wave"),
)


@pytest.fixture
def built() -> OpenWave:
    """An organisation with a closed and an open wave."""
    built = open_wave({"City": 6, "City/Care": 6, "City/Care/Night": 3})
    built.answer("City", [(one % 5 + 1, 3 - one % 3) for one in range(6)])
    close(built.wave)
    return built


@pytest.fixture
def everything(built: OpenWave, client: Client) -> Client:
    """Someone with all roles. A page that breaks gives 500 instead of ending the test."""
    user = UserFactory.create(organisation=built.wave.organisation)
    for role in Role:
        RoleGrantFactory.create(
            organisation=user.organisation, user=user, role=role, unit=built.units["City"]
        )
    client.force_login(user)
    client.raise_request_exception = False
    return client


def named_pages() -> list[Page]:
    return [page for page in pages() if not page.name.endswith("None")]


@pytest.fixture
def token(built: OpenWave) -> str:
    return built.link(built.invitations["City"][5])


def address(page: Page, built: OpenWave, token: str) -> str:
    numbers = {"unit_id": built.units["City"].pk, "cycle_id": built.wave.cycle_id, "wave_id": built.wave.pk}
    values = {
        name: token if isinstance(converter, StringConverter) else sample(converter, numbers.get(name, 1))
        for name, converter in page.pattern.pattern.converters.items()
    }
    return reverse(page.name, kwargs=values)


def is_handled(response: HttpResponseBase) -> bool:
    return response.status_code < 500


@pytest.mark.parametrize("page", named_pages(), ids=route)
def test_no_value_in_an_address_or_a_form_breaks_a_page(
    page: Page, everything: Client, built: OpenWave, token: str
) -> None:
    where = address(page, built, token)
    for value in VALUES:
        sent = dict.fromkeys(FIELDS, value)
        assert is_handled(everything.get(where, sent)), value[:20]
        assert is_handled(everything.post(where, sent)), value[:20]


@pytest.mark.parametrize("page", [page for page in pages() if page.identifiers], ids=route)
def test_a_number_too_large_for_any_row_is_not_found(page: Page, everything: Client) -> None:
    for number in (2**63, 10**30):
        assert everything.get(page.address(number)).status_code in {404, 405}


@pytest.mark.parametrize("page", named_pages(), ids=route)
def test_no_method_but_post_changes_anything(
    page: Page, everything: Client, built: OpenWave, token: str
) -> None:
    before, where = state_of(built), address(page, built, token)
    for method in METHODS:
        assert is_handled(getattr(everything, method)(where))
    assert state_of(built) == before


def state_of(built: OpenWave) -> list[object]:
    cycle = Cycle.objects.get(pk=built.wave.cycle_id)
    waves = list(cycle.waves.values_list("state", "closes_at"))
    invitations = [*built.wave.invitations.values_list("reminders_stopped"), Ticket.objects.count()]
    units = list(OrgUnit.objects.values_list("path", "name"))
    return [cycle.state, cycle.next_opens_at, waves, invitations, units]


@pytest.mark.parametrize("page", [page for page in pages() if page.access != "public"], ids=route)
def test_a_form_of_another_site_is_refused(page: Page, built: OpenWave, token: str) -> None:
    client = Client(enforce_csrf_checks=True)
    user = UserFactory.create(organisation=built.wave.organisation)
    for role in Role:
        RoleGrantFactory.create(
            organisation=user.organisation, user=user, role=role, unit=built.units["City"]
        )
    client.force_login(user)
    where = address(page, built, token)
    client.get(where)
    assert client.post(where, {}, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post(where, {}).status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_no_link_to_this_site_ends_on_another(target: str, everything: Client) -> None:
    switched = everything.post(reverse("set_language"), {"language": "en", "next": target})
    assert leads_here(switched)
    user = UserFactory.create()
    user.set_password("a long enough password")
    user.save()
    signing_in = {"login": user.email, "password": "a long enough password", "next": target}
    response = Client().post(f"{reverse('account_login')}?next={target}", signing_in)
    assert response.status_code == 302
    assert leads_here(response)


def leads_here(response: HttpResponseBase) -> bool:
    return not any(word in response.headers["Location"] for word in ("evil", "alert"))


def test_names_and_texts_are_shown_as_text(everything: Client, built: OpenWave, token: str) -> None:
    """Names of organisation, units, people, cycle and question, on every page and in the answering form."""
    tenant = built.wave.organisation
    tenant.name = SCRIPT
    tenant.save()
    OrgUnit.objects.filter(organisation=tenant).update(name=SCRIPT)
    Employee.objects.filter(organisation=tenant).update(first_name=SCRIPT[:100], last_name=SCRIPT[:100])
    Cycle.objects.update(name=SCRIPT)
    built.wave.units.update(name=SCRIPT)
    for question in built.questions:
        question.text_en = question.text_nl = SCRIPT
        question.save()
        question.theme.name_en = question.theme.name_nl = SCRIPT
        question.theme.save()
        question.question.text_en = question.question.text_nl = SCRIPT
        question.question.save()
    Wave.objects.update(name=SCRIPT)
    rows = f"employee_id,email,first_name,last_name,unit_path,manager_email,{SCRIPT}\n".replace('"', '""')
    people = rows + '1,a@example.org,"<script>alert(1)</script>",B,City/<script>alert(1)</script>,,x\n'
    everything.post(
        reverse("orgunits:imports"), {"file": SimpleUploadedFile("<script>.csv", people.encode())}
    )
    shown = []
    for page in named_pages():
        if page.name != "styleguide":
            response = everything.get(address(page, built, token), follow=True)
            if response.get("content-type", "").startswith("text/html"):
                shown.append(response.content.decode())
    shown.append(answering_page(everything, built))
    assert sum("&lt;script&gt;alert(1)" in one for one in shown) > 5
    for one in shown:
        assert "<script>alert" not in one
        assert not re.search(r"<img[^>]*onerror", one)


def answering_page(client: Client, built: OpenWave) -> str:
    """As it comes back with an error."""
    response = client.post(open_link(built), {"comment": "x" * 5000 + SCRIPT})
    assert response.status_code == 422
    return response.content.decode()


def open_link(built: OpenWave) -> str:
    """The address of someone in Care, whose wave is open again."""
    views._empty_forms.clear()
    tomorrow = timezone.now() + timedelta(days=1)
    Wave.objects.filter(pk=built.wave.pk).update(state=Wave.State.OPEN, closes_at=tomorrow)
    return reverse("answer", args=[built.link(built.invitations["City/Care"][0])])


def test_an_answer_that_the_page_does_not_offer_is_not_taken(built: OpenWave, client: Client) -> None:
    where = open_link(built)
    for value in (*VALUES, "0", "6", "1.0", " 1", "1\x00"):
        assert client.post(where, {"q1": value, "q2": value, "q3": "1"}).status_code == 422, value[:20]
    assert not Submission.objects.exists()
    assert client.post(where, {"q1": "1", "comment": "a\x00b\u202ec"}).status_code == 303
    assert Submission.objects.get().comments == {"": "abc"}


def test_rows_of_another_organisation_cannot_be_named_in_a_form(everything: Client, built: OpenWave) -> None:
    theirs = open_wave({"Town": 6})
    unit, question = theirs.units["Town"].pk, theirs.questions[0].question_id
    own_unit, own_question = built.units["City"].pk, built.questions[0].question_id
    cycle = {
        "name": "Pulse",
        "rhythm": "week",
        "starts_on": "2099-01-05",
        "send_at": "09:00",
        "days_open": "7",
    }
    day = built.units["City/Care"].pk
    tenant = built.wave.organisation
    draft = everything.post(reverse("surveys:cycle_new"), {"begin": "empty"}).headers["Location"]
    for named in (
        {"units": [unit], "questions": [own_question]},
        {"units": [own_unit, unit], "questions": [own_question]},
        {"units": [own_unit], "excluded_units": [unit]},
        {"units": [own_unit], "questions": [question]},
    ):
        version = Cycle.objects.latest("pk").version
        assert everything.post(draft, cycle | named | {"version": version}).status_code == 200
    assert not Cycle.units.through.objects.filter(cycle__organisation=tenant, orgunit=unit).exists()
    assert not Cycle.excluded_units.through.objects.filter(orgunit=unit).exists()
    assert not Cycle.questions.through.objects.filter(cycle__organisation=tenant, question=question).exists()
    before = (RoleGrant.objects.count(), list(OrgUnit.objects.values_list("path")))
    for address, sent in (
        (reverse("orgunits:roles"), {"email": "me@example.org", "role": "hr", "unit": unit}),
        (reverse("orgunits:unit_move", args=[day]), {"new_parent": unit}),
    ):
        assert everything.post(address, sent).status_code in {200, 422}
    assert before == (RoleGrant.objects.count(), list(OrgUnit.objects.values_list("path")))
