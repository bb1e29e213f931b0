"""What of a question an answer depends on, and whether a change of it can leave its meaning as it was."""

from __future__ import annotations

from typing import Any

from surveys.models import Question

WORDING = ("theme_id", "kind", "points", "reversed", "text_en", "text_nl", "other_languages", "options")
SCALE = ("kind", "points", "reversed")


def wording_of(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in WORDING}


def differs(old: Question, new: Question) -> bool:
    """Whether someone would be asked something else than before.

    A language that is added changes nothing for those who were asked: a wave has its own copy of the texts.
    """
    before, after = wording_of(old), wording_of(new)
    after["other_languages"] = {
        code: after["other_languages"].get(code) for code in before["other_languages"]
    }
    after["options"] = _known_languages(after["options"], before["options"])
    return before != after


def may_be_equivalent(old: Question, new: Question) -> bool:
    """Only answers on one scale, in one direction, can be compared; of options only the words may change."""
    return all(getattr(old, name) == getattr(new, name) for name in SCALE)


def _known_languages(options: list[dict[str, str]], known: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(options) != len(known):
        return options
    return [
        {code: text for code, text in new.items() if code in old}
        for new, old in zip(options, known, strict=True)
    ]
