"""Each role × each address × above, own, beside and elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from orgunits.models import Role
from tests.access.places import SAID, Place, belonging_to, places, someone_of
from tests.factories import RoleGrantFactory, user_with
from tests.test_scoping import Page, pages

# x: opens. Of addresses with a number: A opens for the row about the whole organisation, C for that about the
# department Care, W for that about Works beside it, T for one of another organisation. A token and a file
# are the viewer's own in C, and a colleague's in A and W. hr-C, dir-C and man-C have their role on Care,
# the others on the whole; `none` has no role, `ended` had each and will have it again, `out` did not sign in.
# Questions are copied from the shared bank only, so of none of these.
EXPECTED = """
                                hr    hr-C  dir   dir-C man-C priv  it    none  ended out
action                          ACW   C     ACW   C     C     .     .     .     .     .
action_change                   ACW   C     ACW   C     C     .     .     .     .     .
action_close                    ACW   C     ACW   C     C     .     .     .     .     .
action_new                      x     x     x     x     x     .     .     .     .     .
action_reopen                   ACW   C     ACW   C     C     .     .     .     .     .
actions                         x     x     x     x     x     .     .     .     .     .
actions_standing                x     x     x     x     x     .     .     .     .     .
api:actions                     x     x     x     x     x     .     .     .     .     .
api:cycles                      x     x     x     x     x     .     .     .     .     .
api:organisation                x     x     x     x     x     .     .     .     .     .
api:signals                     x     x     x     x     x     .     .     .     .     .
api:unit                        ACW   C     ACW   C     C     .     .     .     .     .
api:units                       x     x     x     x     x     .     .     .     .     .
api:wave                        ACW   C     ACW   C     C     .     .     .     .     .
api:wave_figures                ACW   C     ACW   C     C     .     .     .     .     .
api:wave_filters                ACW   C     ACW   C     C     .     .     .     .     .
api:wave_participation          ACW   C     ACW   C     C     .     .     .     .     .
api:waves                       x     x     x     x     x     .     .     .     .     .
change_effect                   ACW   C     ACW   C     C     .     .     .     .     .
change_timeline                 x     x     x     x     x     .     .     .     .     .
forecast                        ACW   C     .     .     .     .     .     .     .     .
guide                           ACW   C     ACW   C     C     .     .     .     .     .
heatmap                         x     x     x     x     x     .     .     .     .     .
heatmap_branch                  ACW   C     ACW   C     C     .     .     .     .     .
home                            x     x     x     x     x     x     x     x     x     .
indicator_remove                ACW   .     .     .     .     .     .     .     .     .
indicators                      x     x     x     x     x     .     .     .     .     .
keeping                         x     .     .     .     .     x     .     .     .     .
layers                          x     x     x     x     .     .     .     .     .     .
mailing:look                    x     .     .     .     .     .     x     .     .     .
mailing:look_mail               x     .     .     .     .     .     x     .     .     .
mailing:look_preview            x     .     .     .     .     .     x     .     .     .
nothing                         x     x     x     x     x     x     x     x     x     .
orgunits:change_remove          ACW   .     .     .     .     .     .     .     .     .
orgunits:changes                x     .     .     .     .     .     .     .     .     .
orgunits:changes_import         x     .     .     .     .     .     .     .     .     .
orgunits:import                 ACW   .     .     .     .     .     ACW   .     .     .
orgunits:import_apply           ACW   .     .     .     .     .     ACW   .     .     .
orgunits:import_columns         ACW   .     .     .     .     .     ACW   .     .     .
orgunits:import_forget_columns  x     .     .     .     .     .     x     .     .     .
orgunits:import_lineage         ACW   .     .     .     .     .     ACW   .     .     .
orgunits:import_progress        ACW   .     .     .     .     .     ACW   .     .     .
orgunits:import_undo            ACW   .     .     .     .     .     ACW   .     .     .
orgunits:imports                x     .     .     .     .     .     x     .     .     .
orgunits:role_end               ACW   .     .     .     .     .     .     .     .     .
orgunits:roles                  x     .     .     .     .     .     .     .     .     .
orgunits:token_withdraw         C     C     C     C     C     .     ACW   .     .     .
orgunits:tokens                 x     x     x     x     x     .     x     .     .     .
orgunits:unit                   ACW   .     .     .     .     .     ACW   .     .     .
orgunits:unit_move              ACW   .     .     .     .     .     .     .     .     .
orgunits:unit_rename            ACW   .     .     .     .     .     .     .     .     .
orgunits:units                  x     .     .     .     .     .     x     .     .     .
orgunits:webhook                ACW   .     .     .     .     .     ACW   .     .     .
orgunits:webhook_remove         ACW   .     .     .     .     .     ACW   .     .     .
orgunits:webhook_secret         ACW   .     .     .     .     .     ACW   .     .     .
orgunits:webhook_switch         ACW   .     .     .     .     .     ACW   .     .     .
orgunits:webhook_test           ACW   .     .     .     .     .     ACW   .     .     .
orgunits:webhooks               x     .     .     .     .     .     x     .     .     .
orgunits:without_email          x     .     .     .     .     .     x     .     .     .
persons:person                  x     .     .     .     .     x     .     .     .     .
privacy                         .     .     .     .     .     x     .     .     .     .
privacy_export                  .     .     .     .     .     ACW   .     .     .     .
privacy_sheet                   x     x     x     x     x     x     x     x     x     .
privacy_wave                    .     .     .     .     .     ACW   .     .     .     .
questions:copy                  .     .     .     .     .     .     .     .     .     .
questions:edit                  ACW   .     .     .     .     .     .     .     .     .
questions:export                x     x     .     .     .     .     .     .     .     .
questions:hints                 x     x     .     .     .     .     .     .     .     .
questions:import                x     .     .     .     .     .     .     .     .     .
questions:import_apply          ACW   .     .     .     .     .     .     .     .     .
questions:import_preview        ACW   .     .     .     .     .     .     .     .     .
questions:list                  x     x     .     .     .     .     .     .     .     .
questions:new                   x     .     .     .     .     .     .     .     .     .
questions:question              ACW   ACW   .     .     .     .     .     .     .     .
questions:renew                 ACW   C     .     .     .     .     .     .     .     .
questions:restore               ACW   .     .     .     .     .     .     .     .     .
questions:retire                ACW   .     .     .     .     .     .     .     .     .
questions:theme_edit            ACW   .     .     .     .     .     .     .     .     .
questions:theme_new             x     .     .     .     .     .     .     .     .     .
report_file                     C     C     C     C     C     .     .     .     .     .
report_order                    ACW   C     ACW   C     C     .     .     .     .     .
reports                         x     x     x     x     x     .     .     .     .     .
signal                          ACW   C     ACW   C     C     .     .     .     .     .
signal_digest                   x     x     x     x     x     .     .     .     .     .
signal_sensitivity              x     .     .     .     .     .     .     .     .     .
signal_state                    ACW   C     ACW   C     C     .     .     .     .     .
signals                         x     x     x     x     x     .     .     .     .     .
smallest_group                  x     .     .     .     .     x     .     .     .     .
surveys:closed_days             x     .     .     .     .     .     .     .     .     .
surveys:cycle                   ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_branch            ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_edit              ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_end               ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_launch            ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_new               x     x     .     .     .     .     .     .     .     .
surveys:cycle_pause             ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_preview           ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_preview_mail      ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_preview_page      ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_resume            ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_skip              ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_test_mail         ACW   C     .     .     .     .     .     .     .     .
surveys:cycle_texts             ACW   C     .     .     .     .     .     .     .     .
surveys:cycles                  x     x     .     .     .     .     .     .     .     .
surveys:quiet_period_remove     ACW   .     .     .     .     .     .     .     .     .
surveys:wave_close              ACW   C     .     .     .     .     .     .     .     .
today                           x     x     .     .     .     .     .     .     .     .
today_numbers                   ACW   C     .     .     .     .     .     .     .     .
today_units                     ACW   C     .     .     .     .     .     .     .     .
unit                            ACW   C     ACW   C     C     .     .     .     .     .
unit_comment                    ACW   C     .     .     .     .     .     .     .     .
unit_comments                   ACW   C     ACW   C     C     .     .     .     .     .
unit_filters                    ACW   C     ACW   C     C     .     .     .     .     .
unit_so_far                     ACW   C     ACW   C     C     .     .     .     .     .
unit_theme                      ACW   C     ACW   C     C     .     .     .     .     .
wave                            ACW   C     .     .     .     .     .     .     .     .
wave_live                       ACW   C     .     .     .     .     .     .     .     .
waves                           x     x     .     .     .     .     .     .     .     .
waves:allow                     ACW   .     .     .     .     .     .     .     .     .
waves:extend                    ACW   C     .     .     .     .     .     .     .     .
waves:fetch                     ACW   C     .     .     .     .     .     .     .     .
waves:letters                   ACW   C     .     .     .     .     .     .     .     .
waves:letters_branch            ACW   C     .     .     .     .     .     .     .     .
waves:refused                   x     .     .     .     .     .     .     .     .     .
waves:send_again                ACW   C     .     .     .     .     .     .     .     .
waves:withdraw                  ACW   C     .     .     .     .     .     .     .     .
"""

REFUSED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}
LETTERS = "ACWT"


def viewers(above: Place, care: Place) -> dict[str, User | None]:
    nobody, ended = someone_of(care), someone_of(care)
    today = timezone.localdate()
    for role in Role:
        RoleGrantFactory.create(user=ended, unit=above.unit, role=role, ends_on=today - timedelta(days=1))
        RoleGrantFactory.create(user=ended, unit=above.unit, role=role, starts_on=today + timedelta(days=2))
    return {
        "hr": user_with(Role.HR, above.unit),
        "hr-C": user_with(Role.HR, care.unit),
        "dir": user_with(Role.DIRECTOR, above.unit),
        "dir-C": user_with(Role.DIRECTOR, care.unit),
        "man-C": user_with(Role.MANAGER, care.unit),
        "priv": user_with(Role.PRIVACY_OFFICER, above.unit),
        "it": user_with(Role.IT_ADMINISTRATOR, above.unit),
        "none": nobody,
        "ended": ended,
        "out": None,
    }


def closed_pages() -> list[Page]:
    return sorted((page for page in pages() if page.access != "public"), key=lambda page: page.name)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer_of(client: Client, page: Page, address: str, method: str) -> HttpResponseBase:
    said = SAID.get(page.name) if method == "post" else None
    with undone():
        answer: HttpResponseBase = getattr(client, method)(address, said)
    return answer


def methods_of(above: Place) -> dict[str, list[str]]:
    """By page, those that its view has, as someone with every role finds out."""
    user = someone_of(above)
    for role in Role:
        RoleGrantFactory.create(user=user, unit=above.unit, role=role)
    client = Client()
    client.force_login(user)
    about = belonging_to(user, above)

    def has(page: Page, method: str) -> bool:
        address = about.address(page.name, page.pattern.pattern.converters)
        return answer_of(client, page, address, method).status_code != HTTPStatus.METHOD_NOT_ALLOWED

    return {page.name: [one for one in ("get", "post") if has(page, one)] for page in closed_pages()}


@dataclass(frozen=True)
class Viewer:
    client: Client
    methods: dict[str, list[str]]

    def opens(self, page: Page, address: str) -> bool:
        """Whether it does more than refuse, by whatever method."""
        tried = (answer_of(self.client, page, address, method) for method in self.methods[page.name])
        return any(map(was_let_in, tried))

    def cell(self, page: Page, about: Iterable[Place]) -> str:
        names = list(page.pattern.pattern.converters)
        if not names:
            return "x" if self.opens(page, reverse(page.name)) else "."
        tried = zip(LETTERS, about, strict=True)
        opened = [letter for letter, place in tried if self.opens(page, place.address(page.name, names))]
        return "".join(opened) or "."


def was_let_in(answer: HttpResponseBase) -> bool:
    is_sent_away = answer.headers.get("Location", "").startswith(reverse("account_login"))
    return not is_sent_away and answer.status_code not in REFUSED


def table(columns: Mapping[str, list[str]]) -> list[str]:
    names = [page.name for page in closed_pages()]
    rows = zip(["", *names], *([name, *cells] for name, cells in columns.items()), strict=True)
    return ["".join([f"{name:32}", *(f"{one:6}" for one in cells)]).rstrip() for name, *cells in rows]


@pytest.mark.django_db
def test_everyone_opens_what_is_theirs_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "django.request")  # or a failure drowns in what was rightly refused
    above, care, works, elsewhere = places()
    colleague, stranger = someone_of(above), someone_of(elsewhere)
    others = [belonging_to(colleague, one) for one in (above, works)]
    theirs = belonging_to(stranger, elsewhere)
    columns, methods = {}, methods_of(above)
    for name, viewer in viewers(above, care).items():
        client = Client()
        if viewer:
            client.force_login(viewer)
        about = (others[0], belonging_to(viewer or colleague, care), others[1], theirs)
        columns[name] = [Viewer(client, methods).cell(page, about) for page in closed_pages()]
    assert table(columns) == EXPECTED.strip("\n").splitlines()
