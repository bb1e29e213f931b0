import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean

import pytest

from surveys.bank import BankError, BankQuestion, load_bank

LEADING = [
    "cooperation",
    "priorities",
    "clarity_on_paper",
    "friction",
    "energy",
    "change",
    "voice",
    "returning_questions",
]
LAGGING = ["trust", "engagement", "retention", "workload", "team", "citizens", "recommendation"]
STATEMENT_THEMES = [code for code in LEADING + LAGGING if code != "recommendation"]

MAX_CHARACTERS = 110
MAX_WORDS = 16
MAX_WORD_LENGTH = 15  # leidinggevenden
MAX_MEAN_WORD_LENGTH = {"en": 4.5, "nl": 5.0}
MAX_MEAN_WORD_LENGTH_OF_ONE_TEXT = 8.0

# Words that join two ideas. There is no list of exceptions: so far each text could be said without them.
JOINING = {"en": {"and", "or", "but"}, "nl": {"en", "of", "maar"}}
# Disagreeing with a denial is hard to answer, also for a reader with a good B1.
DENIALS = {
    "en": {"not", "no", "never", "nothing", "nobody", "cannot"},
    "nl": {"niet", "geen", "nooit", "niets", "niemand", "nergens"},
}
FORMAL_DUTCH = {"u", "uw", "uzelf"}

BANK = load_bank()


def texts(language: str) -> list[str]:
    return [text_of(question, language) for question in BANK.questions]


def text_of(question: BankQuestion, language: str) -> str:
    return question.text_nl if language == "nl" else question.text_en


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())


def statements(theme: str) -> list[BankQuestion]:
    return [question for question in BANK.of_theme(theme) if question.kind == "agreement"]


def test_all_themes_are_there_in_reading_order() -> None:
    assert [theme.code for theme in BANK.themes if theme.kind == "leading"] == LEADING
    assert [theme.code for theme in BANK.themes if theme.kind == "lagging"] == LAGGING
    assert [theme.position for theme in BANK.themes] == list(range(1, len(LEADING + LAGGING) + 1))


@pytest.mark.parametrize("theme", STATEMENT_THEMES)
def test_a_theme_has_a_long_form_of_five_or_six_statements_with_one_or_two_reversed(theme: str) -> None:
    assert len(statements(theme)) in {5, 6}
    assert sum(question.reversed for question in statements(theme)) in {1, 2}


@pytest.mark.parametrize("theme", STATEMENT_THEMES)
def test_the_short_form_is_the_first_three_statements_with_exactly_one_reversed(theme: str) -> None:
    assert [question.position for question in BANK.of_theme(theme) if question.short] == [1, 2, 3]
    assert sum(question.reversed for question in statements(theme) if question.short) == 1


@pytest.mark.parametrize("theme", STATEMENT_THEMES)
def test_a_theme_ends_with_its_one_open_question(theme: str) -> None:
    assert [question.code for question in BANK.of_theme(theme) if question.kind == "open"] == [
        f"{theme}_open"
    ]
    assert BANK.of_theme(theme)[-1].kind == "open"


def test_recommendation_is_one_question_from_0_to_10() -> None:
    [question] = BANK.of_theme("recommendation")
    assert (question.kind, question.points, question.reversed) == ("scale", 11, False)


def test_a_code_is_its_theme_and_place() -> None:
    for question in BANK.questions:
        place = "open" if question.kind == "open" else str(question.position)
        assert question.code == f"{question.theme}_{place}"


def test_each_text_exists_in_both_languages_and_differs() -> None:
    for question in BANK.questions:
        assert question.text_en != question.text_nl
    for theme in BANK.themes:
        assert theme.name_en != theme.name_nl
        assert theme.description_en != theme.description_nl


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_text_occurs_twice(language: str) -> None:
    counts = Counter(" ".join(words(text)) for text in texts(language))
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_two_statements_of_a_theme_are_nearly_the_same(language: str) -> None:
    for theme in STATEMENT_THEMES:
        sets = [set(words(text_of(question, language))) for question in statements(theme)]
        for one, other in combinations(sets, 2):
            assert len(one & other) / len(one | other) < 0.6, (theme, one & other)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_statement_holds_one_idea_and_no_denial(language: str) -> None:
    for question in BANK.questions:
        found = set(words(text_of(question, language)))
        assert not found & JOINING[language], question.code
        assert not found & DENIALS[language], question.code
        assert not any(word.endswith("n't") for word in found), question.code


