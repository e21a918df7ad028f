"""The source maps of commands: found, resolved, composed with those of minifiers."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.transform.command_map import MappedText, map_of_command
from buildassets.foundation.media import Syntax
from tests.building import only, printed
from tests.command import built
from tests.conftest import write_tree

MAP: dict[str, Any] = {"version": 3, "sources": ["a.less"], "mappings": "AACA", "names": []}
# Drops the first line, and gives the map of that: inline, or beside its file.
COMPILER = """
import base64, json, pathlib, sys
way, source, out = sys.argv[1:]
text = pathlib.Path(source).read_text().split("\\n", 1)[1]
found = json.dumps({"version": 3, "sources": [source], "names": [], "mappings": "AACA;" + "AACA;" * text.count("\\n")})
if way == "inline":
    url = "data:application/json;base64," + base64.b64encode(found.encode()).decode()
else:
    pathlib.Path(out + ".map").write_text(found)
    url = pathlib.Path(out).name + ".map"
comment = f"/*# sourceMappingURL={url} */\\n" if way != "alone" else ""
pathlib.Path(out).write_text(text + comment)
"""


def settings(way: str) -> str:
    command = f'run = ["python", "compile.py", "{way}", "{{path}}", "{{out}}"]'
    return f'source_maps = true\n[commands.x]\nfrom = "less"\nto = "css"\n{command}\n'


def inline(document: Any) -> str:
    return f"data:application/json;base64,{base64.b64encode(json.dumps(document).encode()).decode()}"


@pytest.mark.parametrize("way", ["inline", "beside", "alone"])
def test_a_map_leads_to_the_source(tmp_path: Path, way: str) -> None:
    files = {"compile.py": COMPILER, "assets/a.less": "// a comment\na { b: c }\n"}
    result = built(tmp_path, files, settings(way))
    assert result.manifest is not None, printed(result)
    assert not result.diagnostics
    entry = result.manifest.assets["a.css"]
    assert entry.map == "a.css.map"
    document = json.loads((tmp_path / "build/assets" / result.manifest.assets[entry.map].file).read_text())
    assert document["sources"] == ["a.less"]
    assert document["sourcesContent"] == ["// a comment\na { b: c }\n"]
    text = (tmp_path / "build/assets" / entry.file).read_text()
    assert text.count("sourceMappingURL") == 1


@pytest.mark.parametrize("way", ["inline", "beside"])
def test_a_fault_has_its_place_in_the_source(tmp_path: Path, way: str) -> None:
    files = {"compile.py": COMPILER, "assets/a.less": '// url("none.svg")\na { b: url("none.svg") }\n'}
    where = only(built(tmp_path, files, settings(way).replace("true", "false"))).location
    assert where is not None
    assert (where.file, where.line) == ("assets/a.less", 2)


@pytest.mark.parametrize(
    ("comment", "beside"),
    [
        ("/*# sourceMappingURL=a.css.map */", None),
        ("/*# sourceMappingURL=data:application/json;base64,!!! */", None),
        (f"/*# sourceMappingURL={inline([])} */", None),
        (f"/*# sourceMappingURL={inline({'sources': [1], 'mappings': ''})} */", None),
        ("", b"\xff"),
        ("", b'{"sources": "a"}'),
    ],
)
def test_file_that_is_not_a_map_is_left_alone(comment: str, beside: bytes | None) -> None:
    text = f"a{{b:c}}\n{comment}"
    assert map_of_command(text, Syntax.CSS, beside, ["/nowhere-at-all"]) == MappedText(text)


def test_sources_are_looked_for_in_each_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/b.less": "", "two/a.less": "", "two/c d.less": ""})
    document = {**MAP, "sources": ["a.less", "b.less", "c%20d.less", "none.less", None]}
    folders = [str(tmp_path / "one"), str(tmp_path / "two")]
    found = map_of_command("a{}", Syntax.CSS, json.dumps(document).encode(), folders)
    paths = [str(tmp_path / name) for name in ("two/a.less", "one/b.less", "two/c d.less")]
    assert found.files == tuple(paths)
    assert json.loads(found.map_json or "")["sources"] == [*paths, "none.less", ""]
