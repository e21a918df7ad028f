"""A script in which only references matter gets the draft that it would get without the library of lexers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.compiler.languages.native.library import FileRead
from buildassets.compiler.model import Source
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.engine_set import EngineSet, started_engines
from buildassets.compiler.transform.plain_script import plain_script
from buildassets.compiler.transform.read_ahead import read_ahead
from buildassets.foundation.paths import LogicalPath
from tests.building import load_config
from tests.conftest import need_library, write_tree

_WORDS = """
import export from 'a' "./b.js" import("./c.js") new URL("d.png",import.meta.url) import.meta.env.A ASSET_URL("e") ; a
//=require ///= x /*=require*/ *= //# sourceMappingURL=a.map // /* */ * = ( ) { } ` ${ new Worker("w.js") importScripts
<!-- #! é /r/ / <a/> = <>
"""
PIECES = [*_WORDS.split(), " ", "\n", "\ufeff", "\x85", "\xa0", "\ud800", "\0", "\f"]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineSet]:
    need_library()
    folder = tmp_path_factory.mktemp("project")
    write_tree(folder, {"assets/a.js": "", "buildassets.toml": "minify = false\n"})
    with ExitStack() as stack:
        yield started_engines(load_config(str(folder / "buildassets.toml")), "production", stack)


def read(folder: Path, content: bytes, name: str = "a.js") -> tuple[Source, FileRead]:
    write_tree(folder, {name: content, "z.js": ""})
    paths = [Source(LogicalPath(one), str(folder / one), one, 0, one) for one in (name, "z.js")]
    source, file = next(iter(read_ahead(paths, lambda _: True)))
    assert file
    return source, file


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(" \n")), max_size=12).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_drafts_are_the_same_whether_or_not_the_script_was_read_ahead(
    tmp_path: Path, engines: EngineSet, text: str
) -> None:
    source, file = read(tmp_path, text.encode("utf-8", "surrogatepass"))
    assert drafted(source, engines, ahead=file) == drafted(source, engines)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a()",
        "// A\n/* B **/ import './b.js'",
        "new Worker('w.js')",
        "/**/ export {}",
        "a()\n//# sourceMappingURL=a.map",
    ],
)
def test_plain_scripts_get_their_drafts_at_once(tmp_path: Path, engines: EngineSet, text: str) -> None:
    source, file = read(tmp_path, text.encode())
    assert plain_script(source, file, engines) == drafted(source, engines)


@pytest.mark.parametrize(
    "content",
    [
        b"//= require b\n",
        b"/*\n *= require b */",
        b"ASSET_URL('a')",
        b"import.meta.env.A",
        b"f(",
        b"\xef\xbb\xbfa()",
        b"\xff",
        b"/\0/\0",
        b"\x0c//= require b",
    ],
)
def test_other_scripts_do_not(tmp_path: Path, engines: EngineSet, content: bytes) -> None:
    assert plain_script(*read(tmp_path, content), engines) is None


def test_modules_by_their_name_do_not(tmp_path: Path, engines: EngineSet) -> None:
    assert plain_script(*read(tmp_path, b"a()", "a.mjs"), engines) is None
