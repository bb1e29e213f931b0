from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

ONE_DECIMAL = Decimal("0.1")


@lru_cache(maxsize=4096)
def as_shown(mean: float) -> float:
    """As `floatformat:1` writes it: its decimal form rounded half up, where `round` may differ by a tenth."""
    return float(Decimal(repr(mean)).quantize(ONE_DECIMAL, ROUND_HALF_UP))


def as_whole(percentage: float) -> int:
    """As `floatformat:0` writes it."""
    return int(Decimal(repr(percentage)).quantize(Decimal(1), ROUND_HALF_UP))
