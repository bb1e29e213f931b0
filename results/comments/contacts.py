"""Addresses and numbers by which someone can be found: their forms, as people write them in Dutch."""

from __future__ import annotations

import re

from results.comments.marks import mark

GAP = r"[\s./-]?"
TELEPHONE_NL = rf"(?<![\w+])(?:(?:\+|00)31{GAP}(?:\(0\){GAP})?|\(?0)[1-9](?:\)?{GAP}\d){{8}}(?!\d)"
TELEPHONE_ABROAD = r"(?<![\w+])\+\d{2,3}(?:[\s.-]?\d){7,11}(?!\d)"
ACCOUNT_NL = r"\b(?:NL|nl)\d{2}\s?[A-Za-z]{4}(?:\s?\d){10}\b"
ACCOUNT_ABROAD = r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"
# The Dutch series of licence plates; a month between two numbers is a date.
SERIES = """
    XX-99-99 99-99-XX 99-XX-99 XX-99-XX XX-XX-99 99-XX-XX 99-XXX-9 9-XXX-99 XX-999-X X-999-XX XXX-99-X
    X-99-XXX 9-XX-999 999-XX-9
""".split()  # noqa: SIM905
NO_MONTH = "(?!(?i:jan|feb|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec))"


def _plate(series: str) -> str:
    pattern = series.replace("XXX", f"{NO_MONTH}XXX").replace("9", r"\d")
    hyphened, spaced = pattern.replace("X", "[a-zA-Z]"), pattern.replace("-", " ").replace("X", "[A-Z]")
    return f"{hyphened}|{spaced}"


PATH = r"[^\s<>]*[^\s<>.,;:!?)]"
FORMS = {
    "e-mail": r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+",
    # A bare site is nobody's; what follows it may be.
    "link": rf"(?:https?://|www\.)[^\s/<>]+/{PATH}|(?:linkedin|facebook|instagram|twitter)\.com/{PATH}",
    "account": f"{ACCOUNT_NL}|{ACCOUNT_ABROAD}",
    "telephone": f"{TELEPHONE_NL}|{TELEPHONE_ABROAD}",
    "licence plate": rf"\b(?:{'|'.join(map(_plate, SERIES))})\b",
    "number": r"(?<![\w.,€/-])\d{8,9}(?![\w/-])|(?<![\w.,€/-])\d{2,4}(?:[ .]\d{2,3}){2}(?![\w/-])",
}
FORM = re.compile("|".join(f"(?P<f{place}>{form})" for place, form in enumerate(FORMS.values())))
KINDS = list(FORMS)


def mask_contacts(text: str) -> str:
    # Most comments hold neither a digit nor an address.
    if not any(letter.isdigit() or letter in "@/" for letter in text) and "at" not in text:
        return text
    return FORM.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    kind = KINDS[int((found.lastgroup or "f0")[1:])]
    written = found[0]
    if kind == "number" and not written.isdigit() and not is_citizen_number(re.sub(r"\D", "", written)):
        return written  # an amount, such as 12.345.678
    if kind == "account" and not written.upper().startswith("NL") and not is_account(written):
        return written
    return mark(kind)


def is_citizen_number(digits: str) -> bool:
    """Whether a Dutch citizen service number could be this: the test by eleven."""
    if len(digits) not in (8, 9):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits.zfill(9), strict=True))
    return total % 11 == 0


def is_account(written: str) -> bool:
    """Whether the check digits of an IBAN are right."""
    plain = re.sub(r"\s", "", written).upper()
    number = "".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])
    return int(number) % 97 == 1