@pytest.mark.parametrize("language", ["en", "nl"])
def test_texts_are_short_sentences_of_common_length_words(language: str) -> None:
    for text in texts(language):
        assert len(text) <= MAX_CHARACTERS, text
        for sentence in re.split(r"(?<=[.?])\s", text):
            assert len(words(sentence)) <= MAX_WORDS, text
        assert max(map(len, words(text))) <= MAX_WORD_LENGTH, text
        assert mean(map(len, words(text))) <= MAX_MEAN_WORD_LENGTH_OF_ONE_TEXT, text
    assert (
        mean(len(word) for text in texts(language) for word in words(text)) <= MAX_MEAN_WORD_LENGTH[language]
    )


def test_statements_end_with_a_full_stop_and_questions_with_a_question_mark() -> None:
    for question in BANK.questions:
        end = "." if question.kind == "agreement" else "?"
        assert question.text_en.endswith(end), question.code
        assert question.text_nl.endswith(end), question.code


def test_dutch_uses_je_and_not_u() -> None:
    for theme in BANK.themes:
        assert not set(words(theme.description_nl)) & FORMAL_DUTCH
    for text in texts("nl"):
        assert not set(words(text)) & FORMAL_DUTCH, text


def test_each_description_says_what_a_high_score_means() -> None:
    for theme in BANK.themes:
        assert "A high score means" in theme.description_en
        assert "Een hoge score betekent" in theme.description_nl


THEMES_CSV = (
    "code,name_en,name_nl,kind,position,description_en,description_nl\n"
    "energy,Energy,Energie,leading,2,How much energy.,Hoeveel energie.\n"
    "trust,Trust,Vertrouwen,lagging,1,How much trust.,Hoeveel vertrouwen.\n"
)
HEADER = "code,theme,kind,points,reversed,short,text_en,text_nl\n"
GOOD_ROW = "energy_1,energy,agreement,5,0,1,I have energy.,Ik heb energie.\n"


def bank_in(folder: Path, *, themes: str = THEMES_CSV, questions: str = HEADER + GOOD_ROW) -> Path:
    (folder / "themes.csv").write_text(themes, encoding="utf-8")
    (folder / "questions.csv").write_text(questions, encoding="utf-8")
    return folder


