"""The English of the pages: what a merge or an edit leaves behind, and words that the style excludes."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

import click
import pytest

from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.verbs import VERBS
from buildassets.compiler.config.key_table import KEYS
from buildassets.compiler.config.schema_texts import INNER
from tests.docs.site import PROJECT, SOURCES

_FENCED = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
_ALIKE = 40
"""Characters at the beginning of two lines of prose that no author writes twice."""
_HEADINGS = re.compile(r"^#.*$", re.MULTILINE)
_CODE = re.compile(r"`[^`]+`")
_TARGET = re.compile(r"\]\([^)]*\)")

RIDDLES: Final[Mapping[str, str]] = {
    r"mend(?:s|ed|ing)?": "fix",
    r"anew": "again",
    r"as (?:it is|they are)": "unchanged",
    r"of others": "third-party",
    r"of (?:one's|my) own": "your own",
    r"with \w+ of (?:its|their|your) own": "its own …, separate",
    r"sees? to": "check",
    r"(?:leads?|led|leading) (?:out|astray)": "leave; not resolve",
    r"h[au]ngs? on": "depend on",
    r"beside": "next to; in addition to",
    r"stand(?:s|ing)?": "be in, be at",
    r"(?<!there )(?:is|are|was|were) no(?! longer)": "is not a",
    r"odds": "differences",
    r"films?": "video",
    r"everybody's": "shared",
    r"what \w+ (?:has|have) of": "which … of … are in",
    r"all that": "everything that",
    r"(?:is|are) put together": "is joined, is made",
    r"go(?:es)? on to": "continue",
    r"goes? before": "take precedence over",
    r"whoever": "anyone who",
    r"in vain": "without success",
    r"for ever": "forever",
}
"""Words that announce a riddle, and plain ones."""
_SOURCE: Final = PROJECT / "src/buildassets"


def prose(page: str) -> str:
    """The Markdown of `page` without its fenced blocks."""
    return _FENCED.sub("", SOURCES[page].read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", SOURCES)
def test_lines_begin_unlike_the_two_before(page: str) -> None:
    lines = [line for line in prose(page).splitlines() if not line.startswith("|")]
    alike = [
        line for at, line in enumerate(lines) if line[:_ALIKE] in (one[:_ALIKE] for one in lines[max(at - 2, 0) : at])
    ]
    assert [line for line in alike if len(line) >= _ALIKE] == []


@pytest.mark.parametrize("page", SOURCES)
def test_pages_use_plain_verbs(page: str) -> None:
    assert re.findall(r"^.*\b(?:says?|said|tells?|told)\b.*$", prose(page), re.MULTILINE) == []


@pytest.mark.parametrize("page", SOURCES)
def test_pages_have_no_riddles(page: str) -> None:
    assert list(riddles(_TARGET.sub("]", _HEADINGS.sub("", prose(page))))) == []


def test_help_has_no_riddles() -> None:
    sentences = [verb.sentence for verb in VERBS.values()]
    purposes = [purpose for verb in VERBS.values() for _, purpose in verb.examples]
    assert list(riddles("\n".join((*sentences, *purposes, *_helps(commands, click.Context(commands)))))) == []


def test_descriptions_of_settings_have_no_riddles() -> None:
    assert list(riddles("\n".join((*(key.sentence for key in KEYS), *INNER.values())))) == []


def test_messages_have_no_riddles() -> None:
    files = sorted(_SOURCE.rglob("*.py"))
    found = {
        f"{path.relative_to(_SOURCE)}: {one}"
        for path in files
        for text in _messages(ast.parse(path.read_text("utf-8")))
        for one in riddles(text)
    }
    assert len(files) > 500
    assert found == set()


def test_riddles_are_found() -> None:
    found = list(riddles("`x` is no file. See to the permissions,\nwhich are as they\nare. There is no other."))
    assert found == ["is no: is not a", "See to: check", "as they are: unchanged"]


def riddles(text: str) -> Iterator[str]:
    """Each riddle word of `text`, in order, with a plain word."""
    flat = " ".join(_CODE.sub("`x`", text).split())
    found = [
        (match.start(), f"{match[0]}: {plain}")
        for pattern, plain in RIDDLES.items()
        for match in re.finditer(rf"\b{pattern}\b", flat, re.IGNORECASE)
    ]
    return (one for _, one in sorted(found))


def _messages(tree: ast.Module) -> Iterator[str]:
    """The texts of three words or more but docstrings and annotations; an inserted value counts as code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = None
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
            for part in node.values:
                if isinstance(part, ast.Constant):
                    part.value = None
            yield from (text,) if len(text.split()) > 2 else ()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " | " not in node.value:
            yield from (node.value,) if len(node.value.split()) > 2 else ()


def _helps(command: click.Command, context: click.Context) -> Iterator[str]:
    """The help of `command`, of its options and of the verbs below it."""
    yield command.help or ""
    yield from (option.help or "" for option in command.params if isinstance(option, click.Option))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _helps(inner, click.Context(inner, info_name=name, parent=context))
