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
    **dict.fromkeys(("os.unlink", "os.remove"), ("removal.py", "files.py", "folders.py")),
    **dict.fromkeys(("os.rmdir", "os.removedirs"), ("removal.py", "folders.py")),
    **dict.fromkeys(("os.rename", "os.renames"), ("removal.py",)),
    "os.replace": ("files.py",),
    "Permitted": ("programs/start.py",),
}
"""The modules that may call each of these."""
_BY_NAME: Final = {
    "__init__.py": "our own names",
    "cli/commands.py": "our own verbs",
    "cli/migrate.py": "our own rows",
    "codings.py": "libraries of codings",
    "compat/compressor/build/page_templates.py": "django-compressor itself",
    "compat/compressor/run/stand_ins/classes.py": "our own minifiers",
    "compat/stand_in_modules.py": "our own modules",
    "compat/webassets/__init__.py": "our own names",
    "compiler/config/foreign.py": "our own readers",
    "compiler/engines/registry.py": "our own engines",
    "compiler/languages/scan.py": "our own scanners",
    "locks.py": "the standard library",
    "programs/project_python.py": "the door",
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


def _is_opened(call: ast.Call) -> bool:
    """Whether the call is given a descriptor that another function has opened."""
    opener = any(one.arg == "opener" and ast.unparse(one.value) == "plain" for one in call.keywords)
    return opener or "plain" in (given := ast.unparse(call.args[0])) or given == "descriptor" or "os." in given


def _reads(call: ast.Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else next((one.value for one in call.keywords if one.arg == "mode"), None)
    return mode is None or (isinstance(mode, ast.Constant) and "r" in str(mode.value))


_READS_OTHERS: Final = {
    "cli/descendants.py": "/proc",
    "cli/findings.py": "our own documentation",
    "codings.py": "a copy that the build wrote",
    "compat/compressor/build/collect.py": "the plan that was written just now",
    "compat/compressor/run/stand_ins/classes.py": "the result of a command, in a temporary folder",
    "compiler/engines/esbuild/bundle.py": "the results of esbuild, in a temporary folder",
    "compiler/watch/events/inotify.py": "/proc",
    "compiler/watch/events/mounts.py": "/proc",
    "doctor/watchers.py": "/proc",
    "release/signature/keys.py": "what the command line names, up to a size",
    "shared_library.py": "an installed library",
}
"""The modules that open something else, each with what that is."""
