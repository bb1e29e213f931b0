"""`python -m bench.close_one WAVE` closes that wave and prints what it took."""

import json
import resource
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402

from results.services import close_wave  # noqa: E402

began = time.perf_counter()
assert close_wave(int(sys.argv[1]), now=timezone.now()) is not None
seconds = time.perf_counter() - began
kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "megabytes": kilobytes / 1024}))
