from time import process_time
from typing import Final, Literal

import pytest

from buildassets.features.components.blocks import blocks_of, component_id, page_shell, without_blocks

ENGINES: Final[tuple[Literal["jinja", "django"], ...]] = ("jinja", "django")


def bodies(text: str, engine: str = "jinja") -> list[str]:
    found = blocks_of(text, engine)  # type: ignore[arg-type]  # one of two texts
    assert not found.faults, found.faults
    return [text[one.start : one.end] for one in found.blocks]


def fault(text: str) -> tuple[str, str]:
    """The text that is at fault, and the message."""
    (first, *_) = blocks_of(text, "jinja").faults
    return text[first.start : first.end], first.message


def test_bodies_are_verbatim() -> None:
    text = "<p>{% style scoped %}\n a { b: c }\n{% endstyle %}{%- behaviour -%}f(`${x}`){%- endbehaviour -%}"
    assert bodies(text) == ["\n a { b: c }\n", "f(`${x}`)"]


@pytest.mark.parametrize("around", ["{# %s #}", "{%% raw %%}%s{%% endraw %%}"])
def test_blocks_in_comments_and_raw_text_are_text(around: str) -> None:
    assert bodies(around % "{% style %}a{}{% endstyle %}") == []


def test_words_of_a_tag_are_scoped_and_a_language() -> None:
    (block,) = blocks_of('{% style scoped lang="scss" %}{% endstyle %}', "django").blocks
    assert (block.is_scoped, block.language) == (True, "scss")


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("{% style %}a { b: {{ c }} }{% endstyle %}", "{{", "`{{` in `{% style %}` is syntax of the template"),
        ("{% behaviour %}{% if a %}{% endbehaviour %}", "{%", "`{%` in `{% behaviour %}` is syntax"),
        ("{% style %}a{}", "{% style %}", "`{% style %}` is not closed"),
        ("{% style global %}{% endstyle %}", "global", "`{% style %}` cannot have `global`"),
        ("{% behaviour scoped %}{% endbehaviour %}", "scoped", "`{% behaviour %}` cannot have `scoped`"),
        ("{% components a %}", "a", "`{% components %}` cannot have `a`"),
    ],
)
def test_faults_have_their_place(text: str, at: str, message: str) -> None:
    found, reported = fault(text)
    assert found == at
    assert reported.startswith(message)


def test_unknown_language_is_a_fault() -> None:
    assert fault('{% style lang="less" %}{% endstyle %}')[1] == '`{% style %}` cannot have `lang="less"`'


def test_block_beyond_the_most_is_a_fault() -> None:
    text = "{% style %}{% endstyle %}" * 100
    assert len(bodies(text)) == 100
    assert fault(text * 50)[1] == "a template may have 100 blocks of styles and scripts, and this one has more"


def test_names_in_a_list_are_quoted_in_either_way() -> None:
    listed = blocks_of("""{% components "a.html", 'b/*.html' %}""", "jinja").listed
    assert listed is not None
    assert [pattern.name for pattern in listed] == ["a.html", "b/*.html"]


def test_list_may_be_long() -> None:
    listed = blocks_of("{% components " + "'cards/{a,b}/*.html'\n" * 2_000 + "%}", "jinja").listed
    assert listed is not None
    assert len(listed) == 2_000


def test_identity_of_a_component_is_that_of_its_name() -> None:
    assert component_id("a/Card.html") != component_id("b/Card.html")
    assert component_id("a/Card.html").startswith("card-")
    assert component_id("ö.html").startswith("component-")


def test_offsets_stay_without_blocks() -> None:
    text = "a\n{% style %}\nb{}{% endstyle %}c"
    blank = without_blocks(text, blocks_of(text, "jinja"))
    assert (len(blank), blank.split()) == (len(text), ["a", "c"])
    assert blank.count("\n") == 2


def test_shell_of_a_page_changes_with_all_but_its_blocks() -> None:
    before, styled, other = (f"{a} {{% style %}}{b}{{% endstyle %}}".encode() for a, b in ("ax", "ay", "bx"))
    assert page_shell("a.html", before) == page_shell("a.html", styled) != page_shell("a.html", other)


def test_style_next_to_a_template_is_not_part_of_a_page() -> None:
    assert page_shell("a.css", b"a {}") == page_shell("a.css", b"b {}")
    assert page_shell("a.html", b"a {}") != page_shell("a.html", b"b {}")


def test_comment_of_django_ends_in_its_line() -> None:
    assert bodies("{# a\n{% style %}b{}{% endstyle %} #}", "django") == ["b{}"]
    assert bodies("{# a {% style %}b{}{% endstyle %} #}", "django") == []
    assert bodies("{# a\n{% style %}b{}{% endstyle %} #}", "jinja") == []


@pytest.mark.parametrize(
    "opener",
    [
        "{#",
        "{% style ",
        "{% style a",
        "{% components '",
        "{% style {",
        "{% raw ",
        "{% style %}",
        "{% style %}{% endstyle %}",
    ],
)
def test_a_text_of_openers_takes_no_longer_than_its_length(opener: str) -> None:
    began = process_time()
    for engine in ENGINES:
        blocks_of(opener * 20_000, engine)
    assert process_time() - began < 10


@pytest.mark.parametrize("text", [" " * 20_000, "\n" * 20_000, " scoped" * 5_000, " -" * 10_000, ' "' + "a" * 20_000])
def test_a_tag_that_is_not_closed_takes_no_time(text: str) -> None:
    began = process_time()
    assert blocks_of("{% style" + text, "django").blocks == ()
    assert process_time() - began < 1


@pytest.mark.parametrize("end", ["%}", " %}", "-%}", " -%}", " + %}", "\n+%}"])
def test_a_tag_may_strip_the_white_space_after_it(end: str) -> None:
    found = blocks_of(f"{{% style scoped{end}a{{% endstyle %}}", "jinja")
    assert bool(found.faults) == (end == " + %}")
    assert found.blocks[0].is_scoped
