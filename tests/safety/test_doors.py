"""What is dangerous passes through one door each: no other module starts programs, imports by name or removes trees."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import buildassets

_SOURCES: Final = Path(buildassets.__file__).parent
_STARTING: Final = ("programs/start.py", "programs/git.py")
_DOORS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_output"), _STARTING),
    **dict.fromkeys(("os.execv", "os.execve", "os.execvp", "os.execvpe", "os.execl"), _STARTING),
    **dict.fromkeys(("os.system", "os.popen", "os.posix_spawn", "os.spawnv", "os.startfile", "pty.spawn"), ()),
    **dict.fromkeys(("shutil.rmtree", "shutil.move"), ()),
    **dict.fromkeys(
        ("os.unlink", "os.remove"), ("disk/removal.py", "disk/files.py", "disk/folders.py", "disk/locks.py")
    ),
    **dict.fromkeys(("os.rmdir", "os.removedirs"), ("disk/removal.py", "disk/folders.py")),
    **dict.fromkeys(("os.rename", "os.renames"), ("disk/removal.py", "disk/folders.py")),
    "os.replace": ("disk/files.py",),
    "Permitted": ("programs/start.py",),
}
"""The modules that may call each of these."""
_BY_NAME: Final = {
    "__init__.py": "our own names",
    "cli/parse/commands.py": "our own verbs",
    "cli/verbs/migrate.py": "our own rows",
    "disk/codings.py": "libraries of codings",
    "compat/compressor/compile/page_templates.py": "django-compressor itself",
    "compat/compressor/run/stand_ins/classes.py": "our own minifiers",
    "compat/compressor/run/stand_ins/files.py": "the library of brotli",
    "compat/stand_in_modules.py": "our own modules",
    "compat/webassets/__init__.py": "our own names",
    "compiler/config/foreign.py": "our own readers",
    "compiler/engines/process/typed_values.py": "our own values",
    "compiler/engines/registry.py": "our own engines",
    "compiler/engines/sass/late.py": "our own engines",
    "compiler/languages/scan.py": "our own scanners",
    "compiler/templates/check.py": "our own features",
    "compiler/config/load.py": "our own features",
    "compiler/finishing.py": "our own features",
    "compiler/transform/recipes.py": "our own recipes",
    "features/import_map/page.py": "django-js-asset, where it is installed",
    "compiler/watch/pages.py": "our own components",
    "features/components/pages.py": "our own readers of templates",
    "disk/locks.py": "the standard library",
    "programs/project_python.py": "the door",
    "runtime/django/apps.py": "our own features",
    "runtime/django/compiler.py": "our own features",
    "runtime/django/templatetags/buildassets.py": "our own features",
}
"""The modules that import what a variable names, each with what that can be."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a module by the names that they are written with, those of imported names by their module."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield imported.get(name, name), node


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(_SOURCES.rglob("*.py")):
        yield path.relative_to(_SOURCES).as_posix(), path


def test_dangerous_calls_pass_through_their_doors() -> None:
    passed = [(module, name) for module, path in modules() for name, _ in calls(path)]
    assert not [
        (module, name)
        for module, name in passed
        if (short := name.removeprefix("buildassets.programs.start.")) in _DOORS and module not in _DOORS[short]
    ]
    assert {("programs/start.py", "subprocess.Popen"), ("programs/git.py", "subprocess.run")} <= set(passed)


def test_only_known_modules_import_by_name() -> None:
    importing = {
        module
        for module, path in modules()
        for name, _ in calls(path)
        if name.endswith(("import_module", "__import__"))
    }
    assert importing == _BY_NAME.keys()


def test_project_files_are_opened_only_if_they_are_files() -> None:
    """A pipe is waited for without end, and a device may give bytes without end."""
    found = {
        module
        for module, path in modules()
        for name, call in calls(path)
        if name == "open" and call.args and not _is_opened(call) and _reads(call)
    }
    assert found == _READS_OTHERS.keys()


def test_the_language_server_reads_by_the_door_for_reading_alone() -> None:
    """The library of the protocol would read a document that is not open by itself, without a limit."""
    reading = ("open", "get_text_document", "read_text", "read_bytes", "readlines")
    called = {
        name.rpartition(".")[2] for module, path in modules() if module.startswith("lsp/") for name, _ in calls(path)
    }
    assert not called.intersection(reading)
    assert "small_text_of" in called


