"""`python -m bench [PART …]`: measures speed, as ratios within this run; without a part all of them.

Everything runs on this machine alone, against services of its own in a folder that is thrown away.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from io import StringIO

from listening.embedded import DataFolder

from .installation import installation
from .measures import RESULTS, Measure, print_table, write_results

PARTS = ("answering", "boards", "closing", "importing", "live", "mailing", "pages", "signals")
ON_DEMAND = ("lighthouse",)  # needs Node


def measure(parts: Sequence[str], folder: DataFolder) -> Iterator[Measure]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("prepare", stdout=StringIO())
    from . import answering, boards, closing, importing, lighthouse, live, mailing, pages, signals

    benches: dict[str, Callable[[], Iterator[Measure]]] = {
        "answering": lambda: answering.measures(folder),
        "boards": lambda: boards.measures(folder),
        "closing": closing.measures,
        "importing": importing.measures,
        "lighthouse": lambda: lighthouse.measures(folder),
        "live": live.measures,
        "mailing": mailing.measures,
        "pages": pages.measures,
        "signals": signals.measures,
    }
    for part in parts:
        print(f"{part} …", file=sys.stderr, flush=True)
        yield from benches[part]()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"of {', '.join((*PARTS, *ON_DEMAND))}; default: all but the last",
    )
    parts = parser.parse_args().parts or PARTS
    if unknown := set(parts) - {*PARTS, *ON_DEMAND}:
        parser.error(f"there is no part {', '.join(unknown)}; choose from {', '.join((*PARTS, *ON_DEMAND))}")
    measures: list[Measure] = []
    try:
        with installation() as folder:
            measures.extend(measure(parts, folder))
    finally:  # what was measured before something failed is worth reading too
        print_table(measures)
        write_results(measures)
    print(f"Written to {RESULTS}")
    return 0 if all(one.good_enough for one in measures) else 1


if __name__ == "__main__":
    sys.exit(main())
