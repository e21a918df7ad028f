"""The edits of an application, by its framework."""

from pathlib import Path

from tests.command import run
from tests.conftest import read_tree, write_tree


def test_the_lines_are_named_for_a_framework_without_a_function_for_urls(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {"app.py": "import jinja2\n\nenv = jinja2.Environment()\n", "a.css": ""}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert "error[init/not-asked]: jinja has no function for URLs of static files" in done.stderr
    assert "`env.add_extension('buildassets.runtime.jinja.AssetsExtension')` and " in done.stderr
    assert "docs/" not in done.stderr
    assert read_tree(tmp_path) == before


def test_a_tool_that_renders_no_page_gets_no_first_sheet(tmp_path: Path) -> None:
    files = {"tool.py": "import jinja2\n\nenv = jinja2.Environment()\n", "tool/main.cpp.j2": "{{ name }}"}
    before = read_tree(write_tree(tmp_path, files))
    done = run(tmp_path, "init", "--yes")
    assert (done.returncode, read_tree(tmp_path)) == (1, before)
    assert "error[init/not-asked]: jinja has no function for URLs of static files" in done.stderr
