from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.changes import services
from orgunits.changes.forms import ChangeForm, ChangesFileForm
from orgunits.changes.kinds import kind_label
from orgunits.models import ChangeEvent, Role

LISTED = 200


@needs(Role.HR, on_root=True)
def changes(request: ScopedRequest) -> HttpResponse:
    """What changed in the work, as HR records it."""
    form = ChangeForm(request.POST or None, organisation=request.scope.organisation)
    if request.method == "POST" and form.is_valid():
        services.add_change(**form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("The change stands on the timeline now."))
        return redirect("orgunits:changes")
    return _page(request, form, ChangesFileForm())


@needs(Role.HR, on_root=True)
@require_POST
def upload(request: ScopedRequest) -> HttpResponse:
    organisation = request.scope.organisation
    form = ChangesFileForm(request.POST, request.FILES)
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            added = services.import_changes(
                organisation, content=content, by=request.user, now=timezone.now()
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            text = ngettext("%(n)s change was added.", "%(n)s changes were added.", added)
            messages.success(request, text % {"n": added})
            return redirect("orgunits:changes")
    return _page(request, ChangeForm(organisation=organisation), form)


@needs(Role.HR, on_root=True)
@require_POST
def remove(request: ScopedRequest, change_id: int) -> HttpResponse:
    change = get_object_or_404(ChangeEvent, organisation=request.scope.organisation, pk=change_id)
    services.remove_change(change, by=request.user, now=timezone.now())
    messages.success(request, _("The change is removed from the timeline."))
    return redirect("orgunits:changes")


def _page(request: ScopedRequest, form: ChangeForm, file_form: ChangesFileForm) -> HttpResponse:
    known = ChangeEvent.objects.filter(organisation=request.scope.organisation)
    listed = known.order_by("-on", "name").values_list("pk", "name", "kind", "on", "unit__name", named=True)
    lines = [(change, kind_label(change.kind)) for change in listed[:LISTED]]
    return render(request, "orgunits/changes.html", {"form": form, "file_form": file_form, "changes": lines})
