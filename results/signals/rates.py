"""What an organisation can choose; apart from the detectors, which pages need not load."""

from collections.abc import Mapping

RATES: Mapping[str, float] = {"few": 1.0, "normal": 2.0, "early": 5.0}  # false alarms per 1,000 unit-waves
