"""Random sheets that are put inline look as the same sheets loaded one by one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.browser.conftest import Browser
from tests.browser.test_inline_imports import files, looks
from tests.conftest import write_tree

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

NAMES: Final = ("main", "a", "b", "c", "sub/d", "e")


def sheets(random: Random) -> dict[str, str]:
    """Sheets that import one another with random conditions, and whose rules compete."""
    return {name: sheet(random, name) for name in NAMES}


def sheet(random: Random, name: str) -> str:
    head = random.choice(["", "", "@layer x, y;", "@layer y;", "@layer y.z, x;"])
    imports = [imported(random, name) for _ in range(random.choice([0, 1, 2, 3] if name != "main" else [3, 4]))]
    return "\n".join([head, *imports, *(rule(random) for _ in range(random.choice([1, 2, 4])))])


def imported(random: Random, name: str) -> str:
    above = "" if name == "main" or random.random() < 0.1 else name
    target = random.choice([each for each in NAMES[1:] if above < each or random.random() < 0.1] or ["a"])
    url = ("../" if "/" in name else "") + target + ".css"
    layer = random.choice(["", "", "", "layer", "layer(x)", "layer(y)", "layer(y.z)", "layer()"])
    supports = random.choice(["", "", "", "supports(color: red)", "supports(not (color: red))"])
    media = random.choice(["", "", "", "screen", "print", "(min-width: 5px)", "print, screen"])
    return f'@import "{url}" {layer} {supports} {media};'


def rule(random: Random) -> str:
    names = "color", "background-color", "outline-color", "--x"
    property_name = random.choice(names)
    value = f"rgb({random.randrange(256)} {random.randrange(256)} {random.randrange(256)})"
    important = random.choice(["", "", "", " !important"])
    text = f"{random.choice(['p', '.a', '#p1', '.b'])} {{ {property_name}: {value}{important} }}"
    for _ in range(random.choice([0, 0, 1, 2])):
        text = f"{random.choice(['@layer x', '@layer y', '@layer', '@media screen', '@media print'])} {{ {text} }}"
    return text


def cases(seed: int, number: int) -> Iterator[dict[str, str]]:
    random = Random(seed)
    for _ in range(number):
        yield sheets(random)


@pytest.mark.parametrize("seed", range(4))
def test_random_sheets_look_alike(browser: Browser, serve: Callable[[Path], str], tmp_path: Path, seed: int) -> None:
    for number, texts in enumerate(cases(seed, 10)):
        folder = write_tree(tmp_path / str(number), files(texts["main"], texts))
        plain = looks(browser, serve, folder, inline=False)
        assert looks(browser, serve, folder, inline=True) == plain, texts
