"""A row of the registry is all that the configuration, its schema and a build need of a built-in engine."""

from contextlib import closing
from pathlib import Path

import pytest

from buildassets.cli.ending import missing_requirement
from buildassets.cli.verbs.schema import config_schema
from buildassets.compiler.config.keys import ENGINES, our_engines
from buildassets.compiler.config.values import EngineNames
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import BUILT_IN, BuiltIn, start_engine
from buildassets.errors import BuildAssetsError, BuildError
from tests.building import build, load_config
from tests.conftest import write_tree

ROW = BuiltIn(
    start={"css": "buildassets.compiler.engines.sheets:sheet_engine"}, requires="rowed", reports_unclosed=True
)

TEXTS = {
    "scss": "// a comment that goes\na { b: c }\n",
    "css": "a { b: c }\n",
    "js": "let a = 1;\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg">\n  <path d="M0 0"/>\n</svg>\n',
    "html": "<!DOCTYPE html>\n<title>a</title>\n<!-- b -->\n<p>c</p>\n",
    "json": '{ "a": 1 }\n',
}


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of one more engine, whose row is there during the test."""
    monkeypatch.setitem(BUILT_IN, "rowed", ROW)
    return "rowed"


def test_an_engine_with_a_row_minifies(row: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": f'engines.css = "{row}"', "assets/a.css": "a { b: c }\n"})
    manifest = build(load_config(start=str(tmp_path))).manifest
    assert manifest is not None
    assert (tmp_path / "build/assets" / manifest.assets["a.css"].file).read_text() == "a{b:c}"


def test_an_engine_with_a_row_is_offered_for_its_key_only(row: str, tmp_path: Path) -> None:
    for key, hint in (("css", f"did you mean `{row}`?"), ("js", "use one of `rjsmin`, `esbuild`, `none`, or install")):
        write_tree(tmp_path, {"buildassets.toml": f'engines.{key} = "rowedd"', "assets/a.css": ""})
        with pytest.raises(BuildAssetsError) as caught:
            load_config(start=str(tmp_path))
        assert (caught.value.diagnostics[0].hint or "").startswith(hint)
    engines = config_schema()["properties"]["engines"]
    assert row in str(engines["properties"]["css"])
    assert row not in str(engines["properties"]["js"])
    assert row in engines["additionalProperties"]["not"]["enum"]


def test_requirement_of_an_engine_with_a_row_is_known(row: str) -> None:
    assert missing_requirement(ModuleNotFoundError(name=row)) is not None


@pytest.mark.parametrize("key", ENGINES)
def test_the_default_is_one_of_those_that_a_key_may_have(key: str) -> None:
    assert ENGINES[key] in our_engines(key)
    assert key == "scss" or ENGINES[key] == getattr(EngineNames(), key)


def test_every_key_of_a_row_is_one_of_the_configuration() -> None:
    assert {key for one in BUILT_IN.values() for key in one.start} == set(ENGINES)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, one in BUILT_IN.items() for key in one.start])
def test_every_engine_works_for_each_of_its_keys_where_it_is_installed(name: str, key: str, tmp_path: Path) -> None:
    try:
        with closing(start_engine(name, EngineOptions(str(tmp_path), str), key)) as engine:
            made = engine.run(EngineInput(TEXTS[key], str(tmp_path / f"a.{key}"), f"a.{key}"))
    except BuildError as failure:
        made = Compiled("", diagnostics=tuple(failure.diagnostics))
    assert [one.code for one in made.diagnostics] in ([], [f"{key}/unavailable"])
    assert len(made.text) < len(TEXTS[key])
