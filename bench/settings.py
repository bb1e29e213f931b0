"""The product's settings, with one view more to compare its own with."""

from listening.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
