from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # of style sheets, which only a rule on turned screens needs
}


# Rules of which the outcome may change with colours, or with the width of the window, on one page.
LOOK = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]


def barriers(page: Page, *, only_look: bool = False) -> list[str]:
    """What axe finds wrong on the page as it is: rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = OPTIONS | ({"runOnly": {"type": "rule", "values": LOOK}} if only_look else {})
    violations = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {node['html'][:300]}" for one in violations for node in one["nodes"]]
