"""Settings of gunicorn, the web server process; `gunicorn -c python:listening.gunicorn`."""

import gc
import os
import sys
from typing import Any

from listening.waiting import wait_for_word

wsgi_app = "listening.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True  # loaded once, shared by the workers
timeout = 60
graceful_timeout = 8
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108 - a heartbeat file, not data
# An answering link in an access log, with a time and an address, would say who answered when.
accesslog = None
errorlog = "-"


def on_starting(_server: Any) -> None:
    """Loaded, and not listening yet."""
    _leave_what_is_loaded_alone()
    wait_for_word()


def _leave_what_is_loaded_alone() -> None:
    """Looking through all that is loaded for garbage kept one request in twenty waiting 100 ms."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - loads every view
    gc.collect()
    gc.freeze()
