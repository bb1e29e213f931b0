"""A logo for tests: a dark mark and a word on nothing, as most are."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def logo_file(width: int = 900, height: int = 270, kind: str = "PNG") -> io.BytesIO:
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    edge = height // 10
    draw.ellipse((edge, edge, height - edge, height - edge), fill=(122, 31, 90, 255))
    for line, long in ((0.3, 0.9), (0.55, 0.7)):
        top = int(height * line)
        draw.rectangle((height + edge, top, int(width * long), top + height // 8), fill=(35, 31, 32, 255))
    out = io.BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(out, kind)
    out.seek(0)
    return out
