"""The lines that templates need, and the templates that get them.

Takes the files of a project and the entries, gives edits, or lines to write by hand. A template gets them above
`</head>`; one that has calls of ours already stays as it is. Only templates with a head that other templates extend or
include, or that code of the project names, are edited: a library, or a letter, has heads that no page of the project
shows.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from buildassets.project.files import ProjectFiles
from buildassets.project.found import is_of_mail
from buildassets.start.assets import PageEntry
from buildassets.start.edits import FileEdit
from buildassets.start.markup import HIDDEN, place_in_head
from buildassets.start.mentions import TemplatePaths, ends_of

_SUFFIXES: Final = (".html", ".htm", ".j2", ".jinja", ".jinja2", ".djhtml", ".jinja-html", ".mako", ".mak", ".pt")
_WITH_DOLLARS: Final = (".mako", ".mak", ".pt")  # of Mako and Chameleon
_OURS: Final = re.compile(
    r"\{%-?\s*load\s[^%]*\bbuildassets\b|\{[{%]-?\s*(?:asset|stylesheet|script|livereload|importmap)\b"
    r"|\$\{\s*(?:asset|stylesheet|script|livereload|importmap)\("
)
_INHERITS: Final = re.compile(r"\{%[-+]?\s*extends\b|<%inherit\b|\bmetal:use-macro\b")
_SHOWS: Final = re.compile(r"\{%[-+]?\s*(?:extends|include)\b([^%]*)%\}|<%(?:inherit|include)\b([^<>]*)>")
_READS: Final = re.compile(
    r"\{%[-+]?\s*(?:extends|include|import|from)\b([^%]*)%\}|<%(?:inherit|include|namespace)\b([^<>]*)>|\bload:([^\"'<>]*)"
)
_NAME: Final = re.compile(r"""["']([^"'\s]+)["']""")
_LOADS: Final = re.compile(
    r"""<link\b[^<>]*\brel\s*=\s*["']?[^"'<>]*\bstylesheet\b|<script\b[^<>]*\bsrc\s*=""", re.IGNORECASE
)
_MOST_LAYOUTS: Final = 3


def lines_for(entries: Sequence[PageEntry], *, is_django: bool) -> list[str]:
    """The lines for the head of a page that loads `entries`."""
    calls = ["livereload"]
    lines = ["{% load buildassets %}", "{% livereload %}"] if is_django else ["{{ livereload() }}"]
    for one in entries:
        verb = "stylesheet" if one.is_style else "script"
        how = "" if one.is_style else 'type="module"' if one.is_module else "defer=True"
        if is_django:
            calls = [verb, f'"{one.path}"', *filter(None, [how])]
            lines.append(f"{{% {' '.join(calls)} %}}")
        else:
            arguments = ", ".join(filter(None, [f'"{one.path}"', how]))
            lines.append(f"{{{{ {verb}({arguments}) }}}}")
    return lines


def expression(file: str, written: str) -> str:
    """The markup by which the template `file` shows an expression."""
    return f"${{{written}}}" if file.endswith(_WITH_DOLLARS) else f"{{{{ {written} }}}}"


def templates_in(files: ProjectFiles, folders: Sequence[str]) -> list[str]:
    """The names of the project's own templates in `folders`."""
    below = tuple(f"{one}/" for one in folders)
    return [name for name in files.own if name.endswith(_SUFFIXES) and name.startswith(below)]


def relatives(files: ProjectFiles, paths: TemplatePaths, shown: frozenset[str]) -> frozenset[str]:
    """Those `shown` with the templates that extend, include or import one of them, and what any of these do."""
    if not shown or len(shown) == len(paths.all):
        return shown
    given = {one: _given(_READS.finditer(files.text(one))) for one in paths.all}
    readers: dict[str, list[str]] = {}
    for one, others in given.items():
        for other in others:
            readers.setdefault(other, []).append(one)
    targets = {other: paths.files(other) for other in readers}
    below = _closed(shown, lambda one: (reader for end in ends_of(one) for reader in readers.pop(end, ())))
    return _closed(below, lambda one: (target for other in given[one] for target in targets.pop(other, ())))


