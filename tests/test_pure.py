"""Modules that are called pure open no file, look at none, and start no process."""

import ast
import os
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeGuard

import pytest

import buildassets
from tests import purity

_PACKAGE = Path(buildassets.__file__).parent
_SOURCES = {
    ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(_PACKAGE.rglob("*.py"))
}
_PURE = [name for name in _SOURCES if purity.is_pure(name)]
# Functions that read nothing, of modules that do.
_PURE_FUNCTIONS = {"buildassets.compiler.write.clock.timestamp"}
_OF_LOADING = {"buildassets.disk.shared_library.ends_early"}  # as little pure as the loading of a library
_CLAIM = re.compile(r"\bPure\b")


def a_module(name: str, source: str) -> ModuleType:
    """A module of that name with that source, of which nobody else knows."""
    module = ModuleType(name)
    exec(source, vars(module))
    return module


READERS = [
    ("open", "def read(path): return open(path).close()"),
    ("io.open", "import pathlib\ndef read(path): return pathlib.Path(path).read_bytes()"),
    ("os.open", "import os\ndef read(path): return os.close(os.open(path, os.O_RDONLY))"),
    ("os.stat", "import os\ndef read(path): return os.stat(path)"),
    ("os.stat", "from os.path import exists\ndef read(path): return exists(path)"),
    ("os.lstat", "from os.path import realpath\ndef read(path): return realpath(path)"),
    ("os.scandir", "import os\ndef read(path): return list(os.walk(path))"),
    ("os.listdir", "import os\ndef read(path): return os.listdir(os.path.dirname(path))"),
    ("Popen.__init__", "import subprocess\ndef read(path): return subprocess.run(['true'])"),
]


@pytest.mark.parametrize(("called", "source"), READERS)
def test_a_pure_module_that_touches_the_disk_or_starts_a_process_fails(
    called: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    impure, pure = (a_module(name, source) for name in ("buildassets.disk.files", "buildassets.foundation.digest"))
    purity.guard(monkeypatch)
    impure.read(str(file))
    with pytest.raises(
        pytest.fail.Exception, match=f"`buildassets.foundation.digest` has to be pure and calls `.*{called}`"
    ):
        pure.read(str(file))


def test_a_pure_module_may_call_a_function_that_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pure = a_module("buildassets.foundation.digest", "def ask(function, path): return function(path)")
    purity.guard(monkeypatch)
    assert pure.ask(lambda path: [os.stat(path)], tmp_path)


def test_tests_of_pure_modules_are_guarded() -> None:
    assert not purity.imports_pure_modules(Path(__file__))
    assert purity.imports_pure_modules(Path(__file__).parent / "foundation/test_digest.py")


def test_every_listed_module_exists() -> None:
    assert set(purity.pure_modules()) <= set(_SOURCES)


def test_modules_of_the_import_contract_contain_the_word_pure() -> None:
    claims = {name for name, path in _SOURCES.items() if _CLAIM.search(ast.get_docstring(_tree(path)) or "")}
    assert set(purity.pure_modules()) <= claims
    assert not {name for name in claims if not purity.is_pure(name)}


def test_pure_modules_use_no_impure_function() -> None:
    used = {f"{value.__module__}.{value.__name__}" for name in _PURE for value in _imported(name) if _is_code(value)}
    assert {name for name in used if not purity.is_pure(name)} == _PURE_FUNCTIONS | _OF_LOADING


def test_pure_modules_hold_none_of_the_functions_that_are_replaced() -> None:
    replaced = [getattr(home, function) for home, function in purity.REPLACED]
    values = [(name, value) for name in _PURE for key, value in vars(import_module(name)).items() if key[:2] != "__"]
    assert not [name for name, value in values if value in replaced]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def _imported(name: str) -> Iterator[object]:
    """Yield the objects that the module imports from the package, in functions too."""
    for node in ast.walk(_tree(_SOURCES[name])):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("buildassets."):
            yield from (pkgutil.resolve_name(f"{node.module}.{alias.name}") for alias in node.names)


def _is_code(value: object) -> TypeGuard[FunctionType]:
    return isinstance(value, FunctionType) and value.__module__.startswith("buildassets.")
