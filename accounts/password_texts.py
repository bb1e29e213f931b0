"""What Django's password rules say. Named here so that our own Dutch replaces Django's, which says u."""

from django.utils.translation import gettext_noop, ngettext_lazy

PASSWORD_TEXTS = [
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password can’t be a commonly used password."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
]
