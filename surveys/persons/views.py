"""For HR and the privacy officer: what is held about one person, as a page and a file, and erasing it.

The address or number that someone asks for never stands in the address of a page, and so in no access log.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.audit import record
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.persons.erasing import erase
from surveys.persons.export import as_data, sections
from surveys.persons.finding import Person, find_person


@needs(Role.HR, Role.PRIVACY_OFFICER, on_root=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: ScopedRequest) -> HttpResponse:
    who = request.POST.get("who", "")
    found = find_person(request.scope.organisation, who)
    if found is None:
        return render(request, "surveys/person.html", {"who": who}, status=404 if who else 200)
    return ACTIONS.get(request.POST.get("action", ""), _show)(request, found)


def _show(request: ScopedRequest, found: Person) -> HttpResponse:
    _tell(request, "person.shown", found)
    context = {"who": request.POST["who"], "person": found, "sections": sections(found)}
    return render(request, "surveys/person.html", context)


def _download(request: ScopedRequest, found: Person) -> HttpResponse:
    _tell(request, "person.exported", found)
    response = JsonResponse(as_data(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


def _erase(request: ScopedRequest, found: Person) -> HttpResponse:
    try:
        erase(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Erased. Nothing here names this person any more."))
    return redirect("persons:person")


def _tell(request: ScopedRequest, action: str, found: Person) -> None:
    record(found.organisation, action, by=request.user, now=timezone.now(), target=found.row)


ACTIONS: dict[str, Callable[[ScopedRequest, Person], HttpResponse]] = {
    "download": _download,
    "erase": _erase,
}
