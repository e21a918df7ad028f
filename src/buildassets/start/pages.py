"""What pages ask of their framework: URLs of static files, by its own function, by our helpers, or written out by hand.

Takes the files of a project, gives what they ask for, and with `--pages` edits that put the framework's function in
place of URLs that are written out. The markup of a template is its tags for browsers, with blanks in place of what the
template language reads.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from buildassets.compiler.languages.markup.lexer import MarkupKind, html_tokens, read_tag
from buildassets.foundation.frozen import frozen
from buildassets.project.blanks import Blanks
from buildassets.project.files import ProjectFiles
from buildassets.project.found import ProjectFindings
from buildassets.start.assets import begin_of
from buildassets.start.edits import FileEdit

SUFFIXES: Final = (".html", ".htm", ".j2", ".jinja", ".jinja2", ".djhtml", ".jinja-html", ".mako", ".mak", ".pt")
_WITH_DOLLARS: Final = (".mako", ".mak", ".pt")  # of Mako and Chameleon
_OURS: Final = re.compile(
    r"\{%-?\s*load\s[^%]*\bbuildassets\b|\{[{%]-?\s*(?:asset|stylesheet|script|livereload|importmap)\b"
    r"|\$\{\s*(?:asset|stylesheet|script|livereload|importmap)\("
)
_LOADS: Final = re.compile(
    r"""<link\b[^<>]*\brel\s*=\s*["']?[^"'<>]*\bstylesheet\b|<script\b[^<>]*\bsrc\s*=""", re.IGNORECASE
)
_HIDDEN: Final = (
    (r"\{#", r"#\}"),
    *(
        (rf"\{{%[-+]?\s*{name}\b", rf"\{{%[-+]?\s*end{name}\b[^%]*+%\}}")
        for name in ("comment", "raw", "verbatim", "trans", "blocktrans", "blocktranslate")
    ),
    *((f"<%{name}>", f"</%{name}>") for name in ("doc", "text")),
    (r"(?m:^)[ \t]*+##", r"(?m:$)"),
)
_NOT_RUN: Final = Blanks(*_HIDDEN)
_OPAQUE: Final = Blanks(
    *_HIDDEN,
    (r"\{%", r"%\}"),
    (r"\{\{", r"\}\}"),
    (r"\$\{", r"\}"),
    (r"<%[!\s]", "%>"),
    (r"(?m:^)[ \t]*+%(?=\s*\w)", r"(?m:$)"),  # a line of Mako
)
_URL: Final = re.compile(r"([^\"'{}<>?#&\s]+)")
_NAMING: Final = re.compile(r"(?:.*[-:])?(?:href|src|poster)")
_STATIC: Final = re.compile(r"""\{%-?\s*static\s+(["'])([^"'{}%]+)\1""")
_LOAD_STATIC: Final = re.compile(r"\{%-?\s*load\s[^%]*\bstatic\b")
_EXTENDS: Final = re.compile(r"^\s*\{%-?\s*extends\b[^%]*%\}")
# Other renderers, which may show templates and do not have the framework's function.
_OTHER_RENDERER: Final = re.compile(r"\b(?:jinja2\.)?Environment\(|\bget_template\(|template\.backends\.jinja2")


@frozen
class Asked:
    """What pages and code ask for: the `names` of mounts of static files, or none, and whether they use our helpers.

    The sheets and scripts that pages have may be from elsewhere. `places` are those of URLs that
    are written out, as `file:line`.
    """

    names: frozenset[str]
    uses_function: bool
    uses_helpers: bool
    has_sheets_or_scripts: bool
    places: tuple[str, ...]


def pages_of(files: ProjectFiles, found: ProjectFindings) -> list[str]:
    """The names of the project's own templates."""
    below = tuple(f"{one}/" for one in found.templates)
    return [name for name in files.own if name.endswith(SUFFIXES) and name.startswith(below)]


