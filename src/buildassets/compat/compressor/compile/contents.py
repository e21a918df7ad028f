"""The contents of a block: which sources it joins, file by file, and the elements that load these.

Takes renderings, gives the elements of the manifest's `blocks`, and bundles with their members; what is wrong is
reported with the template's place. Reads static files. Imports Django.
"""

import codecs
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from posixpath import join, splitext
from typing import Any, Final, NoReturn

from buildassets.compat.compressor.compile.filters import Filters
from buildassets.compat.compressor.compile.joining import JoinedMember, grouped, rebased, whole_text
from buildassets.compat.compressor.compile.marks import has_mark
from buildassets.compat.compressor.compile.page_templates import has_listeners, own_markup
from buildassets.compat.compressor.compile.parts import (
    BlockPart,
    ElementSort,
    group_of,
    is_plain_type,
    kept_attributes,
    parts_of,
    unknown_names,
)
from buildassets.compat.compressor.compile.precompilers import (
    SASS_SUFFIXES,
    PrecompilerError,
    SourceToCompile,
    is_for_engine,
    precompiled,
)
from buildassets.compat.compressor.compile.references import collected_references, page_urls
from buildassets.compat.compressor.compile.rendering import Rendering
from buildassets.compat.compressor.compile.sass_texts import compiled_sass, own_functions
from buildassets.compat.compressor.compile.settings import BlockOptions
from buildassets.compat.compressor.compile.sources import GeneratedSources, digest_of
from buildassets.compat.compressor.compile.static_files import StaticFiles
from buildassets.compat.compressor.run.key import VARYING, static_path, url_of
from buildassets.compat.compressor.run.lookup import URL_PLACEHOLDER
from buildassets.compat.compressor.run.nodes import KINDS
from buildassets.disk.folders import is_within
from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.frozen import frozen

__all__ = ["BlockContents", "RenderedBlock", "kept_directory"]

Tag = dict[str, Any]
_SCSS: Final = (".scss", ".sass")
_DEFAULT_NAME: Final = "output"
_THEIRS: Final = "`compressor."  # the beginning of a dotted name in a message


@frozen
class RenderedBlock:
    """The result of a rendering: its `tags`; None if the block stays as written. `is_loose`: attributes vary.

    It `is_ours` if no code and no template of the project's had a part in it, so that the same text gives the same.
    """

    tags: list[Tag] | None
    is_loose: bool = False
    is_ours: bool = False


class _Refused(Exception):  # noqa: N818 no error: it ends the making of one block
    """A block that cannot be built; the diagnostic is known already."""


