"""The index of all codes in docs/errors/README.md, made of the headings of the pages in that folder."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parents[1] / "docs/errors"
_TITLE: Final = re.compile(r"# [a-z-]+: (.+)")
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_LIST: Final = re.compile(r"^- .*", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The page with the list of the codes of now."""
    return _LIST.sub(lambda _: "".join(_lines()), (_FOLDER / "README.md").read_text(encoding="utf-8"))


def _lines() -> Iterator[str]:
    """A line for each page, with a link for each of its codes."""
    for path in sorted(_FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if title := _TITLE.match(text):
            links = (f"[`{name}`]({path.name}#{name})" for name in _SECTION.findall(text))
            yield f"- [{path.stem}]({path.name}), {title[1]}: {', '.join(links)}\n"
