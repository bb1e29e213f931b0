"""The Celery application: JSON messages only, settings from Django's under CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "listening.settings")

app = Celery("polsslag")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
