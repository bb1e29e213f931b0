import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from listening.embedded import DataFolder


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    """A data folder with a short path, as sockets need."""
    root = Path(tempfile.mkdtemp(prefix="polsslag-"))
    yield DataFolder(root)
    shutil.rmtree(root)