def _closed(begin: frozenset[str], following: Callable[[str], Iterator[str]]) -> frozenset[str]:
    """The names in `begin`, and all that come after one of them; each is looked at once."""
    found, waiting = set(begin), [*begin]
    while waiting:
        new = {*following(waiting.pop())} - found
        found |= new
        waiting += new
    return frozenset(found)


def _given(tags: Iterable[re.Match[str]]) -> frozenset[str]:
    """The names of templates in tags: quoted, or that of Chameleon."""
    texts = ["".join(filter(None, tag.groups())) for tag in tags]
    return frozenset(name.lstrip("./") for text in texts for name in _NAME.findall(text) or [text.strip()])


def uses_helpers(files: ProjectFiles, found: Sequence[str]) -> bool:
    """Whether a template calls helpers of ours already."""
    return any(_OURS.search(files.text(name)) for name in found)


def loads_assets(files: ProjectFiles, found: Sequence[str]) -> bool:
    """Whether a template loads a sheet or a script, of this project or from elsewhere."""
    return any(_LOADS.search(files.text(name)) for name in found)


def edited_templates(
    files: ProjectFiles, paths: TemplatePaths, equipped: Collection[str], lines: Sequence[str]
) -> Iterator[FileEdit]:
    """The edits of the layouts among all templates of pages, of which those `equipped` get `lines`."""
    for name in (one for one in _layouts(files, paths) if one in equipped):
        text = files.text(name)
        yield FileEdit(name, text, _with_lines(text, written(name, lines)))


def written(file: str, lines: Iterable[str]) -> tuple[str, ...]:
    """The `lines` of Jinja or Django in the language of the template `file`."""
    return tuple(expression(file, line[3:-3]) if line.startswith("{{") else line for line in lines)


def _layouts(files: ProjectFiles, paths: TemplatePaths) -> list[str]:
    """The templates with a head that others use, or else those that code names, or else the only one."""
    pages = [name for name in paths.all if not is_of_mail(name)]
    whole = [name for name in pages if _is_whole(files.text(name))]
    by_others = _named(paths, (name for one in pages for name in _given(_SHOWS.finditer(files.text(one)))))
    code = (files.text(one) for one in files.own if one.endswith(".py"))
    by_code = _named(paths, (name.lstrip("./") for text in code for name in _NAME.findall(text)))
    used = [name for name in whole if name in by_others] or [name for name in whole if name in by_code]
    used = used or (whole if len(whole) == 1 else [])
    return used if len(used) <= _MOST_LAYOUTS else []


def _named(paths: TemplatePaths, given: Iterable[str]) -> set[str]:
    """The templates that are `given`: of those whose paths end so the least deep ones."""
    named: set[str] = set()
    for one in {*given}:
        ends = [name for name in paths.files(one) if not is_of_mail(name)]
        depth = min((name.count("/") for name in ends), default=0)
        named.update(name for name in ends if name.count("/") == depth)
    return named


def _is_whole(text: str) -> bool:
    return not _INHERITS.search(HIDDEN.in_place(text)) and place_in_head(text) is not None


def _with_lines(text: str, lines: Sequence[str]) -> str:
    """`text` with `lines` above the end of the head, indented as what stands there, or else behind the title."""
    end = "\r\n" if "\r\n" in text else "\n"
    found = place_in_head(text)
    assert found is not None
    place, is_above = found
    if not is_above:
        return text[:place] + "".join(end + line for line in lines) + text[place:]
    start = text.rfind("\n", 0, place) + 1
    if text[start:place].strip():
        return text[:place] + end + end.join(lines) + end + text[place:]
    indent = _indent_above(text, start) or text[start:place] + "  "
    return text[:start] + "".join(indent + line + end for line in lines) + text[start:]


def _indent_above(text: str, start: int) -> str:
    """The indentation of the last line above `start` that is not empty, unless that opens the head."""
    above = [line for line in text[:start].split("\n") if line.strip()]
    if not above or re.search(r"<head\b[^<>]*>\s*$", above[-1], re.IGNORECASE):
        return ""
    return above[-1][: len(above[-1]) - len(above[-1].lstrip())]