def asked(files: ProjectFiles, found: ProjectFindings, pages: Sequence[str], prefix: str) -> Asked:
    """What the `pages`, and the modules of the project, ask for; static files are below the URL `prefix`."""
    function = re.compile(found.framework.asks or r"(?!)")
    texts = {name: _NOT_RUN.in_place(files.text(name)) for name in pages}
    modules = (files.text(name) for name in files.own if name.endswith(".py"))
    calls = [call for text in (*texts.values(), *modules) for call in function.finditer(text)]
    return Asked(
        frozenset(name for call in calls for name in call.groups() if name),
        uses_function=bool(calls) or _has_admin(found),
        uses_helpers=any(_OURS.search(text) for text in texts.values()),
        has_sheets_or_scripts=any(_LOADS.search(files.text(name)) for name in pages),
        places=tuple(
            f"{name}:{text.count(chr(10), 0, start) + 1}"
            for name, text in texts.items()
            for start, _, _ in islice(_written_out(text, prefix), 1)
        ),
    )


def _has_admin(found: ProjectFindings) -> bool:
    """Whether pages of an installed application, that of Django's administration, ask for static files."""
    return found.django is not None and "django.contrib.admin" in (
        *(found.django.applications() or ()),
        *found.django.literal_applications(),
    )


def static_names(files: ProjectFiles, pages: Sequence[str]) -> frozenset[str]:
    """The literal names in tags `static` of the templates `pages` of Django."""
    return frozenset(match[2] for one in pages for match in _STATIC.finditer(_NOT_RUN.in_place(files.text(one))))


def head_lines(path: str, page: str, reference: str = "") -> list[str]:
    """The lines for the head of the template `page` that load the sheet `path`, and update the page in development.

    With a `reference`, templates have the framework's function alone.
    """
    if reference:
        return [f'<link rel="stylesheet" href="{reference.format(name=path)}">']
    calls = ("livereload()", f'stylesheet("{path}")')
    return [f"${{{call}}}" if page.endswith(_WITH_DOLLARS) else f"{{{{ {call} }}}}" for call in calls]


def other_renderers(files: ProjectFiles) -> list[str]:
    """The places, as `file:line`, that may show templates without the framework's function."""
    found = []
    for name in files.own:
        text = files.text(name) if name.endswith(".py") else ""
        if match := _OTHER_RENDERER.search(text):
            found.append(f"{name}:{text.count(chr(10), 0, match.start()) + 1}")
    return found


def edited_pages(
    files: ProjectFiles, found: ProjectFindings, pages: Sequence[str], *, roots: Sequence[str], prefix: str
) -> Iterator[FileEdit]:
    """The edits that put the framework's function in place of URLs below `prefix` of files in `roots`."""
    names = {name[len(begin) :] for begin in map(begin_of, roots) for name in files.names if name.startswith(begin)}
    for page in pages if found.framework.reference else ():
        text = files.text(page)
        changes = [one for one in _written_out(text, prefix) if one[2] in names and "'" not in one[2]]
        if not changes or page.endswith(_WITH_DOLLARS):
            continue
        pieces, kept = list[str](), 0
        for start, end, name in sorted(changes):
            pieces += text[kept:start], found.framework.reference.format(name=name)
            kept = end
        after = "".join((*pieces, text[kept:]))
        needs_load = found.framework.name == "django" and not _LOAD_STATIC.search(text)
        yield FileEdit(page, text, _loading(after) if needs_load else after)


def _loading(text: str) -> str:
    """`text` with the tag that loads Django's `static`, below the one that has to be the first."""
    match = _EXTENDS.match(text)
    place, end = match.end() if match else 0, "\r\n" if "\r\n" in text else "\n"
    return f"{text[:place]}{end if match else ''}{{% load static %}}{'' if match else end}{text[place:]}"


def _written_out(text: str, prefix: str) -> Iterator[tuple[int, int, str]]:
    """The spans of URLs below `prefix` in the template, each with the name of its file. Digests belong to files."""
    markup = _OPAQUE.in_place(text) if prefix in text else ""
    for token in html_tokens(markup):
        if token.kind not in (MarkupKind.TAG, MarkupKind.EMPTY_TAG):
            continue
        attributes = read_tag(markup, token).attributes
        for attribute, (start, end) in attributes.items() if "integrity" not in attributes else ():
            is_url = text.startswith(prefix, start) and _NAMING.fullmatch(attribute) and text[start - 1] in "\"'"
            if is_url and _URL.fullmatch(text, start + len(prefix), end):
                yield start, end, text[start + len(prefix) : end]
