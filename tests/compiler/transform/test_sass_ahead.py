"""What Sass begins with before the draft asks for it."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.sources.discover import discover
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.engine_set import started_engines
from buildassets.compiler.transform.sass_ahead import sass_input
from tests.building import load_config
from tests.conftest import write_tree


class Recorder:
    """An engine that keeps what it was given."""

    name = version = "recorder"
    programs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.given: list[EngineInput] = []

    def run(self, given: EngineInput) -> Compiled:
        self.given.append(given)
        return Compiled("")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("directives", ["true", "false"])
@pytest.mark.parametrize("header", ["", "//= require b\n", "\ufeff", '@import "parts/*";\n', "/* * */"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_input_is_the_one_that_the_draft_asks_for(tmp_path: Path, header: str, directives: str, encoding: str) -> None:
    write_tree(tmp_path, {"assets/a.scss": (header + "a { b: c }").encode(encoding), "assets/parts/_c.scss": "c {}"})
    write_tree(tmp_path, {"buildassets.toml": f"directives = {directives}\n"})
    config = load_config(start=str(tmp_path))
    (source,) = (one for one in discover(config).sources if one.relative == "a.scss")
    recorder = Recorder()
    with ExitStack() as stack:
        engines = replace(started_engines(config, "production", stack), scss=recorder)
        drafted(source, engines, directives=config.directives)
    assert recorder.given == [sass_input(source.path, source.shown, config)]
