from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

from listening.inlined import STATIC, joined_stylesheet, squeezed


class JoiningStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise is untyped
    """Collects `css/polsslag.css` as one file: browsers fetch one stylesheet, not one per component."""

    def _save(self, name: str, content: Any) -> str:
        if name == "css/polsslag.css":
            content = ContentFile(squeezed(joined_stylesheet(STATIC / name)).encode())
        return str(super()._save(name, content))
