"""Speaks the Language Server Protocol (3.17) on stdio, with pygls: completion, definition, hover, diagnostics."""

import os
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from buildassets._version import __version__
from buildassets.compiler.config.file import search
from buildassets.disk.files import small_text_of
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.measures import size_text
from buildassets.foundation.paths import LogicalPath
from buildassets.lsp.completion import CompletionProposal, proposals
from buildassets.lsp.positions import Places, TextPlace, offset_at
from buildassets.lsp.project import EditedProject, load_project
from buildassets.lsp.spots import NamesInText, NameSpot, read, size_bytes

_NAME: Final = "buildassets"
_NOWHERE: Final = types.Range(types.Position(0, 0), types.Position(0, 0))
_TRIGGERS: Final = ('"', "'", "/", "(")


class ProjectServer(LanguageServer):
    """The server, and the projects of the documents that are open; each is read again when a file has changed."""

    def __init__(self) -> None:
        super().__init__(_NAME, f"v{__version__}", types.TextDocumentSyncKind.Incremental)
        self._projects: dict[str, EditedProject | None] = {}
        self._faulty: dict[str, set[str]] = {}

    def forget(self) -> None:
        """Read all projects again when they are next needed, and check all open documents."""
        self._projects.clear()
        for uri in tuple(self.workspace.text_documents):
            self.check(uri)

    def check(self, uri: str) -> None:
        """Send the diagnostics of a document."""
        path, text = self._document(uri)
        project = self.project(path)
        if path is None or (project is None and self._is_faulty(uri)):
            return  # those of the configuration were sent when it was read
        found = read(project, path, text) if project else NamesInText()
        self._publish(uri, _diagnostics(found.diagnostics, text))

    def found(self, uri: str, position: types.Position) -> tuple[EditedProject, str, NameSpot] | None:
        """The project, the text of a document, and the name at that position of it."""
        path, text = self._document(uri)
        project = self.project(path)
        if path is None or project is None:
            return None
        spot = read(project, path, text).at(_offset(text, position))
        return (project, text, spot) if spot else None

    def completed(self, uri: str, position: types.Position) -> list[types.CompletionItem]:
        """The names that can be at that position of a document."""
        path, text = self._document(uri)
        project = self.project(path)
        if path is None or project is None:
            return []
        offered = proposals(project, path, text, _offset(text, position))
        places = Places(text)
        return [_item(project, places, proposal) for proposal in offered]

    def project(self, path: str | None) -> EditedProject | None:
        """The project of the file at `path`; None if its configuration is faulty."""
        if path is None:
            return None
        start = self._start(path)
        if start not in self._projects:
            self._projects[start] = self._loaded(start)
        return self._projects[start]

    def _start(self, path: str) -> str:
        """The folder of the nearest configuration, or else that of the editor's, which then is the project."""
        file, _ = _searched(os.path.dirname(path))
        if file is not None:
            return os.path.dirname(file)
        folders = (to_fs_path(uri) for uri in (*self.workspace.folders, self.workspace.root_uri or ""))
        around = [folder for folder in folders if folder and path.startswith(os.path.join(folder, ""))]
        return max(around, key=len, default=os.path.dirname(path))

    def _loaded(self, start: str) -> EditedProject | None:
        before = self._faulty.pop(start, set())
        try:
            project = load_project(start)
        except ConfigError as failure:
            project = None
            self._faulty[start] = self._report(start, failure.diagnostics)
        for uri in before - self._faulty.get(start, set()):
            self._publish(uri, ())
        return project

    def _is_faulty(self, uri: str) -> bool:
        return any(uri in uris for uris in self._faulty.values())

    def _report(self, start: str, diagnostics: Iterable[Diagnostic]) -> set[str]:
        """Send the faults of a configuration: those without a place in a file are shown as messages."""
        by_uri: dict[str, list[Diagnostic]] = {}
        for one in diagnostics:
            uri = from_fs_path(os.path.normpath(os.path.join(start, one.location.file))) if one.location else None
            if uri is None:
                message = types.ShowMessageParams(types.MessageType.Error, _message(one))
                self.window_show_message(message)
            else:
                by_uri.setdefault(uri, []).append(one)
        for uri, faults in by_uri.items():
            self._publish(uri, _diagnostics(faults, self._text(uri, _path(uri))))
        return set(by_uri)

    def _publish(self, uri: str, diagnostics: Iterable[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics)))

    def _document(self, uri: str) -> tuple[str | None, str]:
        """The path of a document, None if it is in no file, and its text."""
        path = _path(uri)
        return path, self._text(uri, path)

    def _text(self, uri: str, path: str | None) -> str:
        """The text of a document, with LF as line ends: the editor's, or else that of its file; empty without both.

        The file is not read by pygls, which would wait for a pipe, and read a device without end.
        """
        document = self.workspace.text_documents.get(unquote(uri))
        text = document.source if document else small_text_of(path) if path else None
        return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def _path(uri: str) -> str | None:
    try:
        path = to_fs_path(uri) if uri.startswith("file:") else None
    except ValueError:  # such as `file://[::1`
        path = None
    return os.path.normpath(path) if path else None


