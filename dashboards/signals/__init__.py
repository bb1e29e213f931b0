"""Pages about early signals, and marks for other pages."""

from dashboards.signals.marks import marks, shortlist

__all__ = ["marks", "shortlist"]
