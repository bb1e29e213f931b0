"""The pages on which HR writes a theme or a question. What was typed stays there after an error."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.bank import queries, services
from surveys.bank.forms import (
    QuestionForm,
    ThemeForm,
    initial_of,
    initial_of_theme,
    languages_for,
    stale_texts,
)
from surveys.bank.hints import hints_by_language
from surveys.bank.services import StaleQuestionError, StaleThemeError
from surveys.bank.views import available_question, own_question, own_theme
from surveys.models import Question, Theme


@needs(Role.HR, on_root=True)
def new(request: ScopedRequest) -> HttpResponse:
    organisation = request.scope.organisation
    form = QuestionForm(
        request.POST or None,
        organisation=organisation,
        initial={"theme": number_in(request.GET.get("theme"))},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_question(
                organisation, draft=form.draft(), by=request.user, now=timezone.now()
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The question has been added. Cycles can ask it now."))
            return redirect("questions:question", made.pk)
    return _question_page(request, form)


@needs(Role.HR, on_root=True)
def copy(request: ScopedRequest, question_id: int) -> HttpResponse:
    """Make an own question from one of the shared bank, which itself stays as it is."""
    shared = available_question(request, question_id)
    if shared.organisation_id is not None:
        raise Http404
    organisation = request.scope.organisation
    form = QuestionForm(
        request.POST or None, organisation=organisation, question=shared, initial=initial_of(shared)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_question(
                organisation,
                draft=form.draft(),
                adapted_from=shared,
                is_equivalent=form.cleaned_data["is_equivalent"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The copy is a question of your own now."))
            return redirect("questions:question", made.pk)
    return _question_page(request, form, shared=shared)


@needs(Role.HR, on_root=True)
def edit(request: ScopedRequest, question_id: int) -> HttpResponse:
    question = own_question(request, question_id)
    if request.method != "POST":
        newest = services.newest_version(question)
        if newest != question:
            messages.info(request, _("This is the newest version of the question."))
            return redirect("questions:edit", newest.pk)
    organisation = request.scope.organisation
    form = QuestionForm(
        request.POST or None, organisation=organisation, question=question, initial=initial_of(question)
    )
    if request.method == "POST" and form.is_valid():
        return _save_question(request, form, question)
    return _question_page(request, form, question=question)


def _save_question(request: ScopedRequest, form: QuestionForm, question: Question) -> HttpResponse:
    try:
        saved = services.change_question(
            question,
            draft=form.draft(),
            revision=revision_in(request),
            is_equivalent=form.cleaned_data["is_equivalent"],
            by=request.user,
            now=timezone.now(),
        )
    except StaleQuestionError as error:
        newest = own_question(request, error.newest.pk)
        differs = stale_texts(form, initial_of(newest))
        return _question_page(request, form, question=newest, differs=differs)
    except ValidationError as error:
        form.refuse(error)
        return _question_page(request, form, question=question)
    if saved.pk != question.pk:
        messages.success(
            request,
            _("Version %(version)d has been made. The old one stays as it was asked.")
            % {"version": saved.version},
        )
    else:
        messages.success(request, _("The question has been saved."))
    return redirect("questions:question", saved.pk)


def _question_page(
    request: ScopedRequest,
    form: QuestionForm,
    *,
    question: Question | None = None,
    shared: Question | None = None,
    differs: list[str] | None = None,
) -> HttpResponse:
    """`differs`: where someone else's text is another one; None when nobody came between."""
    is_used = question is not None and services.is_used(question)
    context = {
        "form": form,
        "question": question,
        "shared": shared,
        "is_used": is_used,
        "asks_equivalence": is_used or bool(shared) or bool(question and question.predecessor_id),
        "is_stale": differs is not None,
        "differs": differs,
        "revision": revision_in(request) if request.method == "POST" else question and question.revision,
        "hints": _hints(form),
    }
    status = 409 if differs is not None else 422 if form.errors else 200
    return render(request, "surveys/bank/question_form.html", context, status=status)


@needs(Role.HR)
@require_POST
def hints(request: ScopedRequest) -> HttpResponse:
    """What may be better about the texts as they are being typed; nothing is saved."""
    form = QuestionForm(request.POST, organisation=request.scope.organisation)
    return render(request, "surveys/bank/hints.html", {"hints": _hints(form), "live": True})


def _hints(form: QuestionForm) -> list[tuple[str, list[Any]]]:
    """For each language, also when there is nothing to say: then what was said before goes away."""
    texts = {code: str(form[f"text_{code}"].value() or "")[:1000] for code in form.languages}
    found = hints_by_language(
        texts,
        turned=bool(form["reversed"].value()),
        is_open=form["kind"].value() == Question.Kind.OPEN,
    )
    return [(code, found.get(code, [])) for code in languages_for(texts)]


@needs(Role.HR, on_root=True)
def new_theme(request: ScopedRequest) -> HttpResponse:
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_theme(
                request.scope.organisation, draft=form.draft(), by=request.user, now=timezone.now()
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The theme has been added. Now add its questions."))
            return redirect(f"{reverse('questions:new')}?theme={made.pk}")
    return _theme_page(request, form)


@needs(Role.HR, on_root=True)
def edit_theme(request: ScopedRequest, theme_id: int) -> HttpResponse:
    theme = own_theme(request, theme_id)
    form = ThemeForm(request.POST or None, theme=theme, initial=initial_of_theme(theme))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_theme(
                theme,
                draft=form.draft(),
                revision=revision_in(request),
                by=request.user,
                now=timezone.now(),
            )
        except StaleThemeError as error:
            newest = get_object_or_404(
                queries.themes_available(request.scope.organisation), pk=error.newest.pk
            )
            return _theme_page(
                request, form, theme=newest, differs=stale_texts(form, initial_of_theme(newest))
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The theme has been saved."))
            return redirect("questions:list")
    return _theme_page(request, form, theme=theme)


def _theme_page(
    request: ScopedRequest, form: ThemeForm, *, theme: Theme | None = None, differs: list[str] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "theme": theme,
        "is_stale": differs is not None,
        "differs": differs,
        "revision": revision_in(request) if request.method == "POST" else theme and theme.revision,
    }
    status = 409 if differs is not None else 422 if form.errors else 200
    return render(request, "surveys/bank/theme_form.html", context, status=status)


def revision_in(request: ScopedRequest) -> int:
    return number_in(request.POST.get("overwrite") or request.POST.get("revision"))


def number_in(text: str | None) -> int:
    """0, which no row has, for what is no number of a row."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
