"""Icons whose ids, classes and selectors are the same stay apart, in a sprite and inline."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.icons import assert_alike
from tests.conftest import Tree, write_tree

pytestmark = pytest.mark.browser

_HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_BOX = f'{_HEAD} viewBox="0 0 24 24"'
_SHAPES = '<rect class="a" width="9" height="9"/><rect id="b" x="9" y="9" width="9" height="9"/><path d="M2 20h20"/>'


def styled(color: str) -> str:
    style = f"<style>.a{{fill:{color}}} path{{stroke:{color}}} #b{{opacity:.5}}</style>"
    return f"<svg {_BOX}>{style}{_SHAPES}</svg>"


def painted(color: str) -> str:
    gradient = f'<linearGradient id="a"><stop stop-color="{color}"/><stop offset="1"/></linearGradient>'
    clip = '<clipPath id="b"><circle cx="12" cy="12" r="9"/></clipPath>'
    mask = '<mask id="m"><rect fill="#fff" width="20" height="20"/></mask>'
    path = '<path fill="url(#a)" clip-path="url(\'#b\')" d="M0 0h24v24H0z"/>'
    return f'<svg {_BOX}>{gradient}{clip}{mask}<g mask="url(#m)">{path}</g></svg>'


_ROOT_STYLE = "<style>.r{fill:lime}svg>g{opacity:.5}*{stroke:red}</style>"
_REUSED = '<defs><path id="a" d="M2 2h8v8z"/></defs><use xlink:href="#a"/><use href="#a" x="9" y="9"/>'
_NESTED = '<symbol id="s" viewBox="0 0 2 2"><path d="M0 0h2v2z"/></symbol><use href="#s" width="12"/>'
_IMAGE = "%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 2 2%27%3E%3Cpath d=%27M0 0h2v2z%27/%3E%3C/svg%3E"
# What icons of one sprite could take from one another: ids, classes, selectors; and what each has to keep.
HARD: Tree = {
    "red.svg": styled("red"),
    "sub/blue.svg": styled("blue"),
    "plain.svg": f"<svg {_BOX}>{_SHAPES}</svg>",
    "root.svg": f'<svg {_BOX} class="r">{_ROOT_STYLE}<g>{_SHAPES}</g></svg>',
    "teal.svg": painted("teal"),
    "olive.svg": painted("olive"),
    "again.svg": f"<svg {_BOX}>{_REUSED}</svg>",
    "nested.svg": f"<svg {_BOX}>{_NESTED}</svg>",
    "ratio.svg": f'<svg {_HEAD} viewBox="0 0 24 12" width="24" height="24"><path d="M0 0h24v12H0z"/></svg>',
    "wide.svg": f'<svg {_HEAD} viewBox="0 0 24 9" preserveAspectRatio="none"><path d="M0 0h24v4z"/></svg>',
    "no-box.svg": f'<svg {_HEAD} width="24" height="24"><path d="M0 0h24v24z"/></svg>',
    "text.svg": f'<svg {_BOX}><text x="1" y="15" font-size="9" xml:space="preserve">a  b</text></svg>',
    "data.svg": f'<svg {_BOX}><image width="20" height="20" href="data:image/svg+xml,{_IMAGE}"/></svg>',
}


def test_icons_with_names_of_their_own_stay_apart(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    write_tree(tmp_path, {f"icons/{name}": text for name, text in HARD.items()})
    assert_alike(tmp_path, sorted(name.removesuffix(".svg") for name in HARD), browser, serve(tmp_path))
