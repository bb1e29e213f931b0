"""Takes names, addresses and numbers out of a comment, and leaves a word that says what stood there.

Pure, and one walk over the words whatever the number of names. It is a help, not a promise: a nickname, a
name spelt wrong, or what only one person can have seen, it does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from results.comments.contacts import mask_contacts
from results.comments.marks import mark
from results.comments.words import ORDINARY, PREFIXES, TITLES

SHORT = 2  # letters; without a capital a word this short is seldom a name
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|['’][tsTS]\b")
POSSESSIVE = re.compile(r"['’]s?$")
BEGINS_SENTENCE = re.compile(r"(?:^|[.!?…:;\n\r\"“„(•*–-])[\s\"“„'‘(•*–-]*$")
INITIALS = re.compile(r"(?:\b[A-Z](?:[a-z]|[A-Z])?\.\s?)+$")
JOINED = re.compile(r"[ \t-]*")  # what may stand between two parts of one name
NAME = mark("name")


def fold(word: str) -> str:
    """Without case and accents."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("ı", "i")


@dataclass(slots=True)
class Names:
    """The parts of all names, by their folded form; of last names with the prefixes they go with."""

    prefixes: defaultdict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, people: Iterable[tuple[str, str]]) -> Names:
        """`people`: first and last names."""
        names = cls()
        for first, last in people:
            names._add(first)
            names._add(last)
        return names

    def __contains__(self, word: str) -> bool:
        return word in self.prefixes

    def _add(self, name: str) -> None:
        before: list[str] = []
        for word in map(fold, WORD.findall(name)):
            if word in PREFIXES:
                before.append(word)
            elif len(word) > 1:
                self.prefixes[word].add(tuple(before))
                before = []


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    folded: str
    is_capitalised: bool
    begins: bool  # a sentence, where anything has a capital


class Masker:
    def __init__(self, names: Names) -> None:
        self.names = names

    def mask(self, text: str) -> str:
        return self._mask_names(mask_contacts(text))

    def _mask_names(self, text: str) -> str:
        words = _words(text)
        shouted = text.isupper()
        parts, done = [], 0
        for start, end in _joined(text, self._spans(text, words, shouted)):
            parts += [text[done:start], NAME]
            done = end
        return "".join([*parts, text[done:]])

    def _spans(self, text: str, words: list[Word], shouted: bool) -> Iterator[tuple[int, int]]:
        named: set[int] = set()  # places of words that are part of a name
        for place, word in enumerate(words):
            base = self._base(word)
            if base and self._stands_as_name(words, place, base, named, shouted):
                first = place - self._prefix_before(words, place, base)
                named.update(range(first, place + 1))
                yield _with_initials(text, words[first].start), word.end

    def _base(self, word: Word) -> str:
        """The name that the word is, or is the possessive of; "" if it is none."""
        if word.folded in self.names:
            return word.folded
        bare = POSSESSIVE.sub("", word.folded)
        if bare != word.folded and bare in self.names:
            return bare
        if word.is_capitalised and word.folded.endswith("s") and word.folded[:-1] in self.names:
            return word.folded[:-1]
        return ""

    def _stands_as_name(
        self, words: list[Word], place: int, base: str, named: set[int], shouted: bool
    ) -> bool:
        word = words[place]
        if base not in ORDINARY:
            return word.is_capitalised or len(base) > SHORT
        if not word.is_capitalised or shouted:
            return False
        return not word.begins or self._is_beside_a_name(words, place, named)

    def _is_beside_a_name(self, words: list[Word], place: int, named: set[int]) -> bool:
        before = words[place - 1] if place else None
        after = words[place + 1] if place + 1 < len(words) else None
        if place - 1 in named or (before is not None and before.folded in TITLES):
            return True
        if after is None or after.begins or not after.is_capitalised:
            return False
        # A first name at the start of a sentence: "Wil Jansen", "Roos van der Berg".
        return bool(self._base(after)) or after.folded in PREFIXES

    def _prefix_before(self, words: list[Word], place: int, base: str) -> int:
        """How many words before this one are a prefix that somebody of this name has."""
        known = self.names.prefixes[base]
        longest = max(map(len, known))
        for number in range(min(longest, place), 0, -1):
            before = tuple(word.folded for word in words[place - number : place])
            if before in known or _shortened(before, known):
                return number
        return 0


def _shortened(before: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    """ "vd Berg", "v d Berg" for "van der Berg"."""
    letters = "".join(before)
    return before[0][0] == "v" and any(letters == "".join(word[0] for word in one) for one in known)


def _words(text: str) -> list[Word]:
    return [
        Word(
            found.start(),
            found.end(),
            fold(found[0]),
            found[0].lstrip("'’")[:1].isupper(),
            BEGINS_SENTENCE.search(text[max(0, found.start() - 12) : found.start()]) is not None,
        )
        for found in WORD.finditer(text)
    ]


def _with_initials(text: str, start: int) -> int:
    found = INITIALS.search(text, max(0, start - 12), start)
    return found.start() if found else start


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Parts of one name become one."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and (start <= current[1] or JOINED.fullmatch(text, current[1], start)):
            current = min(current[0], start), end
            continue
        if current:
            yield current
        current = start, end
    if current:
        yield current
