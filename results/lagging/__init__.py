"""Figures of HR's own per unit and month, such as sick leave: what followed, beside what employees said."""
