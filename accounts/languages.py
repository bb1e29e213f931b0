from django.conf import settings


def supported(code: str | None) -> str | None:
    """The code, if it is one of the product's languages."""
    return code if code in dict(settings.LANGUAGES) else None


def other_language(code: str) -> str:
    """Where a language switch leads: the next language in the settings' order."""
    codes = [one for one, _ in settings.LANGUAGES]
    return codes[(codes.index(code) + 1) % len(codes)]
