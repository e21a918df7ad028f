"""docs/README.md as data, and what is made of it: the navigation in mkdocs.yml, and docs/llms.txt.

The index has `## Section`, perhaps `### Group` below it, and a line for each page: `- [Title](path.md): its subject`.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from website.hooks import OUTSIDE

PROJECT: Final = Path(__file__).parents[1]
_LINE: Final = re.compile(r"(?P<mark>##|###) (?P<name>.+)|- \[(?P<title>[^\]]+)\]\((?P<path>[^)]+)\): (?P<about>.+)")
_NAVIGATION: Final = re.compile(
    r"(?<=^nav: # made of docs/README.md by `python -m website`\n).*", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: where it stands in the navigation, its title, its path in the site, and what it is about."""

    section: str
    group: str
    title: str
    page: str
    about: str


def index() -> tuple[Entry, ...]:
    """The pages in the order of docs/README.md."""
    return tuple(_entries((PROJECT / "docs/README.md").read_text(encoding="utf-8").splitlines()))


def _entries(lines: Sequence[str]) -> Iterator[Entry]:
    section = group = ""
    for found in filter(None, map(_LINE.fullmatch, lines)):
        if found["mark"] == "##":
            section, group = found["name"], ""
        elif found["mark"]:
            group = found["name"]
        else:
            yield Entry(section, group, found["title"], _page(found["path"]), found["about"])


def _page(path: str) -> str:
    """The page of the site that the index names, as it does from docs/."""
    inside = posixpath.normpath(posixpath.join("docs", path))
    return OUTSIDE.get(inside) or inside.removeprefix("docs/")


def configuration() -> str:
    """mkdocs.yml with the navigation of now."""
    text = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    return _NAVIGATION.sub(lambda _: "\n".join(_navigation()) + "\n", text)


def _navigation() -> Iterator[str]:
    """The lines of the navigation."""
    section, group = "", ""
    yield "  - Home: README.md"
    for entry in index():
        if entry.section != section:
            section, group = entry.section, ""
            yield f"  - {section}:"
        if entry.group != group:
            group = entry.group
            yield f"      - {group}:"
        yield f"{' ' * (10 if group else 6)}- {entry.title}: {entry.page}"


def llms() -> str:
    """docs/llms.txt: the pages in Markdown, for programs, in the form of llmstxt.org."""
    head = (PROJECT / "docs/README.md").read_text(encoding="utf-8").split("\n\n")
    lines = ["# buildassets", "", *(f"> {line}" for line in head[1].splitlines())]
    section = ""
    for entry in index():
        if entry.section != section:
            section = entry.section
            lines += ["", f"## {section}", ""]
        lines.append(f"- [{entry.title}]({entry.page}): {entry.about}")
    return "\n".join(lines) + "\n"
