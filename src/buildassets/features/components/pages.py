"""Reads the templates of a project: the blocks and sibling files of each, and the templates that it includes.

Takes the configuration, gives templates by name. Templates are read as for `check`; none is rendered.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from importlib import import_module
from itertools import product
from posixpath import dirname, join, normpath
from typing import Any, Final, Literal

from buildassets.compiler.config.not_run import is_own_extension
from buildassets.compiler.config.values import Config
from buildassets.compiler.languages.utf8 import decoded, is_utf16
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.templates.files import TemplateFile, find_templates
from buildassets.compiler.templates.names import Reading
from buildassets.disk.files import small_content_of
from buildassets.disk.folders import is_within
from buildassets.features.components.blocks import (
    LANGUAGES,
    OF_SIBLINGS,
    STYLE,
    Block,
    Blocks,
    Listed,
    blocks_of,
    without_blocks,
)
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, warning
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.measures import size_text
from buildassets.programs.project_python import importable

CODE: Final = "template/component"
_DJANGO_TAGS: Final = ("extends", "include")  # which a reader takes for functions that name assets
_OF_PAGES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2")
_MOST_BYTES: Final = 50_000_000  # of a template or a sibling
_REFERS: Final = lazy_pattern(r"\{%[-+]?\s*(?:extends|include|import|from)\b")
_COTTON: Final = lazy_pattern(r"<c-([\w.-]+)")
_CALLS_ASSETS: Final = lazy_pattern(r"\{[{%][-+]?\s*component_assets\b")
_SIBLINGS: Final = tuple((kind, language) for kind, languages in LANGUAGES.items() for language in languages)


@frozen
class Part:
    """A block in the `text` of a template, or the whole of a file next to it, which has that `path`."""

    block: Block
    path: str
    shown: str
    text: str

    @property
    def body(self) -> str:
        """The style or the script."""
        return self.text[self.block.start : self.block.end]

    @property
    def key(self) -> tuple[str, str, bool, str]:
        """What parts of several templates have to share to be one file."""
        return self.block.kind, self.block.language, self.block.is_scoped, self.body


@frozen
class Template:
    """A template with its parts; `includes` are names, `computed` the spans of those that only a page knows.

    Those `matchless` are listed, and name no template.
    """

    file: TemplateFile
    text: str
    blocks: Blocks = Blocks()
    parts: tuple[Part, ...] = ()
    includes: tuple[str, ...] = ()
    computed: tuple[tuple[int, int], ...] = ()
    matchless: tuple[Listed, ...] = ()

    @property
    def calls_assets(self) -> bool:
        """Whether it has `component_assets` itself."""
        return _CALLS_ASSETS.search(self.text) is not None


@frozen
class Templates:
    """The templates by name, in order, the `files` that were read, and what could not be read."""

    by_name: Mapping[str, Template] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def reached_from(self, name: str) -> list[Template]:
        """The template `name` and all that it extends, includes and lists; parents first."""
        reached: dict[str, Template] = {}
        waiting = [name]
        while waiting:
            template = self.by_name.get(waiting.pop())
            if template and template.file.name not in reached:
                reached[template.file.name] = template
                waiting += reversed(template.includes)
        return list(reached.values())


def read_pages(config: Config) -> Templates:
    """The templates of `config`."""
    by_name: dict[str, Template] = {}
    diagnostics: list[Diagnostic] = []
    files: list[str] = []
    for file in find_templates(config).files:
        if file.engine not in ("jinja", "django") or file.name.rpartition(".")[2] in OF_SIBLINGS:
            continue  # the latter are next to a template, if they are of a component
        text = _text(file.path, file.shown)
        if isinstance(text, _Unreadable):
            diagnostics += [_unreadable(file, text)] if file.name.endswith(_OF_PAGES) else []
            continue
        template = _template(config, file, text, diagnostics)
        files += (file.path, *(part.path for part in template.parts))
        other = by_name.setdefault(file.name, template)
        if other is not template and (other.parts or template.parts):
            diagnostics.append(_same_name(other.file, file))
    if not any(template.parts for template in by_name.values()):
        return Templates(by_name, tuple(files), tuple(diagnostics))
    for engine in sorted({template.file.engine for template in by_name.values()}):
        reader = _reader(config, engine)
        if isinstance(reader, Diagnostic):
            diagnostics.append(reader)
            continue
        for name, template in by_name.items():
            if template.file.engine == engine:
                by_name[name] = _with_includes(template, reader, by_name)
    return Templates(by_name, tuple(dict.fromkeys(files)), tuple(diagnostics))


def _reader(config: Config, engine: str) -> Callable[[str], Reading] | Diagnostic:
    """The function that reads which templates a text names; a diagnostic where the engine cannot be imported."""
    try:
        if engine == "django":
            django: Any = import_module("buildassets.compiler.templates.django")
            read: Callable[[str], Reading] = django.DjangoReader(_DJANGO_TAGS).read
        else:
            jinja: Any = import_module("buildassets.features.components.jinja_pages")
            extensions = config.templates.extensions
            is_own = all(map(is_own_extension, extensions))
            with nullcontext() if is_own else importable(config.folder, permission=config.permission, first=True):
                read = jinja.JinjaPages((), extensions, lambda _: None).read
    except Exception as fault:  # it is not installed, or an extension of the project fails
        message = f"the templates of {engine.capitalize()} cannot be read: {fault}"
        hint = "install what it needs, or correct `extensions`"
        return error("template/unavailable", message, config.place("templates"), hint=hint)
    return read


def _template(config: Config, file: TemplateFile, text: str, diagnostics: list[Diagnostic]) -> Template:
    engine: Literal["jinja", "django"] = "django" if file.engine == "django" else "jinja"
    found = blocks_of(text, engine) if "{%" in text else Blocks()
    compilable = (block for block in found.blocks if block.language in LANGUAGES[block.kind])
    own = (Part(block, file.path, file.shown, text) for block in compilable)
    return Template(file, text, blocks=found, parts=(*own, *_siblings(config, file, diagnostics)))


def _siblings(config: Config, file: TemplateFile, diagnostics: list[Diagnostic]) -> Iterator[Part]:
    """The files next to the template with its name, such as `card.css`; links out of its folder are reported."""
    parent, name = os.path.split(file.path)
    if not name.endswith(_OF_PAGES):
        return  # such as the text of a mail
    stem = os.path.join(parent, name.partition(".")[0])
    for middle, (kind, language) in product(("", ".scoped"), _SIBLINGS):
        path = f"{stem}{middle}.{language}"
        shown = config.shown(path)
        if (kind != STYLE and middle) or not os.path.isfile(path):
            continue
        text = _text(path, shown)
        if isinstance(text, _Unreadable):
            message = f"`{shown}` cannot be read as text: {text.reason}"
            diagnostics.append(error(CODE, message, Location(shown), hint=text.hint))
        elif not is_within(os.path.realpath(file.folder), os.path.realpath(path)):
            message = f"`{shown}` is a link that leaves its folder of templates"
            diagnostics.append(error(CODE, message, Location(shown), hint=f"put the file itself next to `{file.name}`"))
        else:
            whole = (0, len(text))
            yield Part(Block(kind, whole, *whole, language=language, is_scoped=bool(middle)), path, shown, text)


@frozen
class _Unreadable:
    """The reason why a file gives no text, and the hint."""

    reason: str
    hint: str | None = None


def _text(path: str, shown: str) -> str | _Unreadable:
    try:
        content = small_content_of(path, _MOST_BYTES)
    except OSError as fault:
        return _Unreadable(reason_text(fault))
    if content is None:
        return _Unreadable(f"it has {size_text(_MOST_BYTES)} or more")
    text = decoded(content, shown)
    if isinstance(text, Diagnostic) or is_utf16(content):
        return _Unreadable("it is not UTF-8", "save it in UTF-8")
    return _Unreadable("it contains a NUL byte") if "\0" in text else re.sub("\r\n?", "\n", text)


def _with_includes(template: Template, read: Callable[[str], Reading], known: Mapping[str, Template]) -> Template:
    text = without_blocks(template.text, template.blocks)
    reading = read(text) if _REFERS.search(text) else Reading()
    named = [_resolved(use.written.text, template.file.name) for use in reading.uses]
    tags = (tag[1].replace(".", "/").replace("-", "_") for tag in _COTTON.finditer(text))
    named += (f"cotton/{tag}{ending}" for tag in tags for ending in (".html", "/index.html"))
    listed = template.blocks.listed
    matches = [(pattern, sorted(filter(compile_globs([pattern.name]), known))) for pattern in listed or ()]
    return replace(
        template,
        includes=tuple(dict.fromkeys((*named, *(name for _, names in matches for name in names)))),
        computed=reading.unchecked if listed is None else (),
        matchless=tuple(pattern for pattern, names in matches if not names),
    )


def _resolved(name: str, base: str) -> str:
    """The name that Django gives a relative one, without the name of a partial."""
    name = name.partition("#")[0]
    return normpath(join(dirname(base), name)) if name.startswith(("./", "../")) else name


def _unreadable(file: TemplateFile, why: _Unreadable) -> Diagnostic:
    message = f"`{file.shown}` cannot be read as text, so pages lack the components that it has or includes"
    return warning(CODE, f"{message}: {why.reason}", Location(file.shown), hint=why.hint)


def _same_name(first: TemplateFile, second: TemplateFile) -> Diagnostic:
    message = f"`{first.shown}` and `{second.shown}` are both the template `{first.name}`, and one has components"
    return error(CODE, message, Location(second.shown), hint="rename one of them")
