"""The organisation at a glance: units down, themes across, folded by layer."""

from dashboards.heatmap.drawing import drawn
from dashboards.heatmap.page import Heatmap, heatmap, rows_below
from dashboards.heatmap.view import Metric, View

__all__ = ["Heatmap", "Metric", "View", "drawn", "heatmap", "rows_below"]