def test_a_small_bank_is_read_with_themes_by_position(tmp_path: Path) -> None:
    bank = load_bank(bank_in(tmp_path))
    assert [theme.code for theme in bank.themes] == ["trust", "energy"]
    assert bank.questions == (
        BankQuestion(
            code="energy_1",
            theme="energy",
            kind="agreement",
            points=5,
            reversed=False,
            short=True,
            position=1,
            text_en="I have energy.",
            text_nl="Ik heb energie.",
        ),
    )


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    bank_in(tmp_path)
    for name in ("themes.csv", "questions.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert [question.text_nl for question in load_bank(tmp_path).questions] == ["Ik heb energie."]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,nowhere,agreement,5,0,0,Hi.,Hoi.", "unknown theme “nowhere”"),
        ("energy_1,energy,agreement,5,0,0,Hi.,Hoi.", "code “energy_1” is already on line 2"),
        ("a,energy,agreement,7,0,0,Hi.,Hoi.", "agreement has 5 points, not 7"),
        ("a,energy,scale,10,0,0,Hi.,Hoi.", "scale has 11 points, not 10"),
        ("a,energy,open,5,0,0,Hi?,Hoi?", "open has 0 points, not 5"),
        ("a,energy,agreement,five,0,0,Hi.,Hoi.", "points must be a whole number, not “five”"),
        ("a,energy,rating,5,0,0,Hi.,Hoi.", "kind must be agreement, scale, choice or open, not “rating”"),
        ("a,energy,choice,1,0,0,Hi.,Hoi.", "choice has 2 to 7 points, not 1"),
        ("a,energy,choice,2,1,0,Hi.,Hoi.", "a single choice cannot be reversed"),
        ("a,energy,choice,2,0,0,Hi.,Hoi.", "options_en is missing"),
        ("a,energy,agreement,5,yes,0,Hi.,Hoi.", "reversed must be 0 or 1, not “yes”"),
        ("a,energy,agreement,5,0,2,Hi.,Hoi.", "short must be 0 or 1, not “2”"),
        ("a,energy,open,0,1,0,Hi?,Hoi?", "an open question cannot be reversed"),
        ("a,energy,agreement,5,0,0,Hi., ", "text_nl is empty"),
        ("a,energy,agreement,5,0,0,Hi.", "8 values expected, 7 found"),
        ("a,energy,agreement,5,0,0,Hi, there.,Hoi.", "8 values expected, 9 found"),
        ('a,energy,agreement,5,0,0,"Hi.,Hoi.', "unexpected end of data"),
    ],
)
def test_a_wrong_question_is_named_by_file_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    bank_in(tmp_path, questions=HEADER + GOOD_ROW + row + "\n")
    with pytest.raises(BankError) as caught:
        load_bank(tmp_path)
    assert str(caught.value) == f"questions.csv, line 3: {reason}"
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("energy,E,En,leading,3,D.,B.", "code “energy” is already on line 2"),
        ("voice,V,S,leading,2,D.,B.", "position “2” is already on line 2"),
        ("voice,V,S,early,3,D.,B.", "kind must be leading or lagging, not “early”"),
        ("voice,V,S,leading,third,D.,B.", "position must be a whole number, not “third”"),
        ("voice,V,,leading,3,D.,B.", "name_nl is empty"),
    ],
)
def test_a_wrong_theme_is_named_by_file_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    bank_in(tmp_path, themes=THEMES_CSV + row + "\n")
    with pytest.raises(BankError) as caught:
        load_bank(tmp_path)
    assert str(caught.value) == f"themes.csv, line 4: {reason}"


@pytest.mark.parametrize("header", ["", "code;theme;kind\n", "code,theme\n"])
def test_other_columns_are_refused_with_the_right_ones(tmp_path: Path, header: str) -> None:
    bank_in(tmp_path, questions=header)
    with pytest.raises(
        BankError, match=r"^questions\.csv, line 1: the columns must be code,theme,kind,points,"
    ):
        load_bank(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused_on_its_line(tmp_path: Path) -> None:
    bank_in(tmp_path)
    row = "energy_2,energy,agreement,5,0,0,One.,Eén.\n"
    (tmp_path / "questions.csv").write_bytes((HEADER + GOOD_ROW + row).encode("latin-1"))
    with pytest.raises(BankError, match=r"^questions\.csv, line 3: not UTF-8$"):
        load_bank(tmp_path)


def test_columns_for_more_languages_and_for_options_may_follow(tmp_path: Path) -> None:
    bank_in(
        tmp_path,
        themes=THEMES_CSV.replace("description_nl\n", "description_nl,name_de\n")
        .replace("Hoeveel energie.\n", "Hoeveel energie.,Energie auf Deutsch\n")
        .replace("Hoeveel vertrouwen.\n", "Hoeveel vertrouwen.,\n"),
        questions=HEADER.replace("\n", ",text_de,options_en,options_nl\n")
        + GOOD_ROW.replace("\n", ",Ich habe Energie.,,\n")
        + "place,energy,choice,2,0,0,Where?,Waar?,,Home | Office,Thuis | Kantoor\n",
    )
    bank = load_bank(tmp_path)
    assert bank.themes[1].other_languages == {"de": {"name": "Energie auf Deutsch"}}
    assert bank.questions[0].other_languages == {"de": "Ich habe Energie."}
    assert bank.questions[1].options == [{"en": "Home", "nl": "Thuis"}, {"en": "Office", "nl": "Kantoor"}]


def test_a_column_that_is_not_known_is_refused(tmp_path: Path) -> None:
    bank_in(tmp_path, questions=HEADER.replace("\n", ",colour\n") + GOOD_ROW.replace("\n", ",red\n"))
    with pytest.raises(BankError, match="the columns must be"):
        load_bank(tmp_path)
