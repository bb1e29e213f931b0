"""HR's pages of the question bank. All of HR may look; HR of the whole organisation may change it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.bank import queries, services
from surveys.bank.queries import Filter
from surveys.bank.question_lines import theme_lines
from surveys.cycles.queries import cycles_of
from surveys.cycles.renewal import cycles_that_ask_older, renew_question
from surveys.models import Question, Theme

LONGEST_SEARCH = 100


@needs(Role.HR)
def bank(request: ScopedRequest) -> HttpResponse:
    sought = Filter(
        words=request.GET.get("words", "")[:LONGEST_SEARCH],
        bank=request.GET.get("bank", ""),
        kind=request.GET.get("kind", ""),
        use=request.GET.get("use", ""),
        retired="retired" in request.GET,
    )
    themes = queries.theme_rows(request.scope, sought)
    changes = may_change(request)
    context = {
        "themes": theme_lines(themes, may_change=changes),
        "sought": sought,
        "found": sum(len(theme.rows) for theme in themes),
        "kinds": Question.Kind.choices,
        "may_change": changes,
    }
    return render(request, "surveys/bank/list.html", context)


@needs(Role.HR)
def question(request: ScopedRequest, question_id: int) -> HttpResponse:
    found = available_question(request, question_id)
    context = {
        "page": queries.question_page(request.scope, found),
        "renewals": cycles_that_ask_older(found, cycles_of(request.scope)) if not found.retired_at else [],
        "may_change": may_change(request),
    }
    return render(request, "surveys/bank/question.html", context)


@needs(Role.HR, on_root=True)
@require_POST
def retire(request: ScopedRequest, question_id: int) -> HttpResponse:
    return _step(request, question_id, services.retire_question, _("The question is no longer offered."))


@needs(Role.HR, on_root=True)
@require_POST
def restore(request: ScopedRequest, question_id: int) -> HttpResponse:
    return _step(request, question_id, services.restore_question, _("The question is offered again."))


def _step(request: ScopedRequest, question_id: int, step: Callable[..., object], done: str) -> HttpResponse:
    found = own_question(request, question_id)
    try:
        step(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("questions:question", found.pk)


@needs(Role.HR)
@require_POST
def renew(request: ScopedRequest, question_id: int, cycle_id: int) -> HttpResponse:
    """From its next wave on the cycle asks this version."""
    found = available_question(request, question_id)
    cycle = get_object_or_404(cycles_of(request.scope), pk=cycle_id)
    try:
        renew_question(cycle, found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            _("“%(cycle)s” asks this version from its next wave on.") % {"cycle": cycle.name},
        )
    if request.POST.get("back") == "cycle":
        return redirect("surveys:cycle", cycle.pk)
    return redirect("questions:question", found.pk)


def available_question(request: ScopedRequest, question_id: int) -> Question:
    return get_object_or_404(queries.available(request.scope.organisation), pk=question_id)


def own_question(request: ScopedRequest, question_id: int) -> Question:
    return get_object_or_404(
        queries.available(request.scope.organisation), pk=question_id, organisation=request.scope.organisation
    )


def own_theme(request: ScopedRequest, theme_id: int) -> Theme:
    themes = queries.themes_available(request.scope.organisation).select_related("changed_by")
    return get_object_or_404(themes, pk=theme_id, organisation=request.scope.organisation)


def may_change(request: ScopedRequest) -> bool:
    return request.scope.has_on_root(Role.HR)
