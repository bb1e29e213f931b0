"""Pages about early signals, and marks for other pages."""

from dashboards.signals.marks import NewSignals, marks, new_signals, shortlist

__all__ = ["NewSignals", "marks", "new_signals", "shortlist"]
