import re
from base64 import b64encode
from hashlib import sha256

from django.conf import settings
from django.template.loader import render_to_string

from listening.inlined import STATIC, inlined_text, joined_stylesheet


def page() -> str:
    return render_to_string("404.html")


def test_the_policy_allows_the_style_that_the_page_carries() -> None:
    style = re.search("<style>(.*?)</style>", page(), re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"]


def test_no_import_is_left_in_a_joined_stylesheet() -> None:
    for name in ("css/polsslag.css", "css/answering.css"):
        assert "@import" not in joined_stylesheet(STATIC / name)


def test_every_component_has_its_styles_on_some_page() -> None:
    sheets = [joined_stylesheet(STATIC / name) for name in ("css/polsslag.css", "css/answering.css")]
    templates = [path.read_text("utf-8") for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    for component in (STATIC / "css/components").glob("*.css"):
        joined = any(component.read_text("utf-8") in sheet for sheet in sheets)
        assert joined or any(f"css/components/{component.name}" in template for template in templates)


def test_squeezing_keeps_every_rule() -> None:
    css = inlined_text("css/answering.css")
    assert css.count("{") == css.count("}")
    assert "/*" not in css
    assert ".statement legend + *{clear:" in css.replace("clear: ", "clear:")


def test_a_plain_page_asks_for_nothing_else() -> None:
    assert not re.findall(r'(?:src|href)="(?!data:|#|/")[^"]*"', page())
