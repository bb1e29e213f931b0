from __future__ import annotations

import re
from datetime import date

DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")


def day_of(text: str) -> date:
    """Written as 2024-12-31, or with the day first as Dutch spreadsheets do. Raises ValueError."""
    if day_first := DAY_FIRST.fullmatch(text):
        day, month, year = map(int, day_first.groups())
        return date(year, month, day)
    return date.fromisoformat(text)
