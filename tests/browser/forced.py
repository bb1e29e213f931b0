"""What cannot be seen with colours of the reader's own, by which the browser replaces those of the page."""

from __future__ import annotations

from playwright.sync_api import Page

# The browser lays a plate of the page's ground behind a text, unless the element keeps its colours. Drawings
# keep theirs. Contrast as WCAG 2 defines it.
LOST = """() => {
  const probe = document.createElement("i");
  const parts = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return { alpha, light: [red, green, blue].map((part) => part / 255) };
  };
  const luminance = ({ light }) => {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = light.map(linear);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(parts(one)), luminance(parts(other))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  document.body.append(probe);
  probe.setAttribute("hidden", "");
  probe.style.color = "Canvas";
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour).alpha > 0) return colour;
    }
    return canvas;
  };
  const texts = [...document.body.querySelectorAll("*")].filter(
    (one) =>
      !one.closest("svg") &&
      one.checkVisibility() &&
      [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()),
  );
  const unread = texts.filter((one) => {
    const style = getComputedStyle(one);
    const behind = style.forcedColorAdjust === "none" ? ground(one) : canvas;
    return contrast(style.color, behind) < 4.5;
  });
  const marks = ".icon, .trend__label, .favourable__favourable, [class*=__line], [class*=__point]";
  const unseen = [...document.querySelectorAll(marks)].filter((one) => {
    if (!(one instanceof SVGElement) || !one.checkVisibility()) return false;
    const { fill, stroke } = getComputedStyle(one);
    const drawn = [fill, stroke].filter((colour) => colour !== "none");
    return drawn.length && drawn.every((colour) => contrast(colour, ground(one)) < 3);
  });
  return [...unread, ...unseen].map((one) => one.outerHTML.slice(0, 200));
}"""


def lost(page: Page) -> list[str]:
    page.emulate_media(forced_colors="active", contrast="more")
    return list(page.evaluate(LOST))
