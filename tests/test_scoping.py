"""Tenant and role, for every table and every page: new ones are found by themselves.

Who opens which page stands in one table: tests/access/test_matrix.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from accounts.api_tokens import make_token
from accounts.models import ApiToken, Organisation, User
from accounts.webhooks.models import Webhook
from accounts.webhooks.services import make_webhook
from actions.models import Action
from dashboards.models import ReportRun
from orgunits.access import RESULT_ROLES, scope_of
from orgunits.models import ChangeEvent, ImportRun, OrgUnit, Role, RoleGrant
from results.lagging.models import Indicator
from results.signals.models import Signal
from surveys.models import BankImport, Cycle, LetterRun, Question, QuietPeriod, RefusedAddress, Theme, Wave
from tests.actions.steps import an_action
from tests.factories import RoleGrantFactory, UserFactory, unit_tree, user_with
from tests.signals import make_signal
from tests.waves import OPENED, open_wave

# Tables

NOT_OF_ONE_ORGANISATION = {
    Organisation: "the tenant itself",
}
PERHAPS_OF_NO_ORGANISATION = {
    "accounts.User": "the operator's own account belongs to none, and so sees nothing",
    "surveys.Theme": "the shared bank",
    "surveys.Question": "the shared bank",
}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR)) and ".venv" not in config.path
        for model in config.get_models()
    ]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: str(model._meta.label))
def test_every_table_belongs_to_an_organisation(model: type[models.Model]) -> None:
    if model in NOT_OF_ONE_ORGANISATION:
        return
    tenants = [field for field in model._meta.fields if field.related_model is Organisation]
    assert [field.name for field in tenants] == ["organisation"]
    assert tenants[0].null == (model._meta.label in PERHAPS_OF_NO_ORGANISATION)


# Pages

NOT_OURS = ("allauth.", "django.views.i18n", "django.views.static")


@dataclass(frozen=True)
class Page:
    """A URL pattern of the project with its full route and the view behind it."""

    route: str
    name: str
    view: Callable[..., HttpResponseBase]
    pattern: URLPattern

    @property
    def access(self) -> Any:
        return getattr(self.view, "access", None)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(self.access) if isinstance(self.access, frozenset) else frozenset()

    @property
    def identifiers(self) -> list[str]:
        """Names of the numbers in the address."""
        found = self.pattern.pattern.converters.items()
        return [name for name, converter in found if isinstance(converter, IntConverter)]

    def address(self, number: int = 1, **numbers: int) -> str:
        """With one number for all identifiers, or one for each."""
        values = {
            name: sample(converter, numbers.get(name, number))
            for name, converter in self.pattern.pattern.converters.items()
        }
        return reverse(self.name, kwargs=values)


def sample(converter: object, number: int) -> Any:
    """A value for a part of an address."""
    if isinstance(converter, IntConverter):
        return number
    return UUID(int=number) if isinstance(converter, UUIDConverter) else "x"


def pages() -> list[Page]:
    return [
        page for page in walk(get_resolver().url_patterns) if not page.view.__module__.startswith(NOT_OURS)
    ]


def walk(
    patterns: Iterable[URLPattern | URLResolver], route: str = "", namespace: str = ""
) -> Iterator[Page]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, here, inner)
        else:
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield Page(here, f"{namespace}{pattern.name}", view, pattern)


def with_roles() -> list[Page]:
    return [page for page in pages() if page.access != "public"]


def route(page: Page) -> str:
    return page.route


@cache
def everyone() -> frozenset[Role]:
    return frozenset(Role)


@pytest.mark.parametrize("page", pages(), ids=route)
def test_every_view_says_whom_it_is_for(page: Page) -> None:
    assert page.access is not None, "decorate it with @needs or @public of orgunits.access"
    assert page.access == "public" or isinstance(page.access, frozenset)


def test_the_walk_finds_pages_of_several_apps() -> None:
    assert {page.view.__module__.split(".")[0] for page in pages()} >= {"orgunits", "surveys", "dashboards"}


@pytest.mark.django_db
def test_who_did_not_sign_in_is_sent_to_where_one_does(client: Client) -> None:
    for page in with_roles():
        for method in (client.get, client.post):
            response = method(page.address())
            if page.name.startswith("api:"):
                assert response.status_code == 401  # a program cannot go to a page for signing in
                continue
            assert response.status_code == 302, page.route
            assert response.headers["Location"].startswith(reverse("account_login"))


# Identifiers of another organisation

millions = count(1)


@pytest.fixture
def strangers() -> list[int]:
    """Row ids of another organisation that has one of everything; no row of others has one of these.

    The first is that of a row of each kind, so whatever a page takes it for, it is a stranger's.
    """
    first = next(millions) * 1_000_000
    numbered = [model for model in our_models() if isinstance(model._meta.pk, models.BigAutoField)]
    for model in numbered:
        give_out_ids_from(model, first)
    make_strangers()
    for model in numbered:
        give_out_ids_from(model, first + 500_000)
    rows = (model._default_manager.filter(pk__gte=first) for model in numbered)
    return sorted({pk for found in rows for pk in found.values_list("pk", flat=True)})


def make_strangers() -> None:
    opened = open_wave({"Town": 6, "Town/Care": 6})
    opened.answer("Town", [[4, 4]])
    unit = opened.units["Town"]
    tenant = unit.organisation
    RoleGrantFactory.create(unit=unit)
    ChangeEvent.objects.create(organisation=tenant, name="Move", kind="move", on=OPENED.date(), unit=unit)
    ImportRun.objects.create(
        organisation=tenant, state=ImportRun.State.PREVIEWED, file_name="people.csv", uploaded_at=OPENED
    )
    BankImport.objects.create(
        organisation=tenant, file_name="questions.csv", content=b"theme;kind", uploaded_at=OPENED
    )
    LetterRun.objects.create(
        organisation=tenant, wave=opened.wave, audience="units", form="pdf", ordered_at=OPENED
    )
    make_webhook(
        UserFactory.create(organisation=tenant),
        name="Tasks",
        url="https://town.example/hook",
        events=Webhook.Event.values,
        now=OPENED,
    )
    make_token(
        UserFactory.create(organisation=tenant),
        name="Report",
        reads=[ApiToken.Reads.FIGURES],
        expires_on=OPENED.date(),
        now=OPENED,
    )
    ReportRun.objects.create(
        organisation=tenant,
        user=UserFactory.create(organisation=tenant),
        unit=unit,
        wave=opened.wave,
        form="pdf",
        state="ready",
        asked_at=OPENED,
        file=b"%PDF",
    )
    Indicator.objects.create(organisation=tenant, name="Sick leave", changed_at=OPENED)
    RefusedAddress.objects.create(organisation=tenant, email="a@town.example", refused_at=OPENED)
    QuietPeriod.objects.create(
        organisation=tenant, name="Elections", first_day=OPENED.date(), last_day=OPENED.date()
    )
    make_signal(unit, opened.wave)
    an_action(unit)


def give_out_ids_from(model: type[models.Model], first: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [model._meta.db_table, first]
        )


@pytest.fixture
def in_every_role(client: Client) -> dict[str, int]:
    """Signs in; numbers of own rows, for addresses with more than one of them."""
    opened = open_wave({"City": 6})
    root = opened.units["City"]
    user = user_with(Role.HR, root)
    for role in everyone() - {Role.HR}:
        RoleGrantFactory.create(unit=root, user=user, role=role)
    client.force_login(user)
    client.post(reverse("surveys:cycle_new"), {"begin": "empty"})
    theme = Theme.objects.create(organisation=root.organisation, code="own", name_en="Own", name_nl="Eigen")
    question = Question.objects.create(organisation=root.organisation, theme=theme, code="own_1")
    draft = Cycle.objects.get(organisation=root.organisation, state=Cycle.State.DRAFT)
    return {
        "cycle_id": draft.pk,
        "unit_id": root.pk,
        "question_id": question.pk,
        "wave_id": opened.wave.pk,
    }


# Their own rows must have been answered by many; tests of theirs open them.
NOTHING_YET = {"unit_filters"}


@pytest.mark.django_db
def test_one_identifier_of_another_organisation_among_own_ones_opens_nothing(
    strangers: list[int], in_every_role: dict[str, int], client: Client
) -> None:
    tried = [page for page in with_roles() if len(page.identifiers) > 1]
    assert tried
    for page in tried:
        own = {name: in_every_role[name] for name in page.identifiers}
        methods = [one for one in (client.get, client.post) if one(page.address(**own)).status_code != 405]
        for name in page.identifiers:
            for method in methods:
                assert method(page.address(**own | {name: strangers[0]})).status_code == 404, page.route
        opens = any(method(page.address(**own)).status_code < 400 for method in methods)
        assert opens or page.name in NOTHING_YET, page.route


# What a number in an address stands for. A new one is added here, and a row of it to `strangers`.
NAMED: dict[str, list[type[models.Model]]] = {
    "action_id": [Action],
    "address_id": [RefusedAddress],
    "change_id": [ChangeEvent],
    "cycle_id": [Cycle],
    "grant_id": [RoleGrant],
    "import_id": [BankImport],
    "indicator_id": [Indicator],
    "period_id": [QuietPeriod],
    "question_id": [Question],
    "run_id": [ImportRun, LetterRun, ReportRun],
    "signal_id": [Signal],
    "theme_id": [Theme],
    "token_id": [ApiToken],
    "unit_id": [OrgUnit],
    "wave_id": [Wave],
    "webhook_id": [Webhook],
}


@pytest.mark.django_db
def test_every_kind_of_identifier_is_tried(strangers: list[int]) -> None:
    assert {name for page in with_roles() for name in page.identifiers} == NAMED.keys()
    for kinds in NAMED.values():
        for kind in kinds:
            assert kind._default_manager.filter(pk=strangers[0]).exists(), kind


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["units", "excluded_units", "questions", "rotating"])
def test_a_cycle_is_not_made_of_another_organisation_s_rows(
    strangers: list[int], client: Client, field: str
) -> None:
    root = unit_tree("City")["City"]
    user = user_with(Role.HR, root)
    client.force_login(user)
    client.post(reverse("surveys:cycle_new"), {"begin": "empty"})
    draft = Cycle.objects.get(organisation=root.organisation)
    town = Organisation.objects.exclude(pk=root.organisation_id).get()
    theme = Theme.objects.create(organisation=town, code="own", name_en="Own", name_nl="Eigen")
    question = Question.objects.create(
        organisation=town, theme=theme, code="own_1", text_en="Own?", text_nl="Eigen?"
    )
    rows = {
        "units": list(OrgUnit.objects.filter(organisation=town)),
        "questions": [question],
        "rotating": [theme],
    }
    chosen = [row.pk for row in rows.get(field, rows["units"])]
    client.post(reverse("surveys:cycle_edit", args=[draft.pk]), {"version": draft.version, field: chosen})
    assert not draft.units.filter(organisation=town).exists()
    assert not draft.excluded_units.filter(organisation=town).exists()
    assert not draft.cycle_questions.filter(question__organisation=town).exists()


@pytest.mark.django_db
def test_another_organisation_s_cycle_is_not_copied(strangers: list[int], client: Client) -> None:
    client.force_login(user_with(Role.HR, unit_tree("City")["City"]))
    theirs = Cycle.objects.filter(pk__in=strangers)
    assert theirs
    for cycle in theirs:
        response = client.post(reverse("surveys:cycle_new"), {"begin": "earlier", "cycle": cycle.pk})
        assert response.status_code == 404


# Scope


@pytest.fixture
def tree() -> dict[str, OrgUnit]:
    return unit_tree("City", "City/Care", "City/Care/Night", "City/Works")


TODAY = date(2026, 3, 2)


def visible(user: User) -> set[str]:
    return {unit.name for unit in scope_of(user, on=TODAY).units()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(RESULT_ROLES))
def test_a_role_opens_its_unit_and_all_below(role: Role, tree: dict[str, OrgUnit]) -> None:
    unit_tree("Town", "Town/Care")
    user = user_with(role, tree["City/Care"])
    assert visible(user) == {"Care", "Night"}
    scope = scope_of(user, on=TODAY)
    assert scope.reaches(tree["City/Care/Night"])
    assert not scope.reaches(tree["City"])
    assert not scope.reaches(tree["City/Works"])
    assert not scope.is_whole_organisation


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role) - RESULT_ROLES))
def test_a_role_without_results_opens_no_unit(role: Role, tree: dict[str, OrgUnit]) -> None:
    user = user_with(role, tree["City"])
    scope = scope_of(user, on=TODAY)
    assert visible(user) == set()
    assert not scope.reaches(tree["City"])
    assert not scope.is_whole_organisation
    assert scope.home_unit() is None


@pytest.mark.django_db
def test_a_manager_opens_the_own_unit_and_not_the_one_beside_it(
    tree: dict[str, OrgUnit], client: Client
) -> None:
    client.force_login(user_with(Role.MANAGER, tree["City/Care"]))
    answers = {name: client.get(reverse("unit", args=[unit.pk])).status_code for name, unit in tree.items()}
    assert answers == {"City": 404, "City/Care": 200, "City/Care/Night": 200, "City/Works": 404}


@pytest.mark.django_db
def test_roles_on_two_units_add_up(tree: dict[str, OrgUnit]) -> None:
    user = user_with(Role.MANAGER, tree["City/Care/Night"])
    RoleGrantFactory.create(user=user, role=Role.DIRECTOR, unit=tree["City/Works"])
    assert visible(user) == {"Night", "Works"}


@pytest.mark.django_db
def test_the_first_and_last_day_count(tree: dict[str, OrgUnit]) -> None:
    user = user_with(Role.MANAGER, tree["City"], starts_on=TODAY, ends_on=TODAY)
    days = [TODAY + timedelta(days=shift) for shift in (-1, 0, 1)]
    assert [scope_of(user, on=day).has(Role.MANAGER) for day in days] == [False, True, False]


@pytest.mark.django_db
def test_a_role_in_another_organisation_does_not_count(tree: dict[str, OrgUnit]) -> None:
    user = UserFactory.create()
    RoleGrant.objects.create(
        organisation=tree["City"].organisation, user=user, role=Role.HR, unit=tree["City"], starts_on=TODAY
    )
    assert visible(user) == set()
