"""Plotly's script as a static file, from the installed package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import plotly
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FOLDER = Path(plotly.__file__).parent / "package_data"
SCRIPT = "plotly.min.js"
PREFIX = "js/vendor"


class PlotlyFinder(BaseFinder):
    """Of all that the package brings along, the one file that pages load."""

    def __init__(self, *_args: Any) -> None:
        self.storage = FileSystemStorage(location=FOLDER)
        self.storage.prefix = PREFIX  # type: ignore[attr-defined] # where collectstatic puts it

    def check(self, **_options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        found = str(FOLDER / SCRIPT) if path == f"{PREFIX}/{SCRIPT}" else None
        return [found] * bool(found) if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield SCRIPT, self.storage
