"""Style and script that a page carries inside itself, so that one request brings all of it.

The content security policy allows each by its hash. A hash, unlike a nonce, leaves the page the same for
everyone, so it can be cached.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"

IMPORT = re.compile(r'@import url\("([^"]+)"\);')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE_ROUND_PUNCTUATION = re.compile(r"\s*([{};,])\s*")


def joined_stylesheet(path: Path) -> str:
    """The stylesheet with every `@import url("…");` replaced by the file it names."""
    return IMPORT.sub(lambda found: joined_stylesheet(path.parent / found[1]), path.read_text("utf-8"))


def squeezed(css: str) -> str:
    return SPACE_ROUND_PUNCTUATION.sub(r"\1", " ".join(COMMENT.sub("", css).split()))


@cache
def inlined_text(name: str) -> str:
    """What stands between the tags: the static file `name`, a `.css` or a `.js`."""
    path = STATIC / name
    if path.suffix == ".css":
        return squeezed(joined_stylesheet(path))
    return path.read_text("utf-8").strip()


def content_hash(name: str) -> str:
    """The source expression of Content-Security-Policy that allows the inlined file, quotes included."""
    digest = sha256(inlined_text(name).encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
