from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from .store import MailStore, StoredMail

MAILS_A_PAGE = 50
# A mail brings its own styles, and runs nothing.
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
}


def mailbox_store() -> MailStore:
    return MailStore(settings.DATA_DIR / "mail")


def find_mail(key: str) -> StoredMail:
    mail = mailbox_store().find(key)
    if mail is None:
        raise Http404
    return mail


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("to", "")
    mails = mailbox_store().newest_first(search)
    page = Paginator(mails, MAILS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/list.html", {"page": page, "search": search})


@require_safe
def mail_page(request: HttpRequest, key: str) -> HttpResponse:
    mail = find_mail(key)
    context = {"mail": mail, "headers": mail.read().items(), "text": mail.body("plain")}
    return render(request, "mailbox/mail.html", context)


@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with an argument
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's own HTML, shown in a sandboxed frame; its links open beside it."""
    return HttpResponse('<base target="_blank">' + find_mail(key).body("html"))
