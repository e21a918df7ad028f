from buildassets.compiler.engines.sass.libsass_texts import RecentTexts


def test_text_that_was_asked_for_lately_is_known() -> None:
    recent = RecentTexts()
    assert recent.of("a { b: c }") is recent.of("a { b: c }")


def test_faults_of_a_text_are_searched_once() -> None:
    text = RecentTexts().of('@use "x"; @function f() { @return 1 }')
    assert [(found.start, found.end) for found in text.silently_wrong] == [(0, 4)]
    assert text.silently_wrong is text.silently_wrong
    assert text.functions == {"f"}


def test_least_recently_used_text_makes_room() -> None:
    recent = RecentTexts(most_characters=9)
    first, second = recent.of("one"), recent.of("two")
    assert recent.of("one") is first
    recent.of("three")
    assert recent.of("one") is first
    assert recent.of("two") is not second


def test_text_without_room_is_returned_and_not_kept() -> None:
    recent = RecentTexts(most_characters=3)
    large = recent.of("four")
    assert large.text == "four"
    assert recent.of("four") is not large
    assert recent.of("one") is recent.of("one")


def test_import_is_found_in_either_syntax() -> None:
    text = RecentTexts().of("@import b, a\n.c\n  d: e")
    for _ in range(2):
        sheet, indented = text.import_rule("a", indented=False), text.import_rule("a", indented=True)
        assert sheet is not None
        assert indented is not None
        assert (sheet.has_conditions, indented.has_conditions) == (True, False)
        assert text.import_rule("c", indented=True) is None
