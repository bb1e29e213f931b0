"""Colours that can be read, made from the one that an organisation chose.

Contrast as WCAG 2 defines it: text wants at least 4.5 to 1.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from functools import lru_cache

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")
ENOUGH = 4.5
STEPS = 100
# Of the grounds that pages and mails have, those on which it is hardest to read.
LIGHT_SHEET, DARK_SHEET = "#f7f5f1", "#201f1c"
WHITE, INK, BLACK = "#ffffff", "#0c1c20", "#000000"


@dataclass(frozen=True, slots=True)
class Palette:
    """A button and its text, and links, on a light and on a dark ground."""

    button: str
    on_button: str
    link: str
    dark_button: str
    on_dark_button: str
    dark_link: str


USUAL = Palette("#0a5768", "#ffffff", "#0a5768", "#7fcfe0", "#0c1c20", "#7fcfe0")


@lru_cache(maxsize=256)
def palette_of(colour: str) -> Palette:
    """Of no colour, the product's own."""
    if not HEX_COLOUR.fullmatch(colour):
        return USUAL
    link, dark_link = readable_on(LIGHT_SHEET, colour), readable_on(DARK_SHEET, colour)
    return Palette(colour, text_on(colour), link, dark_link, text_on(dark_link), dark_link)


def text_on(ground: str) -> str:
    """White or ink, whichever is easier to read on it; black where neither will do."""
    best = max((WHITE, INK), key=lambda text: contrast(text, ground))
    return best if contrast(best, ground) >= ENOUGH else BLACK


def readable_on(ground: str, colour: str) -> str:
    """The colour itself, or its first lighter or darker shade that can be read on this ground."""
    red, green, blue = (part / 255 for part in parts_of(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    end = 0.0 if luminance(ground) > 0.5 else 1.0
    for step in range(STEPS + 1):
        shade = lightness + (end - lightness) * step / STEPS
        found = as_hex(colorsys.hls_to_rgb(hue, shade, saturation)) if step else colour
        if contrast(found, ground) >= ENOUGH:
            return found
    return text_on(ground)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(part / 255) for part in parts_of(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def parts_of(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def as_hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
