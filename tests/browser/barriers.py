from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # of style sheets, which only a rule on turned screens needs
}


def barriers(page: Page) -> list[str]:
    """What axe finds wrong on the page as it is: rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    violations = page.evaluate("options => axe.run(options)", OPTIONS)["violations"]
    return [f"{one['id']}: {node['html'][:300]}" for one in violations for node in one["nodes"]]
