"""A logo as it may go out: a small PNG drawn anew from the picture that was uploaded.

Nothing of the file itself is kept, so what hides in it stays behind. SVG is not taken: it can hold script.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 2 * 1024**2
MOST_PIXELS = 25_000_000
SHOWN_WIDTH, SHOWN_HEIGHT = 240, 72
SHARP = 2  # pixels per pixel shown, for sharp screens
LARGEST_PNG = 15_000  # it stands in every mail, and on the answering page
FEWER_COLOURS = (256, 64, 16)


@dataclass(frozen=True, slots=True)
class Logo:
    png: bytes
    width: int  # as shown
    height: int


def read_logo(file: IO[bytes]) -> Logo:
    """Raises ValidationError for what is no picture, or too large to be one."""
    picture = _opened(file)
    if picture.getbbox() is None:
        raise ValidationError(_("There is nothing to see in this picture. Choose another file."))
    picture.thumbnail((SHOWN_WIDTH * SHARP, SHOWN_HEIGHT * SHARP), Image.Resampling.LANCZOS)
    for scale in (1.0, 0.75, 0.5, 0.25):
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        smaller = picture if scale == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
        png = _smallest(smaller)
        if len(png) <= LARGEST_PNG:
            break
    return Logo(png, max(1, picture.width // SHARP), max(1, picture.height // SHARP))


def _opened(file: IO[bytes]) -> Image.Image:
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValidationError(_("The file is larger than 2 MB. Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValidationError(_("The picture is too large. Make it smaller and try again."))
                return ImageOps.exif_transpose(image).convert("RGBA")
    except (Image.DecompressionBombError, Warning) as error:
        raise ValidationError(_("The picture is too large. Make it smaller and try again.")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValidationError(
            _("This is not a PNG or JPEG that can be read. Choose another file.")
        ) from error


def _smallest(picture: Image.Image) -> bytes:
    """With all its colours if that fits, or else with fewer."""
    png = _as_png(picture)
    for colours in FEWER_COLOURS:
        if len(png) <= LARGEST_PNG:
            break
        png = _as_png(picture.quantize(colours, method=Image.Quantize.FASTOCTREE))
    return png


def _as_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