def _searched(folder: str) -> tuple[str | None, object]:
    """The nearest configuration file from `folder` upward; a broken one is found, too, but none of another user."""
    try:
        return search(folder)
    except ConfigError as failure:
        own = (one for one in failure.diagnostics if one.code != "config/owner")
        place = next((one.location for one in own if one.location), None)
        return (os.path.normpath(os.path.join(folder, place.file)) if place else None), None


def make_server() -> ProjectServer:
    """A server with everything that it can do."""
    server = ProjectServer()
    _add_events(server)
    _add_questions(server)
    return server


def _add_events(server: ProjectServer) -> None:
    """The editor's notifications: each is answered with diagnostics."""

    @server.feature(types.INITIALIZED)
    def initialized(ls: ProjectServer, params: types.InitializedParams) -> None:
        watch = ls.client_capabilities.workspace and ls.client_capabilities.workspace.did_change_watched_files
        if watch and watch.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
            registration = types.Registration(_NAME, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            ls.client_register_capability(types.RegistrationParams([registration]))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: ProjectServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: ProjectServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: ProjectServer, params: types.DidSaveTextDocumentParams) -> None:
        ls.forget()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(ls: ProjectServer, params: types.DidChangeWatchedFilesParams) -> None:
        ls.forget()


def _add_questions(server: ProjectServer) -> None:
    """The editor's requests."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(_TRIGGERS)))
    def completion(ls: ProjectServer, params: types.CompletionParams) -> list[types.CompletionItem]:
        return ls.completed(params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: ProjectServer, params: types.DefinitionParams) -> types.Location | None:
        found = ls.found(params.text_document.uri, params.position)
        return _definition(found[0], found[2].target) if found and found[2].target else None

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: ProjectServer, params: types.HoverParams) -> types.Hover | None:
        found = ls.found(params.text_document.uri, params.position)
        if found is None or found[2].target is None:
            return None
        project, text, spot = found
        content = types.MarkupContent(types.MarkupKind.Markdown, described(project, found[2].target))
        return types.Hover(content, _range(Places(text), spot.start, spot.end))


def described(project: EditedProject, target: LogicalPath) -> str:
    """An asset in Markdown: its source and sizes, as they are released if they are."""
    lines = [f"**`{target}`**"]
    path = project.file(target)
    size = size_bytes(project, target)
    if path is not None and size is not None:
        lines.append(f"source: `{project.config.shown(path)}`, {size_text(size)}")
    elif target in project.config.bundles or target in project.config.module_bundles:
        bundle = project.config.module_bundles.get(target)
        files = bundle.files if bundle else project.config.bundles[target]
        lines.append("bundle of " + ", ".join(f"`{one}`" for one in files))
    if entry := project.entry(target):
        copies = {"gzip": "gzip", "br": "brotli", "zstd": "zstd"}
        sizes = [f"{copies[name]} {size_text(entry.encodings[name])}" for name in copies if name in entry.encodings]
        lines.append("released: " + ", ".join((size_text(entry.size), *sizes)))
    else:
        lines.append("not in the last release")
    return "\n\n".join(lines)


def _definition(project: EditedProject, target: LogicalPath) -> types.Location | None:
    """The source of an asset, or its place in the configuration."""
    path, place = project.file(target), project.place(target)
    if path is not None:
        return types.Location(from_fs_path(path) or "", _NOWHERE)
    if place is None or project.config.file is None:
        return None
    start = types.Position(max(place.line - 1, 0), max(place.column - 1, 0))
    return types.Location(from_fs_path(project.config.file) or "", types.Range(start, start))


def _item(project: EditedProject, places: Places, proposal: CompletionProposal) -> types.CompletionItem:
    size = size_bytes(project, proposal.asset)
    return types.CompletionItem(
        label=proposal.text,
        kind=types.CompletionItemKind.File,
        detail=size_text(size) if size is not None else None,
        filter_text=proposal.text,
        text_edit=types.TextEdit(_range(places, proposal.start, proposal.end), proposal.text),
    )


def _diagnostics(found: Iterable[Diagnostic], text: str) -> list[types.Diagnostic]:
    """The diagnostics of the document `text`."""
    places = Places(text)
    return [_diagnostic(one, places) for one in found if one.location]


def _diagnostic(one: Diagnostic, places: Places) -> types.Diagnostic:
    severity = types.DiagnosticSeverity.Error if one.is_error else types.DiagnosticSeverity.Warning
    assert one.location is not None
    return types.Diagnostic(_range_of(one.location, places), _message(one), severity, one.code, source=_NAME)


def _message(one: Diagnostic) -> str:
    lines = [one.message, *(f"note: {note}" for note in one.notes), *([f"hint: {one.hint}"] if one.hint else [])]
    return "\n".join(lines)


def _range_of(place: Location, places: Places) -> types.Range:
    """The span of a diagnostic: lines and columns count from 1, columns in characters."""
    if not place.line:
        return _NOWHERE
    start = places.start_of(place.line - 1) + place.column - 1
    return _range(places, start, start + place.length)


def _range(places: Places, start: int, end: int) -> types.Range:
    return types.Range(types.Position(*places.at(start)), types.Position(*places.at(end)))


def _offset(text: str, position: types.Position) -> int:
    return offset_at(text, TextPlace(position.line, position.character))
