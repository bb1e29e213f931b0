from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language

LAST_RESORT = "en"


def supported(code: str | None) -> str | None:
    """The code, if it is one of the product's languages."""
    return code if code in dict(settings.LANGUAGES) else None


def other_language(code: str) -> str:
    """Where a language switch leads: the next language in the settings' order."""
    codes = [one for one, _ in settings.LANGUAGES]
    return codes[(codes.index(code) + 1) % len(codes)]


def best_text(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in `language` (None: the one in use), else in its main language (de for de-at), else in
    English, else in any; empty when there is none. An empty text counts as missing."""
    wanted = language or get_language() or LAST_RESORT
    for code in (wanted, wanted.split("-")[0], LAST_RESORT, *texts):
        if text := texts.get(code):
            return text
    return ""
