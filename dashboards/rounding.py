"""Numbers as a reader sees them: rounded half up, where `round` may differ, and written in their language."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial

from django.utils.formats import number_format
from django.utils.translation import get_language


@lru_cache(maxsize=4096)
def as_shown(mean: float) -> float:
    """As `floatformat:1` writes it: its decimal form rounded half up, where `round` may differ by a tenth."""
    return float(rounded(mean, 1))


def as_whole(percentage: float) -> int:
    """As `floatformat:0` writes it."""
    return int(rounded(percentage, 0))


def with_one_decimal(mean: float) -> str:
    """As `floatformat:1` writes it. A page has hundreds of numbers, and few different ones."""
    return _with_one_decimal(get_language(), mean)


def in_this_language() -> Callable[[float], str]:
    """The same for thousands of numbers: the language in use is looked up once."""
    return partial(_with_one_decimal, get_language())


@lru_cache(maxsize=4096)
def _with_one_decimal(_language: str | None, mean: float) -> str:
    return number_format(as_shown(mean), 1)


def rounded(number: float, decimals: int) -> Decimal:
    """As `floatformat` rounds it."""
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def with_minus(number: float, decimals: int) -> str:
    """With a minus sign where it is negative: a hyphen is shorter, and a line may break after it."""
    shown = rounded(number, decimals)
    return f"{'−' if shown < 0 else ''}{number_format(abs(shown), decimals)}"


def in_thousands(number: int) -> str:
    """As `floatformat:"0g"` writes it."""
    return number_format(number, force_grouping=True) if number >= 1000 else str(number)


def percentage_of(part: int, whole: int) -> int:
    """A half goes up, as with `floatformat`."""
    return (200 * part + whole) // (2 * whole)
