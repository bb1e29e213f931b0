from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

from listening.inlined import STATIC, joined_stylesheet, squeezed

JOINED = "css/polsslag.css"


class JoiningStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise is untyped
    """Collects `css/polsslag.css` as one file: browsers fetch one stylesheet, not one per component."""

    def get_modified_time(self, name: str) -> datetime:
        """Unknown for the joined file: its parts may be newer than the list of them."""
        if name == JOINED:
            raise NotImplementedError
        found: datetime = super().get_modified_time(name)
        return found

    def _save(self, name: str, content: Any) -> str:
        if name == JOINED:
            content = ContentFile(squeezed(joined_stylesheet(STATIC / name)).encode())
        return str(super()._save(name, content))

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        if JOINED in paths:
            paths[JOINED] = (self, JOINED)  # name it after the joined file that was saved, not its source
        yield from super().post_process(paths, *args, **options)
