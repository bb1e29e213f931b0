from dashboards.unit.lines import QuestionLine, ThemeLine
from dashboards.unit.page import UnitPage, unit_page

__all__ = ["QuestionLine", "ThemeLine", "UnitPage", "unit_page"]
