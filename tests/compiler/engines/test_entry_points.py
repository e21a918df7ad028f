import sys
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import EngineInput, EngineOptions
from buildassets.compiler.engines.registry import installed_engines, start_compiler, start_engine
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic
from tests.compiler.conftest import SHOUT, Install
from tests.conftest import write_tree
from tests.runtime.pages import run_python

OPTIONS = EngineOptions("/project", str)


def fault(name: str, start: object = start_engine) -> Diagnostic:
    """The one thing that is wrong with the engine `name`."""
    assert callable(start)
    with pytest.raises(BuildError) as caught:
        start(name, OPTIONS)
    (found,) = caught.value.diagnostics
    assert found.code == "engine/unloadable"
    return found


def test_an_engine_of_a_package_is_started_by_its_name(install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    engine = start_engine("shout", OPTIONS)
    assert (engine.name, engine.version) == ("shout", "shout 1.0")
    assert engine.run(EngineInput("a", "/a.x", "a.x")).text == "A"


def test_engines_of_packages_are_listed(install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout", "loud": "Shout"})
    assert {"shout", "loud"} <= set(installed_engines())


def test_a_package_whose_engine_is_not_asked_for_is_not_imported(install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    install("broken", "raise ImportError", {"other": "Other"})
    start_engine("shout", OPTIONS)
    assert "broken" not in sys.modules


def test_no_package_is_asked_where_every_engine_is_built_in(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a {}", "buildassets.toml": '[engines]\ncss = "builtin"\njs = "none"\n'})
    program = "import os, sys\nfrom buildassets import load_config\n"
    program += "from buildassets.compiler.build import build\nfrom buildassets.compiler.request import BuildRequest\n"
    program += "os.chdir(sys.argv[1])\n"
    program += "assert build(BuildRequest(config=load_config())).succeeded\nprint('importlib.metadata' in sys.modules)"
    assert run_python(program, str(tmp_path)) == "False\n"


def test_an_engine_that_is_built_in_goes_before_one_of_a_package(install: Install) -> None:
    install("shouting", SHOUT, {"rjsmin": "Shout"})
    assert start_engine("rjsmin", OPTIONS).version.startswith("rjsmin ")


def test_the_options_are_handed_to_the_engine(install: Install) -> None:
    telling = "class Telling(Shout):\n    version = property(lambda self: self.options.folder)\n"
    install("shouting", SHOUT + telling, {"shout": "Telling"})
    assert start_engine("shout", OPTIONS).version == "/project"


def test_engine_that_no_package_has_is_reported(install: Install) -> None:
    found = fault("no-such-engine")
    assert found.message == "no package that is installed has an engine `no-such-engine`"


def test_two_packages_with_one_engine_are_an_error(install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    install("bawling", SHOUT, {"shout": "Shout"})
    assert fault("shout").message == "more than one package has an engine `shout`: `bawling` and `shouting`"


@pytest.mark.parametrize(
    ("module", "note"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all' (raised in"),
        ("def f(:", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3 (raised in `shouting`, line 1)"),
        ("", "AttributeError: "),
        ("Shout = 1", "TypeError: 'int' object is not callable"),
        ("def Shout(options):\n    raise ValueError('no node')", "ValueError: no node (raised in `shouting`, line 2)"),
    ],
)
def test_package_that_cannot_be_loaded_is_reported(install: Install, module: str, note: str) -> None:
    install("shouting", module, {"shout": "Shout"})
    found = fault("shout")
    assert found.message == "the engine `shout` of the package `shouting` cannot be loaded"
    assert note in found.notes[0]
    assert "\n" not in found.notes[0]


def test_missing_attribute_of_an_engine_is_reported(install: Install) -> None:
    install("shouting", "class Shout:\n    version = 1\n    def __init__(self, options): ...", {"shout": "Shout"})
    assert fault("shout").notes == (
        "it has no `name`",
        "its `version` is 1 and no text",
        "it has no method `run`",
        "it has no method `close`",
    )


def test_a_compiler_says_what_it_compiles_to(install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    assert start_compiler("shout", OPTIONS).compiles_to == ".txt"


def test_a_compiler_that_does_not_say_what_it_compiles_to_is_an_error(install: Install) -> None:
    install("shouting", SHOUT.replace('compiles_to = ".txt"', ""), {"shout": "Shout"})
    message = "the engine `shout` of the package `shouting` does not declare what it compiles to"
    assert fault("shout", start_compiler).message == message


@pytest.mark.parametrize("suffix", ["'css'", "'.'", "''", "'.CSS'", "'.min.css'", "'./css'", "None or 3"])
def test_a_compiler_has_to_name_a_suffix(install: Install, suffix: str) -> None:
    install("shouting", SHOUT.replace('".txt"', suffix), {"shout": "Shout"})
    assert "and no suffix" in fault("shout", start_compiler).notes[0]


def test_closing_an_engine_that_cannot_be_closed_raises_nothing(install: Install, tmp_path: Path) -> None:
    install("shouting", SHOUT + "        raise OSError\n", {"shout": "Shout"})
    start_engine("shout", OPTIONS).close()


def test_a_package_without_metadata_is_named_by_its_module(install: Install, tmp_path: Path) -> None:
    install("shouting", "", {"shout": "Shout"})
    (tmp_path / "site-shouting/shouting-1.0.dist-info/METADATA").unlink()
    assert fault("shout").message == "the engine `shout` of the package `shouting` cannot be loaded"


@pytest.mark.parametrize("content", [b"[buildassets.engines]\nshout\n", b"[buildassets.engines]\nshout = \xff\n"])
def test_entry_points_that_cannot_be_read_are_reported(install: Install, tmp_path: Path, content: bytes) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    (tmp_path / "site-shouting/shouting-1.0.dist-info/entry_points.txt").write_bytes(content)
    assert fault("shout").message == "the entry points of the packages that are installed cannot be read"
