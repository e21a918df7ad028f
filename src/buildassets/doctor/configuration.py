"""Findings about the configuration: what is wrong in it, source roots, load paths, the release directory."""

import os
import re
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.doctor.subject import Subject
from buildassets.foundation.codes import section_of
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import replace

_ROOT: Final = ("config/source", "config/no-sources")
_GLOB: Final = re.compile(r"[*?\[{]")
_COMPILED: Final = {".css": (".scss", ".sass"), ".js": (".ts", ".tsx", ".jsx", ".mts")}
_OUTPUT: Final = ("config/output",)


def configuration_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the configuration."""
    notices = (notice for notice in subject.config.notices if notice.code != "config/not-run")  # shown apart
    for fault in dict.fromkeys((*subject.faults, *notices)):
        if not fault.code.startswith("lock/"):  # which is found with the tools
            yield _as_finding(fault)
    if not subject.faults:
        yield from _empty_roots(subject)
        yield from _entries(subject)
        yield from _load_paths(subject)
        yield from _unwritable(subject)


def _as_finding(fault: Diagnostic) -> Diagnostic:
    """The fault of a configuration under our code, with its own as a note."""
    notes = (*fault.notes, f"`buildassets build` reports it as `{fault.code}`")
    hint = fault.hint or f"see docs/errors/{section_of(fault.code)}"
    return replace(fault, code=_code_of(fault), notes=notes, hint=hint)


def _code_of(fault: Diagnostic) -> str:
    if fault.code in _ROOT:
        return "doctor/root"
    if fault.code in _OUTPUT:
        return "doctor/output"
    if fault.code == "config/value" and fault.message.startswith("`engines."):
        return "doctor/engine"
    return "doctor/config"


def _empty_roots(subject: Subject) -> Iterator[Diagnostic]:
    """A project whose roots hold no file: the folder is another, or was left out of the checkout."""
    own = [root for root in subject.config.sources if not root.npm and not root.vendored]
    if subject.sources or not own:
        return
    elsewhere = _with_assets(subject)
    hint = (
        f"`{elsewhere}/` has some: name it in `sources`" if elsewhere else "put the sources there, or name their folder"
    )
    place = subject.config.place("sources", 0)
    yield error("doctor/no-assets", f"no source root has a file: `{own[0].shown}` is empty", place, hint=hint)


def _with_assets(subject: Subject) -> str:
    """The outermost folder of the project with sheets or scripts."""
    files = subject.files.ending(".css", ".scss", ".sass", ".js", ".mjs", ".ts")
    return min((name.rpartition("/")[0] for name in files if "/" in name), key=len, default="").partition("/")[0]


def _entries(subject: Subject) -> Iterator[Diagnostic]:
    """Entries without a wildcard that no file of a source root has the name of, whatever the release is of."""
    config = subject.config
    if config.commands or any(root.is_of_others for root in config.sources):
        return  # which may make them
    for index, entry in enumerate(config.entries):
        is_made = entry in (*config.bundles, *config.module_bundles, *config.icons)
        if not (is_made or _GLOB.search(entry) or any(map(os.path.lexists, _sources_of(config, entry)))):
            place = config.place("entries", index)
            yield error("doctor/entries", f"entry `{entry}` names no asset", place, hint="correct it in `entries`")


def _sources_of(config: Config, path: str) -> Iterator[str]:
    """The files of which the asset `path` may be made."""
    stem, suffix = os.path.splitext(path.removeprefix("./"))
    for root in config.sources:
        own = f"{stem}{suffix}".removeprefix(f"{root.prefix}/")
        names = (own, *(f"{os.path.splitext(own)[0]}{other}" for other in _COMPILED.get(suffix, ())), f"{own[:-3]}")
        yield from (os.path.join(root.path, *name.split("/")) for name in names)


def _load_paths(subject: Subject) -> Iterator[Diagnostic]:
    for index, path in enumerate(subject.config.load_paths):
        if not os.path.isdir(path):
            shown = subject.shown(path)
            hint = "run `npm install`" if os.path.basename(path) == "node_modules" else "correct `load_paths`"
            place = subject.config.place("load_paths", index)
            yield warning("doctor/load-path", f"there is no folder `{shown}`, where Sass looks", place, hint=hint)


def _unwritable(subject: Subject) -> Iterator[Diagnostic]:
    output = subject.config.output
    shown = subject.shown(output)
    if os.path.isdir(output) and not os.access(output, os.W_OK | os.X_OK):
        hint = "let the user that builds own it, or build into another folder with `--output`"
        yield error("doctor/output", f"the release directory `{shown}` cannot be written", hint=hint)
