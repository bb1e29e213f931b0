"""How often a wrong code may be typed: per address and in all, so that neither one nor many can guess.

With 50-bit codes, a thousand tries per ten minutes and 20,000 letters, a week of guessing hits one with a
chance of 1 in 50,000. Only wrong codes count, so a shared device may be used all day. Counts are kept for ten
minutes, in the cache: rows would tell later who sat where at what time.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.core.cache import cache
from django.utils.crypto import salted_hmac

SECONDS = 600
WRONG_PER_ADDRESS = 20
WRONG_IN_ALL = 1000


class TooManyWrongCodesError(Exception):
    """Nothing was looked up; in ten minutes it may be tried again."""


class Attempt:
    """Counted as wrong before the code is looked up, so that tries at once do not slip through."""

    def __init__(self, address: str) -> None:
        self.keys = (f"kiosk:{_counted_as(address)}", "kiosk:all")

    def begin(self) -> None:
        """Raises TooManyWrongCodesError."""
        counts = [_count(key) for key in self.keys]
        if counts[0] > WRONG_PER_ADDRESS or counts[1] > WRONG_IN_ALL:
            self.forgive()
            raise TooManyWrongCodesError

    def forgive(self) -> None:
        """The code was right, or was not looked at."""
        for key in self.keys:
            _count(key, by=-1)


def _count(key: str, *, by: int = 1) -> int:
    cache.add(key, 0, SECONDS)
    try:
        return int(cache.incr(key, by))
    except ValueError:  # it ran out between the two
        cache.set(key, max(by, 0), SECONDS)
        return max(by, 0)


def _counted_as(address: str) -> str:
    """Of IPv6 the first half, which one household or office has. Hashed: the cache holds no addresses."""
    ip = ip_address(address)
    network = str(ip) if not isinstance(ip, IPv6Address) else ip.exploded[:19]
    return salted_hmac("surveys.kiosk.limits", network, algorithm="sha256").hexdigest()
