"""The lines that templates need, and the templates that get them.

Takes the files of a project and the entries, gives edits, or lines to write by hand. A template gets them above
`</head>`; one that has calls of ours already stays as it is. Only templates with a head that other templates extend or
include, or that code of the project names, are edited: a library, or a letter, has heads that no page of the project
shows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from buildassets.project.blanks import Blanks
from buildassets.project.files import ProjectFiles
from buildassets.project.found import is_of_mail
from buildassets.start.assets import PageEntry
from buildassets.start.edits import ByHand, FileEdit

_SUFFIXES: Final = (".html", ".htm", ".j2", ".jinja", ".jinja2", ".djhtml", ".jinja-html", ".mako", ".mak", ".pt")
_WITH_DOLLARS: Final = (".mako", ".mak", ".pt")  # of Mako and Chameleon
_OURS: Final = re.compile(
    r"\{%-?\s*load\s[^%]*\bbuildassets\b|\{[{%]-?\s*(?:asset|stylesheet|script|livereload|importmap)\b"
    r"|\$\{\s*(?:asset|stylesheet|script|livereload|importmap)\("
)
_INHERITS: Final = re.compile(r"\{%-?\s*extends\b")
_OTHER: Final = re.compile(r"\{%-?\s*(?:extends|include)\b([^%]*)%\}")
_NAME: Final = re.compile(r"""["']([^"'\s]+)["']""")
_LOADS: Final = re.compile(
    r"""<link\b[^<>]*\brel\s*=\s*["']?[^"'<>]*\bstylesheet\b|<script\b[^<>]*\bsrc\s*=""", re.IGNORECASE
)
_END: Final = re.compile(r"</head\s*>", re.IGNORECASE)
_TITLE: Final = re.compile(r"</title\s*>", re.IGNORECASE)
_MOST_LAYOUTS: Final = 3
# Where a tag is text: comments, scripts, and what templates do not run.
_NO_MARKUP: Final = Blanks(
    (r"\{#", r"#\}"),
    ("<!--", "-->"),
    (r"<script\b", "</script"),
    *((rf"\{{%-?\s*{name}\b", rf"\bend{name}\b[^%]{{0,100}}+%\}}") for name in ("comment", "raw", "verbatim")),
)


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
    """The names of the project's own templates of pages in `folders`."""
    below = tuple(f"{one}/" for one in folders)
    return [name for name in files.own if name.endswith(_SUFFIXES) and name.startswith(below) and not is_of_mail(name)]


def uses_helpers(files: ProjectFiles, found: Sequence[str]) -> bool:
    """Whether a template calls helpers of ours already."""
    return any(_OURS.search(files.text(name)) for name in found)


def loads_assets(files: ProjectFiles, found: Sequence[str]) -> bool:
    """Whether a template loads a sheet or a script, of this project or from elsewhere."""
    return any(_LOADS.search(files.text(name)) for name in found)


def edited_templates(
    files: ProjectFiles, found: Sequence[str], entries: Sequence[PageEntry], *, is_django: bool
) -> Iterator[FileEdit | ByHand]:
    """The edits of the layouts among the templates `found`; what is to be written by hand where there are none.

    Where pages load sheets or scripts, they get none that they do not load.
    """
    lines = lines_for([] if loads_assets(files, found) else entries, is_django=is_django)
    layouts = _layouts(files, found)
    for name in layouts:
        text = files.text(name)
        yield FileEdit(name, text, _with_lines(text, _written(name, lines)))
    if not layouts:
        place = "in the `<head>` of your pages" if found else "in the `<head>` of a template"
        yield ByHand("", place, tuple(_written("".join(found[:1]), lines)), optional=True)


def _written(file: str, lines: Iterable[str]) -> list[str]:
    """The `lines` of Jinja or Django in the language of the template `file`."""
    return [expression(file, line[3:-3]) if line.startswith("{{") else line for line in lines]


def _layouts(files: ProjectFiles, found: Sequence[str]) -> list[str]:
    """The templates with a head that others use, or else those that code names, or else the only one."""
    whole = [name for name in found if _is_whole(files.text(name))]
    by_others = _named(found, (text for one in found for text in _OTHER.findall(files.text(one))))
    by_code = _named(found, (files.text(one) for one in files.own if one.endswith(".py")))
    used = [name for name in whole if name in by_others] or [name for name in whole if name in by_code]
    used = used or (whole if len(whole) == 1 else [])
    return used if len(used) <= _MOST_LAYOUTS else []


def _named(found: Sequence[str], texts: Iterable[str]) -> set[str]:
    """The templates that quoted names in `texts` mean: of those whose paths end so the least deep ones."""
    by_end: dict[str, list[str]] = {}
    for name in found:
        by_end.setdefault(name.rpartition("/")[2], []).append(name)
    named: set[str] = set()
    for given in {name.lstrip("./") for text in texts for name in _NAME.findall(text)}:
        ends = [name for name in by_end.get(given.rpartition("/")[2], ()) if name.endswith(f"/{given}")]
        depth = min((name.count("/") for name in ends), default=0)
        named.update(name for name in ends if name.count("/") == depth)
    return named


def _is_whole(text: str) -> bool:
    text = _markup(text)
    return not _INHERITS.search(text) and bool(_END.search(text) or _TITLE.search(text))


def _markup(text: str) -> str:
    """`text` with blanks in place of what is no markup."""
    return _NO_MARKUP.in_place(text)


def _with_lines(text: str, lines: Sequence[str]) -> str:
    """`text` with `lines` above `</head>`, indented as what stands there, or else behind the title."""
    end = "\r\n" if "\r\n" in text else "\n"
    markup = _markup(text)
    found = _END.search(markup)
    if found is None:
        title = _TITLE.search(markup)
        assert title is not None
        return text[: title.end()] + "".join(end + line for line in lines) + text[title.end() :]
    start = text.rfind("\n", 0, found.start()) + 1
    if text[start : found.start()].strip():
        return text[: found.start()] + end + end.join(lines) + end + text[found.start() :]
    indent = _indent_above(text, start) or text[start : found.start()] + "  "
    return text[:start] + "".join(indent + line + end for line in lines) + text[start:]


def _indent_above(text: str, start: int) -> str:
    """The indentation of the last line above `start` that is not empty, unless that opens the head."""
    above = [line for line in text[:start].split("\n") if line.strip()]
    if not above or re.search(r"<head\b[^<>]*>\s*$", above[-1], re.IGNORECASE):
        return ""
    return above[-1][: len(above[-1]) - len(above[-1].lstrip())]
