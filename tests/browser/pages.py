"""Every page of the product and how to come to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from accounts.retention import change_terms
from dashboards.models import ReportRun
from dashboards.reports.making import make_report
from dashboards.reports.services import order_report
from orgunits.access import scope_of
from orgunits.models import ChangeEvent
from results.comments.hiding import hide
from results.comments.models import ReleasedComment
from results.comments.reasons import HideReason
from results.verdicts import audit_wave
from surveys.models import Question
from tests.browser import bank
from tests.browser.agreed import agreed_in
from tests.browser.hooks import hook_with_messages
from tests.browser.journeys import draft_of, link_into, running_in
from tests.browser.signals import raised_in
from tests.browser.town import DEPARTMENT, PEOPLE, SMALL_TEAM, TEAM, WRONG_PEOPLE, Town


def submit_empty(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def clear_last_day(page: Page) -> None:
    page.locator("[name=expires_on]").fill("")
    submit_empty(page)


def submit_nothing(page: Page) -> None:
    """Of the first form below the content of a page with several."""
    page.locator("#add ~ form button[type=submit]").click()
    page.wait_for_load_state()


def open_everything(page: Page) -> None:
    for summary in page.locator("main details > summary").all():
        if summary.is_visible():
            summary.click()


def type_a_wrong_code(page: Page) -> None:
    page.get_by_role("textbox").fill("12345-67890")
    submit_empty(page)


def misspell(page: Page) -> None:
    page.locator("[name=invitation__subject]").fill("{naam}")
    submit_empty(page)


def fill_in_wrongly(page: Page) -> None:
    page.locator("[name=days_open]").fill("99")
    page.locator("[name=reply_to]").fill("hr@")
    with page.expect_navigation():
        page.locator("[name=days_open]").evaluate("field => field.form.submit()")


@dataclass(frozen=True)
class Place:
    """`act` is done once there. `refusal` is an HTTP status that belongs here, which the console reports."""

    name: str
    path: Callable[[Town], str]
    who: str = ""
    act: Callable[[Page], None] | None = None
    refusal: int | None = None
    in_english: bool = False

    def __str__(self) -> str:
        return self.name


def at(path: str) -> Callable[[Town], str]:
    return lambda town: path


def unit(path: str) -> Callable[[Town], str]:
    return lambda town: f"/units/{town.unit(path).pk}/"


def people_import(town: Town) -> str:
    return f"/people/import/{town.previewed_run(PEOPLE).pk}/"


def wrong_import(town: Town) -> str:
    return f"/people/import/{town.refused_run(WRONG_PEOPLE).pk}/"


def not_reached(town: Town) -> str:
    town.refuse(TEAM)
    return f"/cycles/waves/{town.wave.pk}/"


def closed_wave(town: Town) -> str:
    return f"/cycles/waves/{town.cycle.waves.closed()[0].pk}/"


def comments(town: Town) -> str:
    return f"/units/{town.unit(DEPARTMENT).pk}/comments/?wave={town.cycle.waves.closed()[0].pk}"


def hidden_comment(town: Town) -> str:
    comment = ReleasedComment.objects.filter(pool__unit=town.unit(TEAM)).order_by("-pk")[0]
    hide(comment.pk, HideReason.HEALTH, by=town.users["hr"], now=timezone.now())
    return f"/units/{town.unit(TEAM).pk}/comments/?wave={comment.pool.wave_id}"


def kept_shorter(town: Town) -> str:
    terms = {"answers_kept": 12, "invitations_kept": 6}
    change_terms(town.organisation, terms, by=town.users["privacy"], now=timezone.now())
    return "/privacy/keeping/"


def keep_too_long(page: Page) -> None:
    page.locator("[name=answers_kept]").fill("99")
    submit_empty(page)


def look_up_someone(page: Page) -> None:
    page.locator("[name=who]").fill("w1@waterveen.example")
    submit_empty(page)


def timeline(town: Town) -> str:
    town.changed("Nieuw zaaksysteem", DEPARTMENT)
    return "/changes/"


def before_and_after(town: Town) -> str:
    town.changed("Nieuw zaaksysteem", DEPARTMENT)
    return f"/changes/{ChangeEvent.objects.get(unit=town.unit(DEPARTMENT)).pk}/effect/"


def changes(town: Town) -> str:
    town.changed("Nieuw zaaksysteem", DEPARTMENT)
    return "/people/changes/"


def actions(town: Town) -> str:
    agreed_in(town)
    return "/actions/"


def an_action(town: Town) -> str:
    return f"/actions/{agreed_in(town).pk}/"


def privacy_wave(town: Town) -> str:
    wave = town.cycle.waves.closed()[0]
    audit_wave(wave.pk, now=timezone.now())
    return f"/privacy/waves/{wave.pk}/"


def files(town: Town) -> str:
    """One that is ready, and one that is being made."""
    scope = scope_of(town.users["lead"], on=timezone.localdate())
    wave = town.cycle.waves.closed()[0]
    for form in (ReportRun.Form.DOCUMENT, ReportRun.Form.SLIDES):
        run = order_report(scope, town.unit(TEAM), wave, form, now=timezone.now())
        if form == ReportRun.Form.DOCUMENT:
            make_report(run.pk, now=timezone.now())
    return "/reports/"


def webhooks(town: Town) -> str:
    hook_with_messages(town)
    return "/webhooks/"


def webhook(town: Town) -> str:
    """One that went off, with a message that arrived and one that did not."""
    return f"/webhooks/{hook_with_messages(town).pk}/"


def results_by_link(path: str) -> Callable[[Town], str]:
    return lambda town: town.old_link(path) + "results/"


def letters(town: Town) -> str:
    town.letter(TEAM)
    return f"/cycles/waves/{town.wave.pk}/letters/"


def refused_addresses(town: Town) -> str:
    town.refuse(TEAM)
    return "/cycles/refused-addresses/"


def question(made: Callable[[Town], Question], rest: str = "") -> Callable[[Town], str]:
    return lambda town: f"/questions/{made(town).pk}/{rest}"


def builder(town: Town) -> str:
    draft = town.started("pulse")
    town.quiet("Verkiezingen", on=draft.starts_on + timedelta(days=13), days=3)
    town.quiet("Verhuizing", on=draft.starts_on + timedelta(days=28), days=12)
    return f"/cycles/{draft.pk}/edit/"


def empty_builder(town: Town) -> str:
    return f"/cycles/{town.started().pk}/edit/"


def blocked_launch(town: Town) -> str:
    return f"/cycles/{town.started().pk}/launch/"


PLACES = [
    Place("sign in", at("/accounts/login/")),
    Place("sign in, refused", at("/accounts/login/"), act=submit_empty),
    Place("ask for a code", at("/accounts/login/code/")),
    Place("ask for a new password", at("/accounts/password/reset/")),
    Place("second factor", at("/accounts/2fa/"), "hr"),
    Place("second factor, setting up", at("/accounts/2fa/totp/activate/"), "lead"),
    Place("confirm that it is you", at("/accounts/2fa/totp/activate/"), "hr"),
    Place("change password", at("/accounts/password/change/"), "hr"),
    Place("sign out", at("/accounts/logout/"), "hr"),
    Place("today", at("/today/"), "hr", open_everything),
    Place("units of an open wave", lambda town: f"/today/waves/{town.wave.pk}/units/", "hr"),
    Place("heatmap", at("/heatmap/"), "director"),
    Place("heatmap, favourable", at("/heatmap/?metric=favourable"), "director"),
    Place("heatmap, unfolded and sorted", at("/heatmap/?open=all&sort=energy"), "director"),
    Place("team", unit(TEAM), "lead"),
    Place("team, opened", unit(TEAM), "lead", open_everything),
    Place("team without figures", unit(SMALL_TEAM), "small"),
    Place("department", unit(DEPARTMENT), "director"),
    Place("what people wrote", comments, "hr", open_everything),
    Place("what people wrote, one hidden", hidden_comment, "hr"),
    Place("files to take along", files, "lead"),
    Place("what came out", results_by_link(TEAM)),
    Place("what came out, small team", results_by_link(SMALL_TEAM)),
    Place("what came out, not yet", lambda town: town.link(TEAM) + "results/"),
    Place("what came out, unknown link", at("/a/no-such-link/results/"), refusal=404),
    Place("nothing to see", at("/nothing-to-see/"), "privacy"),
    Place("actions", actions, "director"),
    Place("an action", an_action, "lead", submit_empty),
    Place("an action, being changed", lambda town: an_action(town) + "change/", "lead"),
    Place("agreeing on an action, for which unit", at("/actions/new/"), "hr"),
    Place("signals", at("/signals/"), "hr", open_everything),
    Place("signal", lambda town: f"/signals/{raised_in(town).pk}/", "director", open_everything),
    Place("privacy", at("/privacy/"), "privacy"),
    Place(
        "theme over the years", lambda town: f"/units/{town.unit(DEPARTMENT).pk}/themes/energy/", "director"
    ),
    Place("conversation guide", lambda town: f"/units/{town.unit(TEAM).pk}/themes/energy/guide/", "lead"),
    Place("waves side by side", at("/waves/"), "hr"),
    Place("layer gap", at("/layers/"), "director"),
    Place("timeline of changes", timeline, "director"),
    Place("before and after a change", before_and_after, "director"),
    Place("changes in the work", changes, "hr"),
    Place("changes in the work, refused", changes, "hr", submit_nothing),
    Place("privacy, a wave", privacy_wave, "privacy", open_everything),
    Place("how long things are kept", kept_shorter, "privacy"),
    Place("smallest group", at("/privacy/smallest-group/"), "privacy"),
    Place(
        "how long things are kept, refused", at("/privacy/keeping/"), "privacy", keep_too_long, refusal=422
    ),
    Place("what is stored about someone", at("/people/person/"), "hr", look_up_someone),
    Place("what is stored", at("/privacy/sheet/"), "lead", open_everything, in_english=True),
    Place("cycles", at("/cycles/"), "hr"),
    Place("active cycle", lambda town: f"/cycles/{town.cycle.pk}/", "hr", open_everything),
    Place("draft cycle", lambda town: f"/cycles/{town.draft.pk}/", "hr"),
    Place("launch", lambda town: f"/cycles/{town.draft.pk}/launch/", "hr"),
    Place("words in the mails", lambda town: f"/cycles/{town.draft.pk}/texts/", "hr"),
    Place("words in the mails, refused", lambda town: f"/cycles/{town.draft.pk}/texts/", "hr", misspell),
    Place("preview of a mail", lambda town: f"/cycles/{town.draft.pk}/preview/?show=reminder", "hr"),
    Place("look of mails", at("/people/look/"), "hr"),
    Place("open wave", lambda town: f"/cycles/waves/{town.wave.pk}/", "hr", open_everything),
    Place("open wave, not reached", not_reached, "hr", open_everything),
    Place("closed wave", closed_wave, "hr"),
    Place("longer open", lambda town: f"/cycles/waves/{town.wave.pk}/extend/", "hr"),
    Place("longer open, refused", lambda town: f"/cycles/waves/{town.wave.pk}/extend/", "hr", submit_empty),
    Place("letters", letters, "hr", open_everything),
    Place("addresses that refuse mail", refused_addresses, "hr"),
    Place("page for codes", at("/k/")),
    Place("page for codes, refused", at("/k/"), act=type_a_wrong_code, refusal=422),
    Place("answer on a shared device", lambda town: town.letter(TEAM) + "?shared"),
    Place("thanks on a shared device", lambda town: town.letter(TEAM) + "?sent&shared"),
    Place("cycle form", at("/cycles/new/"), "hr", open_everything),
    Place("questions", at("/questions/"), "hr", open_everything),
    Place("questions, none found", at("/questions/?words=geen"), "hr"),
    Place("shared question", question(bank.shared), "hr"),
    Place("copy of a shared question", question(bank.shared, "copy/"), "hr"),
    Place("own question", question(bank.own_question), "hr"),
    Place("single choice", question(bank.choice), "hr"),
    Place("single choice, changing", question(bank.choice, "edit/"), "hr"),
    Place("question with versions", question(bank.with_versions), "hr"),
    Place("cycle with an older question", lambda town: f"/cycles/{town.cycle.pk}/", "hr"),
    Place("question, changing", question(bank.with_versions, "edit/"), "hr"),
    Place("question form", at("/questions/new/"), "hr"),
    Place("question form, refused", at("/questions/new/"), "hr", submit_empty, refusal=422),
    Place("theme form", at("/questions/themes/new/"), "hr"),
    Place("theme form, refused", at("/questions/themes/new/"), "hr", submit_empty, refusal=422),
    Place("own theme", lambda town: f"/questions/themes/{bank.own_theme(town)}/", "hr"),
    Place("upload questions", at("/questions/import/"), "hr", open_everything),
    Place("questions in a file", lambda town: bank.uploaded(town, bank.FILE), "hr"),
    Place("builder", builder, "hr"),
    Place("builder, opened", builder, "hr", open_everything, in_english=True),  # questions in both languages
    Place("builder, refused", builder, "hr", fill_in_wrongly),
    Place("builder, empty", empty_builder, "hr"),
    Place("launch, not yet possible", blocked_launch, "hr"),
    Place("preview of the answering page", lambda town: f"/cycles/{town.draft.pk}/preview/page/", "hr"),
    Place("preview of a cycle", lambda town: f"/cycles/{town.draft.pk}/preview/", "hr"),
    Place("forecast", lambda town: f"/cycles/{town.draft.pk}/forecast/", "hr", open_everything),
    Place("closed days", at("/cycles/closed-days/"), "hr"),
    Place("closed days, refused", at("/cycles/closed-days/"), "hr", submit_empty),
    Place("journey", lambda town: f"/cycles/{running_in(town).cycle_id}/", "hr", open_everything),
    Place("journey, being made", lambda town: f"/cycles/{draft_of(town).pk}/edit/", "hr"),
    Place("journey about leaving", lambda town: f"/cycles/{draft_of(town, 'leaving').pk}/edit/", "hr"),
    Place("journey, launch", lambda town: f"/cycles/{draft_of(town).pk}/launch/", "hr"),
    Place("journey, what will be shown", lambda town: f"/cycles/{draft_of(town).pk}/forecast/", "hr"),
    Place("open wave of a journey", lambda town: f"/cycles/waves/{running_in(town).pk}/", "hr"),
    Place("answer in a journey", lambda town: link_into(town)),
    Place("import", at("/people/import/"), "hr", open_everything),
    Place("import, refused form", at("/people/import/"), "hr", submit_empty),
    Place("import, preview", people_import, "hr", open_everything),
    Place("import, errors", wrong_import, "hr"),
    Place("people without an address", at("/people/without-email/"), "hr"),
    Place("units", at("/people/units/"), "hr"),
    Place("unit", lambda town: f"/people/units/{town.unit(DEPARTMENT).pk}/", "hr"),
    Place("roles", at("/people/roles/"), "hr"),
    Place("roles, refused", at("/people/roles/"), "hr", submit_empty),
    Place("indicators", at("/indicators/"), "hr"),
    Place("indicators, refused", at("/indicators/"), "hr", submit_empty, refusal=422),
    Place("tokens", at("/tokens/"), "hr"),
    Place("tokens, refused", at("/tokens/"), "hr", clear_last_day),
    Place("webhooks", webhooks, "hr"),
    Place("webhooks, refused", webhooks, "hr", submit_empty),
    Place("webhook, off", webhook, "hr", open_everything, in_english=True),  # a message is for programs
    Place("answer", lambda town: town.link(TEAM)),
    Place("answer, small team", lambda town: town.link(SMALL_TEAM)),
    Place("answer, refused", lambda town: town.link(TEAM), act=submit_empty, refusal=422),
    Place("thanks", lambda town: town.link(TEAM, answered=True) + "?sent"),
    Place("answered", lambda town: town.link(TEAM, answered=True)),
    Place("unknown link", at("/a/no-such-link/"), refusal=404),
    Place("stop reminders", lambda town: town.link(TEAM) + "stop/"),
    Place("reminders stopped", lambda town: town.link(TEAM) + "stop/", act=submit_empty),
    Place("mailbox", at("/mailbox/"), "hr"),
    Place("no such page", at("/no-such-page/"), refusal=404),
    Place("forbidden", at("/today/"), "lead", refusal=403),
    Place("broken", at("/broken/"), refusal=500),
    Place("bad request", at("/error/400/")),
    Place("form too old", at("/error/403_csrf/")),
    Place("too many attempts", at("/error/429/")),
    Place("style guide", at("/styleguide/"), "hr", in_english=True),
]
