"""`python -m bench.close_one WAVE` closes that wave and prints what it took."""

import json
import resource
import sys
import time

import django
import psutil

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from results.services import close_wave  # noqa: E402

connection.ensure_connection()
server = psutil.Process(connection.connection.info.backend_pid)


def processor_seconds() -> float:
    """Of this process and of the one that serves it in PostgreSQL, whatever else the machine does."""
    taken = server.cpu_times()
    return time.process_time() + taken.user + taken.system


began, busy = time.perf_counter(), processor_seconds()
assert close_wave(int(sys.argv[1]), now=timezone.now()) is not None
told = {
    "seconds": time.perf_counter() - began,
    "processor_seconds": processor_seconds() - busy,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}
print(json.dumps(told))
