"""The bank as a file, out and in: download, upload, look through, apply."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.bank import exchange
from surveys.bank.editing import number_in
from surveys.bank.forms import FileForm
from surveys.bank.plan import Outcome
from surveys.bank.table import LARGEST_FILE
from surveys.models import BankImport


@needs(Role.HR)
def export(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    content = exchange.export_bank(request.scope.organisation, by=request.user, now=now)
    day = timezone.localtime(now).strftime("%Y-%m-%d")
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="questions-{day}.csv"'},
    )


@needs(Role.HR, on_root=True)
def upload(request: ScopedRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        kept = exchange.keep_file(
            request.scope.organisation,
            file_name=file.name,
            content=file.read(LARGEST_FILE + 1),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("questions:import_preview", kept.pk)
    return render(request, "surveys/bank/import.html", {"form": form}, status=422 if form.errors else 200)


@needs(Role.HR, on_root=True)
def preview(request: ScopedRequest, import_id: int) -> HttpResponse:
    return _preview(request, _kept(request, import_id))


@needs(Role.HR, on_root=True)
@require_POST
def apply(request: ScopedRequest, import_id: int) -> HttpResponse:
    kept = _kept(request, import_id)
    try:
        plan = exchange.apply_file(
            kept,
            digest=request.POST.get("digest", ""),
            equivalent={number_in(line) for line in request.POST.getlist("equivalent")},
            by=request.user,
            now=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("questions:import_preview", kept.pk)
    number = len(plan.changes)
    messages.success(
        request,
        ngettext(
            "%(number)d question has been taken over.", "%(number)d questions have been taken over.", number
        )
        % {"number": number},
    )
    return redirect("questions:list")


def _preview(request: ScopedRequest, kept: BankImport) -> HttpResponse:
    plan = exchange.plan_of(kept)
    context: dict[str, Any] = {
        "kept": kept,
        "plan": plan,
        "problems": plan.problems.in_order(),
        "counts": [(outcome.label, plan.count(outcome)) for outcome in Outcome],
        "new_themes": [draft.names["nl"] for draft in plan.themes.values()],
    }
    return render(request, "surveys/bank/import_preview.html", context)


def _kept(request: ScopedRequest, import_id: int) -> BankImport:
    imports = BankImport.objects.select_related("organisation")
    return get_object_or_404(imports, pk=import_id, organisation=request.scope.organisation)