def _is_opened(call: ast.Call) -> bool:
    """Whether the call is given a descriptor that another function has opened."""
    opener = any(one.arg == "opener" and ast.unparse(one.value) == "plain" for one in call.keywords)
    return opener or "plain" in (given := ast.unparse(call.args[0])) or given == "descriptor" or "os." in given


def _reads(call: ast.Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else next((one.value for one in call.keywords if one.arg == "mode"), None)
    return mode is None or (isinstance(mode, ast.Constant) and "r" in str(mode.value))


_READS_OTHERS: Final = {
    "cli/watching/descendants.py": "/proc",
    "cli/show/findings.py": "our own documentation",
    "disk/codings.py": "a copy that the build wrote",
    "compat/compressor/compile/collect.py": "the plan that was written just now",
    "compat/compressor/run/stand_ins/classes.py": "the result of a command, in a temporary folder",
    "compiler/engines/esbuild/bundle.py": "the results of esbuild, in a temporary folder",
    "compiler/watch/events/inotify.py": "/proc",
    "compiler/watch/events/mounts.py": "/proc",
    "doctor/machine.py": "/proc",
    "release/signature/keys.py": "what the command line names, up to a size",
    "disk/shared_library.py": "an installed library",
}
"""The modules that open something else, each with what that is."""


def test_files_are_written_only_by_known_modules() -> None:
    writing = {module for module, path in modules() for name, call in calls(path) if _writes(name, call)}
    assert writing == _WRITE.keys()


def _writes(name: str, call: ast.Call) -> bool:
    if name == "open":
        return len(call.args) > 1 and any(mark in ast.unparse(call.args[1]) for mark in "wax")
    doors = ("put_below", "put_in_place", "rewrite", "whole_file", "write_chunks", "write_new", "write_whole")
    return name.rpartition(".")[2] in doors


_TEMPORARY: Final = "a temporary folder"
_CACHE: Final = "the cache"
_RELEASE: Final = "the release"
_NAMED: Final = "what the command line names"
_WRITE: Final = {
    "features/components/compile.py": _CACHE,
    "cli/verbs/init.py": _TEMPORARY,
    "cli/building/collected.py": _TEMPORARY,
    "runtime/django/collect.py": "the manifest in `STATIC_ROOT`, and a temporary folder",
    "cli/main.py": "standard streams that are closed",
    "cli/verbs/migrate.py": "`buildassets.toml`, with `--write`",
    "cli/verbs/report.py": _NAMED,
    "cli/verbs/vendor.py": "the import map in the configuration",
    "compat/compressor/compile/plan_trace.py": _CACHE,
    "compat/compressor/compile/sources.py": _CACHE,
    "compat/compressor/run/stand_ins/classes.py": _TEMPORARY,
    "compat/compressor/run/stand_ins/files.py": "a copy next to the file that an application saves in COMPRESS_ROOT",
    "compat/plan_file.py": _CACHE,
    "compiler/bundle/css_modules.py": _TEMPORARY,
    "compiler/cache/content_store.py": _CACHE,
    "compiler/cache/measures.py": _CACHE,
    "compiler/cache/remote/folder_store.py": "the remote cache",
    "compiler/cache/stamps.py": _CACHE,
    "compiler/cache/store.py": _CACHE,
    "compiler/engines/process/child.py": "memory",
    "compiler/engines/sass/libsass_worker.py": _TEMPORARY,
    "compiler/engines/tailwind/engine.py": _TEMPORARY,
    "compiler/watch/livereload.py": _RELEASE,
    "features/hidden_maps/write.py": _RELEASE,
    "compiler/write/precompressed.py": _RELEASE,
    "compiler/write/release_directory.py": _RELEASE,
    "compiler/write/staging.py": _RELEASE,
    "doctor/release.py": _TEMPORARY,
    "net/download.py": _TEMPORARY,
    "disk/files.py": "the functions themselves",
    "disk/removal.py": "the move itself",
    "packages/archive.py": "an unfinished package",
    "packages/lock.py": "the lock",
    "packages/vendor/vendoring.py": "vendored files",
    "release/archive/unpack.py": _NAMED,
    "release/archive/write.py": _NAMED,
    "release/earlier/releases.py": _TEMPORARY,
    "release/provenance/files.py": _RELEASE,
    "release/publish/upload.py": _TEMPORARY,
    "release/signature/signature.py": _NAMED,
    "start/edits.py": "the diff that `init` shows",
    "wheels/plain.py": "copies for a wheel, in a temporary folder or in `build/`",
    "wheels/setuptools.py": "the source distribution, as setuptools names it",
}
"""The modules that write files, each with what it writes."""