@dataclass(slots=True)
class BlockContents:
    """The contents of blocks. `shown` turns a path into a name; `sass_roots` are files of packages that Sass compiles.

    `read` are the absolute paths of the files of which something was generated, `linked` the logical paths that blocks
    link, `collected` those that no finder has. It `is_traceable` where no program had a part in it, and
    `has_own_markup` where a template or a listener of the project's wrote elements.
    """

    options: BlockOptions
    files: StaticFiles
    sources: GeneratedSources
    shown: Callable[[str], str]
    bundles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named_as: dict[str, str] = field(default_factory=dict)
    sass_files: dict[str, str] = field(default_factory=dict)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    unknown: dict[tuple[str, int, int], list[Diagnostic]] = field(default_factory=dict)
    known: set[tuple[str, int, int]] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    collected: set[str] = field(default_factory=set)
    is_traceable: bool = True
    has_own_markup: bool = False

    def made(self, rendering: Rendering) -> RenderedBlock:
        """The tags for a rendering; its diagnostics are kept."""
        kind = rendering.block.kind
        if kind not in KINDS:  # of a compressor of the project's, which a diagnostic names
            return RenderedBlock(None)
        if not self._is_writable(rendering):
            return RenderedBlock(None)
        parts = parts_of(kind, rendering.text, self.options.precompilers)
        unknown = [] if rendering.fault else unknown_names(rendering, parts)
        if rendering.fault or unknown:
            self._report_unknown(rendering, parts, unknown)
            return RenderedBlock(None)
        self.known.add(rendering.place.tag)
        parts = [self._of_the_page(rendering, part) for part in parts]
        tags: list[Tag] = []
        is_refused, was_traceable, self.is_traceable = False, self.is_traceable, True
        for _, run in groupby(parts, key=lambda part: self._run_key(part, kind)):
            try:
                tags += self._tags(rendering, list(run))
            except _Refused:
                is_refused = True
        is_ours = self.is_traceable and not (self.has_own_markup or has_listeners())
        self.is_traceable = self.is_traceable and was_traceable
        is_loose = any(_varies(part) for part in parts)
        return RenderedBlock(None if is_refused else tags, is_loose=is_loose, is_ours=is_ours)

    def _is_writable(self, rendering: Rendering) -> bool:
        """Whether the block and its name can be written into files; reported where they cannot."""
        name = rendering.block.name or ""
        try:
            self._tried(lambda: rendering.text + name, rendering.place.location())
            size_bytes = len(os.path.basename(name).encode("utf-8"))
            if size_bytes > _MOST_NAME_BYTES:
                message = f"the name of this block has {size_bytes} bytes, and at most {_MOST_NAME_BYTES} fit a file"
                self._error("compressor/name", message, rendering.place.location(), "give the block a shorter name")
        except _Refused:
            return False
        return True

    def _of_the_page(self, rendering: Rendering, part: BlockPart) -> BlockPart:
        """The part, or one that stays unchanged: an inline text with URLs that are relative to the page."""
        block, text = rendering.block, part.element.text
        is_inline = (
            part.sort is ElementSort.CONTENT and url_of(part.element) is None and is_plain_type(block.kind, part.type)
        )
        if not is_inline or not text:
            return part
        base = join(self.options.output_dir, block.kind, f"inline.{block.kind}")
        find = self.files.find if block.mode != "inline" else _nothing
        url = next(page_urls(block.kind, text, self.options.prefixes, base, find=find), None)
        if url is None:
            return part
        if block.mode != "inline":
            message = f"`{url}` is relative to the page: its element stays as written"
            self.diagnostics[warning("compressor/relative", message, rendering.place.location(url), hint=_RELATIVE)] = (
                None
            )
        return replace(part, sort=ElementSort.KEPT)

    def _run_key(self, part: BlockPart, kind: str) -> object:
        if part.sort is ElementSort.CONTENT and part.type != "module":
            return group_of(part, kind)
        return part.number

    def _tags(self, rendering: Rendering, run: list[BlockPart]) -> list[Tag]:
        if run[0].sort is ElementSort.UNCOMPILED:
            self._refuse_type(rendering, run[0])
        if run[0].sort is ElementSort.KEPT:
            return [] if rendering.block.mode == "preload" else [self._kept(run[0])]
        members = [self._member(rendering, part) for part in run]
        return self._files(rendering, run, members)

    # what stays as it is

    def _kept(self, part: BlockPart) -> Tag:
        """The element as it is, but for the URLs of static files in it."""
        element = part.element
        attributes, varying = _attributes([part], dict(element.attributes))
        url = url_of(element)
        path = None if url is None else static_path(url, self.options.prefixes)
        path = self.files.normal(path) if path else path
        if path is not None and self.files.find(path) and not path.endswith(_SCSS):
            attributes.pop("href" if element.name == "link" else "src", None)
            attributes.pop("integrity", None)
            if element.name in ("link", "script"):
                return _tag(element.name, attributes, varying, asset=path)
        if element.name in ("script", "style") and not url:
            return _tag(element.name, attributes, varying, text=self._with_placeholders(element.text or ""))
        return _tag("", {}, {}, text=self._with_placeholders(element.markup))

    def _with_placeholders(self, text: str) -> str:
        """`text` with the placeholder of the URL prefix before names of static files."""
        for prefix in self.options.prefixes:
            pieces = text.split(prefix)
            text = pieces[0]
            for piece in pieces[1:]:
                path = static_path(prefix + _leading_path(piece), (prefix,)) or ""
                text += (URL_PLACEHOLDER if self.files.find(path) else prefix) + piece
        return text

    # members

    def _member(self, rendering: Rendering, part: BlockPart) -> JoinedMember:
        """The content of one element as a member of a file, compiled if its type or suffix asks for that."""
        content = self._content(rendering, part)
        kind = rendering.block.kind
        location = _place_of(rendering, part)
        path = content.path or join(self.options.output_dir, kind, f"inline.{kind}")
        if part.type in self.options.precompilers or (part.type and not is_plain_type(kind, part.type)):
            if is_for_engine(part.type, self.options.precompilers):
                return self._sass_member(content, part.type, path, location)
            if part.type not in self.options.cacheable:
                self.is_traceable = False  # nobody reports what a program or class reads
            self._read(content)
            text = self._tried(lambda: precompiled(content, self.options.precompilers[part.type]), location)
            return self._compiled_member(content, text, splitext(path)[0] + f".{kind}", location)
        if kind == "css" and path.endswith(_SCSS):
            return self._sass_member(content, f"text/{path[-len(_SCSS[0]) + 1 :]}", path, location)
        return self._plain_member(content, path, location)

    def _compiled_member(self, content: SourceToCompile, text: str, path: str, location: Location) -> JoinedMember:
        """What `content` was compiled to: `text`, whose lines are others."""
        compiled = replace(content, text=text, charset="utf-8")
        origin = Location(self.shown(content.file) if content.file else f"{location.file}:{location.line}")
        return self._plain_member(compiled, path, location, origin=origin)

    def _plain_member(
        self, content: SourceToCompile, path: str, location: Location, *, origin: Location | None = None
    ) -> JoinedMember:
        """A sheet or script: the asset itself, or a source generated of it where something has changed it.

        `origin` is that of a content that was compiled.
        """
        is_changed = origin is not None
        filters = Filters(self.options.filters.get(content.kind, ()))
        if filters:
            self.is_traceable = False
            self._read(content)
        text = self._tried(lambda: filters.on_content(content), location) if filters else content.text
        if not path.endswith(f".{content.kind}"):  # by its suffix it would be something else, or nothing
            path, is_changed = f"{path}.{content.kind}", True
        is_as_it_is = content.path is not None and text == content.text and not is_changed
        if is_as_it_is and content.charset == "utf-8" and self.files.find(path):
            return JoinedMember(path, text)
        self._read(content)
        if content.kind == "css" and content.path and not self.files.find(content.path):
            reached = collected_references(text, path, self.options.prefixes, self.files)
            self.collected |= reached
            self.read |= {file for one in reached if (file := self.files.collected(one))}
        if is_as_it_is:
            return JoinedMember(self.sources.add_named(path, text), text)
        place = origin or (Location(self.shown(content.file), 1, 1) if content.file else location)
        if content.kind == "css":
            text = rebased(text, path, self.options.prefixes, self.files.find)
        is_packaged = content.file is not None and self.files.is_of_package(content.file)
        return JoinedMember(self.sources.add(path, text, place, is_packaged=is_packaged), text)

    def _sass_member(self, content: SourceToCompile, mimetype: str, path: str, location: Location) -> JoinedMember:
        """A source in Sass, which the compiler compiles; here, where filters of the project's want its text."""
        suffix = SASS_SUFFIXES[mimetype]
        filters = Filters(self.options.filters.get("css", ()))
        if filters or own_functions():
            self.is_traceable = False
            folders = [root.path for root in self.files.roots]
            self._read(content)
            text = self._tried(lambda: compiled_sass(content, suffix, folders, self.read), location)
            return self._compiled_member(content, text, splitext(path)[0] + ".css", location)
        if content.file and path.endswith(suffix) and self.files.find(path):
            if self.files.is_of_package(content.file):
                self.sass_files[path] = content.file
            return JoinedMember(path, None, content.text)
        self._read(content)
        place = Location(self.shown(content.file), 1, 1) if content.file else location
        return JoinedMember(self.sources.add(splitext(path)[0] + suffix, content.text, place), None, content.text)

    def _content(self, rendering: Rendering, part: BlockPart) -> SourceToCompile:
        element, kind = part.element, rendering.block.kind
        given = {name: value or "" for name, value in element.attributes}
        charset = _charset(given.get("charset") or self.options.charset)
        url = url_of(element)
        if url is None:
            return SourceToCompile(element.text or "", kind, given, "utf-8")
        path = static_path(url, self.options.prefixes)
        if path is None:
            location = rendering.place.location(element.markup)
            self._error("compressor/external", f"`{url}` is not a static file", location, _EXTERNAL)
        find_place = partial(rendering.place.url, url, path)
        path, file = self._linked(path, url, find_place)
        try:
            with open(plain(file), encoding="utf-8-sig" if charset == "utf-8" else charset, newline="") as opened:
                text = opened.read()
        except (UnicodeDecodeError, LookupError):
            message = f"`{path}` is not in the charset `{charset}`"
            self._error("compressor/charset", message, find_place(), "give its encoding in the attribute `charset`")
        except OSError as fault:
            self._error("compressor/missing", f"cannot read `{path}`: {fault.strerror}", find_place())
        return SourceToCompile(text, kind, attributes=given, charset=charset, file=file, path=path)

    def _linked(self, path: str, url: str, find_place: Callable[[], Location]) -> tuple[str, str]:
        """The logical path and the file of what a block links as `path`."""
        if not path:
            self._error("compressor/missing", f"`{url}` names no static file", find_place())
        normal = self.files.normal(path)
        self.linked.add(normal)
        file = self.files.find(normal) or self.files.collected(normal)
        if file is None:
            self._error("compressor/missing", f"cannot find the static file `{path}`", find_place())
        root = self.files.root_of(file)
        if root is not None and not is_within(os.path.realpath(root.path), os.path.realpath(file)):
            message = f"the static file `{path}` is a link that leaves `{self.shown(root.path)}`"
            self._error("compressor/missing", message, find_place(), _OUTSIDE)
        return normal, file

    # files

    def _files(self, rendering: Rendering, run: list[BlockPart], members: list[JoinedMember]) -> list[Tag]:
        block = rendering.block
        attributes, varying = _attributes(run, kept_attributes(run, block.kind, block.mode))
        tags = []
        for group in grouped(block.kind, _each_once(members, self.sources), self._generated_sheet):
            asset = self._bundle(rendering, group)
            own = self._own(rendering, asset, attributes)
            if own is not None:
                tags.append(_tag("", {}, {}, text=self._with_placeholders(own)))
            elif block.mode == "preload":
                media = {"media": attributes["media"]} if attributes.get("media") else {}
                given = {"rel": "preload", "as": "style" if block.kind == "css" else "script", **media}
                tags.append(_tag("link", given, {}, asset=asset))
            else:
                is_inline = block.mode == "inline"
                name = "script" if block.kind == "js" else "style" if is_inline else "link"
                tag = _tag(name, attributes, varying, asset=asset)
                tags.append({**tag, "inline": True} if is_inline else tag)
        return tags

    def _own(self, rendering: Rendering, asset: str, attributes: dict[str, Any]) -> str | None:
        """The result of the project's own template."""
        try:
            with kept_directory():
                markup = own_markup(rendering.block, asset, attributes, dict(rendering.values))
        except Exception as fault:
            message = f"a template or listener for blocks failed: {type(fault).__name__}: {fault}"
            self.diagnostics[error("compressor/template", message, rendering.place.location())] = None
            raise _Refused from None
        self.has_own_markup = self.has_own_markup or markup is not None
        return markup if markup is None else str(self._tried(lambda: markup, rendering.place.location()))

    def _generated_sheet(self, beside: str, text: str) -> str:
        return self.sources.add(beside, text, None)

    def _bundle(self, rendering: Rendering, group: Sequence[JoinedMember]) -> str:
        """The asset that the members of one file become."""
        kind = rendering.block.kind
        folder = join(self.options.output_dir, kind) if self.options.output_dir else kind
        filters = Filters(self.options.filters.get(kind, ()))
        location = rendering.place.location()
        if filters and self._tried(filters.has_output, location):
            beside = join(folder, f"whole.{kind}")
            text = whole_text(kind, group, beside)
            group = [
                JoinedMember(
                    self.sources.add(beside, self._tried(lambda: filters.on_whole(text, kind), location), None)
                )
            ]
        if len(group) == 1 and group[0].is_alone:
            return self._alone(group[0].path)
        name = splitext(os.path.basename(rendering.block.name or ""))[0] or _DEFAULT_NAME
        members = tuple(member.path for member in group)
        asset = join(folder, f"{name}.{digest_of(kind, *members)}.{kind}")
        self.bundles[asset] = members
        self.named_as[asset] = join(folder, f"{name}.{kind}")
        return asset

    def _alone(self, path: str) -> str:
        """The asset of a source that is not a member of a bundle; a generated one would else be a part of one only."""
        if path in self.sources.texts:
            self.sources.named.add(path)
        return splitext(path)[0] + ".css" if path.endswith(_SCSS) else path

    # what is wrong

    def _read(self, content: SourceToCompile) -> None:
        """Let a watch make the plan anew when the file of `content` changes, also where nothing could be made of it."""
        if content.file:
            self.read.add(content.file)

    def _tried(self, make: Callable[[], Any], location: Location) -> Any:
        try:
            with kept_directory():
                made = make()
        except PrecompilerError as fault:
            notes = fault.detail.splitlines()[:20]
            hint = (
                "install django-compressor for its classes"
                if "import" in str(fault) and _THEIRS in str(fault)
                else None
            )
            self.diagnostics[error("compressor/precompiler", str(fault), location, notes=notes, hint=hint)] = None
            raise _Refused from None
        if isinstance(made, str) and (lone := _SURROGATE.search(made)):
            message = f"this block has the lone surrogate `U+{ord(lone[0]):04X}`, which is not a character"
            self._error("compressor/charset", message, location, _NO_CHARACTER)
        return made

    def _error(self, code: str, message: str, location: Location, hint: str | None = None) -> NoReturn:
        self.diagnostics[error(code, message, location, hint=hint)] = None
        raise _Refused

    def _refuse_type(self, rendering: Rendering, part: BlockPart) -> None:
        message = f"nothing compiles the type `{part.type}`"
        hint = "name a precompiler for it in `COMPRESS_PRECOMPILERS`"
        self.diagnostics[error("compressor/type", message, rendering.place.location(part.type), hint=hint)] = None
        raise _Refused

    def _report_unknown(self, rendering: Rendering, parts: list[BlockPart], unknown: list[str]) -> None:
        """Report what is not known of a block: as an error if pages cannot do without its build."""
        place = rendering.place
        needs_build = any(self._needs_build(part, rendering.block.kind) for part in parts)
        report = error if needs_build else warning
        names = unknown or list(dict.fromkeys(rendering.missing))
        found = [self._unknown(report, rendering, name) for name in names]
        if not found:
            message = f"a build cannot render this block: {rendering.fault}"
            found = [report("compressor/unknown", message, place.location(), hint=_UNKNOWN)]
        self.unknown.setdefault(place.tag, []).extend(found)

    def _unknown(self, report: Callable[..., Diagnostic], rendering: Rendering, name: str) -> Diagnostic:
        what = (
            "is known at run time only" if report is error else "is known at run time only: the block stays as written"
        )
        location = rendering.place.variable(name.split("|", maxsplit=1)[0])
        return report("compressor/unknown", f"`{name}` {what}", location, hint=_UNKNOWN)

    def _needs_build(self, part: BlockPart, kind: str) -> bool:
        if part.sort is ElementSort.UNCOMPILED:
            return True
        path = (url_of(part.element) or "").split("?")[0]
        is_compiled = bool(part.type) and not is_plain_type(kind, part.type)
        return part.sort is ElementSort.CONTENT and (
            is_compiled or path.endswith((*_SCSS, ".less", ".coffee", ".styl"))
        )

    def all_diagnostics(self) -> list[Diagnostic]:
        """Everything that is wrong; what is not known of a block matters only where no rendering of it was known."""
        unknown = [one for place, found in self.unknown.items() if place not in self.known for one in found]
        return list(dict.fromkeys([*self.diagnostics, *unknown]))


