from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from accounts.languages import supported
from accounts.models import User
from accounts.services import choose_language
from orgunits.access import public


@public
def switch_language(request: HttpRequest) -> HttpResponseBase:
    """For this browser, and for good for whoever signed in. Leads back to the page it came from."""
    code = supported(request.POST.get("language"))
    if code and isinstance(request.user, User):
        choose_language(request.user, code)
    return set_language(request)
