"""The languages that the installation offers, and which of them someone gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, get_supported_language_variant
from django.utils.translation import gettext as _

LAST_RESORT = "en"


def language_choices() -> list[tuple[str, str]]:
    """Code and own name. Called when a form is made, so that a language more changes no table."""
    return list(settings.LANGUAGES)


def language_codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def default_language() -> str:
    return settings.LANGUAGE_CODE


def supported(code: str | None) -> str | None:
    """The code, if it is one of the product's languages."""
    return code if code in dict(settings.LANGUAGES) else None


def closest(code: str) -> str | None:
    """As people and personnel systems write it: NL, nl_NL and nl-be are all nl."""
    try:
        return get_supported_language_variant(code.strip().lower().replace("_", "-"))
    except LookupError:
        return None


def spoken(*codes: str) -> str:
    """The first of the codes that is offered, else the installation's first language."""
    return next((code for code in codes if supported(code)), default_language())


def check_language(code: str) -> None:
    if not supported(code):
        raise ValidationError(not_spoken(code))


def not_spoken(code: str) -> str:
    return _("‘%(language)s’ is not a language that is spoken here. Choose from: %(known)s.") % {
        "language": code,
        "known": ", ".join(language_codes()),
    }


def other_languages(code: str, among: Iterable[str] = ()) -> list[str]:
    """Where a language switch leads: to each language that is offered, and is one of `among` if given."""
    allowed = set(among)
    return [one for one in language_codes() if one != code and (not allowed or one in allowed)]


def best_text(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in `language` (None: the one in use), else in its main language (de for de-at), else in
    English, else in any; empty when there is none. An empty text counts as missing."""
    wanted = language or get_language() or LAST_RESORT
    for code in (wanted, wanted.split("-")[0], LAST_RESORT, *texts):
        if text := texts.get(code):
            return text
    return ""
