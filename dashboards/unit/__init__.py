from dashboards.unit.lines import QuestionLine
from dashboards.unit.page import UnitPage, unit_page

__all__ = ["QuestionLine", "UnitPage", "unit_page"]
