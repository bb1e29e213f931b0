"""Early signals: what shifts in released figures, since when, how sure, and why. `docs/signals.md`."""

VERSION = "4"  # of the method; a signal says which one raised it
