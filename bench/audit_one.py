"""`python -m bench.audit_one WAVE` audits that closed wave and prints what it took."""

import json
import resource
import sys
import time

import django

django.setup()

from results.audit.judging import judge  # noqa: E402
from results.audit.reading import read_wave  # noqa: E402
from surveys.models import Wave  # noqa: E402

began = time.perf_counter()
assert judge(read_wave(Wave.objects.get(pk=sys.argv[1]))).passed
told = {
    "audit_seconds": time.perf_counter() - began,
    "audit_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}
print(json.dumps(told))
