"""The programs of `test262-parser-tests`, right and wrong: minifying makes no wrong one right, and changes no tree.

Each also with a space or a line end after every token, which makes other programs of it and many wrong ones. acorn is
the judge.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.languages.javascript.lexer import tokens
from tests.conftest import write_tree
from tests.corpus.conftest import Opinions
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.corpus, pytest.mark.node]

FEWEST: Final = {"pass": 1000, "pass-explicit": 1000, "fail": 500, "early": 100}


def is_module(path: Path) -> bool:
    return path.name.endswith(".module.js")


def spaced(gap: str) -> Callable[[Path, str], str]:
    """Puts `gap` after every token."""

    def written(path: Path, text: str) -> str:
        return "".join(text[start:end] + gap for _, start, end in tokens(text, module=is_module(path)))

    return written


FORMS: Final = {"as-it-is": lambda _, text: text, "spaces": spaced(" "), "lines": spaced("\n")}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("folder", FEWEST)
def test_program_stays_right_or_wrong(folder: str, form: str, opinions: Opinions, tmp_path: Path) -> None:
    engine = RjsminEngine()
    before, after = {}, {}
    for path in sorted((node_modules() / "test262-parser-tests" / folder).glob("*.js")):
        text = FORMS[form](path, path.read_text("utf-8"))
        name = path.with_suffix(".mjs" if is_module(path) else ".js").name
        result = engine.run(EngineInput(text, f"/{name}", name))
        before[f"before/{name}"] = text
        after[f"after/{name}"] = "?" if result.diagnostics else result.text  # a refused one is to be wrong
    assert len(before) >= FEWEST[folder]
    write_tree(tmp_path, before | after)
    one, other = (opinions([tmp_path / name for name in names]) for names in (before, after))
    for name, was, now in zip(before, one, other, strict=True):
        assert was == now or ("error" in was and "error" in now), name
