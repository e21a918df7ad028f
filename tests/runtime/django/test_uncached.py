"""Django reads a template again where a watch runs, and not otherwise."""

from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.django.site import in_django
from tests.runtime.pages import write_release

_EDIT = """
print(get())
(folder / "templates/page.html").write_text("new")
print(get())
"""


@pytest.mark.parametrize(
    ("livereload", "debug", "seen"),
    [("livereload.json", True, "new"), ("livereload.json", False, "old"), (None, True, "old")],
)
def test_edited_template_is_read_again_where_a_watch_has_built(
    tmp_path: Path, livereload: str | None, debug: bool, seen: str
) -> None:
    write_release(tmp_path, livereload=livereload)
    write_tree(tmp_path, {"templates/page.html": "old"})
    assert in_django(tmp_path, _EDIT, DEBUG=debug) == f"old\n{seen}\n"


def test_edited_template_is_read_again_next_to_a_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_WATCH", "1")
    write_release(tmp_path)
    write_tree(tmp_path, {"templates/page.html": "old"})
    assert in_django(tmp_path, _EDIT, DEBUG=True) == "old\nnew\n"


def test_a_watch_that_has_built_nothing_yet_is_found_later(tmp_path: Path) -> None:
    write_tree(tmp_path, {"templates/page.html": "old"})
    write_release(tmp_path / "next", livereload="livereload.json")
    found = "print(get())\n(folder / 'next/manifest.json').rename(folder / 'manifest.json')\n"
    assert in_django(tmp_path, found + _EDIT, DEBUG=True) == "old\nold\nnew\n"