_MOST_NAME_BYTES: Final = 200  # of 255 that file systems allow; digests, suffixes and those of copies follow it
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NO_CHARACTER: Final = (
    "see where the value comes from: half of a pair of UTF-16, or bytes decoded with `surrogateescape`"
)
_OUTSIDE: Final = "copy the file there, or make what the link leads to a folder of a finder"
_EXTERNAL: Final = "take it out of the block, or out of the static files of another host"
_RELATIVE: Final = "name a static file: `{% static 'img/a.png' %}`"
_UNKNOWN: Final = "list it in `COMPRESS_OFFLINE_CONTEXT`, or take it out of the block"


def _nothing(_: str) -> None:
    """Finds no file: what stays in the page is relative to it, whatever there is."""


def _attributes(parts: list[BlockPart], given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """Attributes for the manifest, and those that are taken from the element of that number when a page is made."""
    varying = {name: parts[0].number for name, value in given.items() if name in VARYING or has_mark(value or "")}
    fixed = {name: True if value is None else value for name, value in given.items() if name not in varying}
    return fixed, varying


def _varies(part: BlockPart) -> bool:
    names = ("href", "src", *VARYING)
    return any(name not in names and has_mark(value or "") for name, value in part.element.attributes)


def _tag(name: str, attributes: dict[str, Any], varying: dict[str, int], **content: str) -> Tag:
    return {"element": name, "attributes": attributes, **content, **({"varying": varying} if varying else {})}


def _leading_path(text: str) -> str:
    for number, character in enumerate(text):
        if character in "\"'<>()\\?# \t\n\r&,;":
            return text[:number]
    return text


def _charset(given: str) -> str:
    try:
        return codecs.lookup(given).name
    except LookupError:
        return given


def _place_of(rendering: Rendering, part: BlockPart) -> Location:
    """Where a part is written in its template: where its text begins, if it is there as it is."""
    text = part.element.text
    if text and text in rendering.place.source:
        source, start = rendering.place.source, rendering.place.offset()
        found = source.find(text, start)
        if found >= 0:
            return locate(rendering.place.file, source, found)
    return rendering.place.location()


def _each_once(members: list[JoinedMember], sources: GeneratedSources) -> list[JoinedMember]:
    """A bundle holds each source once: a file that a block names again is one more source."""
    found: list[JoinedMember] = []
    for member in members:
        if member.text is not None and any(one.path == member.path for one in found):
            stem, suffix = splitext(member.path)
            again = sources.add(f"{stem}.{len(found)}{suffix}", member.text, None)
            member = JoinedMember(again, member.text)
        found.append(member)
    return found


@contextmanager
def kept_directory() -> Iterator[None]:
    """Return to the working directory afterwards: settings, templates and the command of the build are relative to it.

    A filter may change it, as one does that runs a program in a folder of its own.
    """
    before = os.getcwd()
    try:
        yield
    finally:
        os.chdir(before)
