from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dashboards.reports.city import Rows


@pytest.fixture
def rows(db: None) -> Rows:
    from tests.dashboards.reports.city import rows_of_a_city  # its tables are known once Django is set up

    return rows_of_a_city()
