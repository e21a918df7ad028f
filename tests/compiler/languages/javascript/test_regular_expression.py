"""Which regular expressions browsers refuse, judged by node."""

import json
import subprocess
from itertools import product
from random import Random

import pytest

from buildassets.compiler.languages.javascript.regular_expression import refusal
from tests.conftest import find_tool

PIECES = [
    *"()[]{}*+?|^$-,.:=!<>ab01279ukcxpd/",
    *(
        "\\(",
        "\\k<n>",
        "(?:",
        "(?=",
        "(?<=",
        "(?<n>",
        "{1,2}",
        "{2,1}",
        "\\u{1F600}",
        "\\ud83d\\ude00",
        "\\b",
        "\\p{L}",
    ),
    *("[b-a]", "[\\d-z]", "[a-", "]", "😀", "\\cA", "\\c1", "\\08", "\\1", "\\x1", "\\-", "(?!", "(?i:"),
]
PROGRAM = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refused = ([pattern, flags]) => { try { new RegExp(pattern, flags); return false } catch { return true } };
console.log(JSON.stringify(given.map(refused)));
"""


def refused_by_node(given: list[tuple[str, str]]) -> list[bool]:
    done = subprocess.run(
        [find_tool("node"), "-e", PROGRAM], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers


@pytest.mark.node
def test_nothing_is_refused_that_node_takes() -> None:
    random = Random(5)
    texts = ["".join(random.choices(PIECES, k=random.randrange(1, 8))) for _ in range(20_000)]
    given = [(text, flags) for text, flags in product(texts, ("", "u", "v")) if not text.endswith("\\")]
    ours = [refusal(*one) is not None for one in given]
    judged = list(zip(given, ours, refused_by_node(given), strict=True))
    modifiers = [one for one, mine, theirs in judged if mine and not theirs]
    assert modifiers == []
    missed = [one for one, mine, theirs in judged if theirs and not mine and "v" not in one[1] and "(?i:" not in one[0]]
    assert len(missed) < len(given) / 100


@pytest.mark.parametrize(
    ("pattern", "flags", "message"),
    [
        ("(a", "", "a group is never closed"),
        ("a)", "", "`)` closes nothing"),
        ("a**", "", "there is nothing to repeat"),
        ("^+", "", "there is nothing to repeat"),
        ("a{2,1}", "", "`{2,1}` counts down"),
        ("[b-a]", "", "a range in brackets counts down"),
        ("(?>a)", "", "no group begins with `(?` like this"),
        ("\\-", "u", "`\\-` escapes nothing"),
        ("{", "u", "`{` is alone"),
        ("(?<a>b)\\k<c>", "", "`\\k` names no group"),
        ("(?<a>b)(?<a>c)", "", "two groups have the name `a`"),
        ("(?<a>b|(?<a>c))", "", "two groups have the name `a`"),
        ("(?:(?<a>b)|c)(?<a>d)", "u", "two groups have the name `a`"),
        ("b|(?=(?<a>b))(?:c|(?<a>d))", "v", "two groups have the name `a`"),
        ("a{" + "9" * 6000 + ",1}", "", "`{" + "9" * 6000 + ",1}` counts down"),
    ],
)
def test_the_reason_is_named(pattern: str, flags: str, message: str) -> None:
    assert refusal(pattern, flags) == message


@pytest.mark.parametrize(
    "pattern", ["a{,2}", "\\k", "{", "]", "(?=a)*", "[\\w-z]", "\\8", "\\c", "(?<a>b)\\k<a>", "(?<a>b)|c(?<a>d)", ""]
)
def test_patterns_of_the_web_are_accepted(pattern: str) -> None:
    assert refusal(pattern, "g") is None
