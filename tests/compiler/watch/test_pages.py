"""Which templates open pages are made of."""

from pathlib import Path

import pytest

from buildassets.compiler.watch.pages import page_templates
from tests.building import load_config
from tests.conftest import Tree, write_tree

PROJECT: Tree = {
    "buildassets.toml": "",
    "assets/a.css": "",
    "build/assets/a.html": "",
    "pages/page.html": "",
    "pages/mails/mail.txt": "",
    "pages/list.jinja2": "",
    "pages/.hidden.html": "",
    "db.sqlite3": "",
    "server.log": "",
    "log": "",
    "node_modules/x/index.html": "",
    "venv/pyvenv.cfg": "",
    "venv/lib/page.html": "",
}


def named(folder: Path, *further: str) -> list[str]:
    """The templates of pages, where the command line names the folders `further`."""
    found = page_templates(load_config(start=str(folder), templates=[str(folder / one) for one in further]))
    return sorted(str(Path(path).relative_to(folder)) for path in found.digests)


def test_there_are_none_where_none_are_named(tmp_path: Path) -> None:
    assert named(write_tree(tmp_path, PROJECT)) == []


def test_usual_folders_count_where_none_are_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {**PROJECT, "site/templates/a.html": "", "site/templates/b/c.html": "", "site/x.html": ""})
    assert named(tmp_path) == ["site/templates/a.html", "site/templates/b/c.html"]


@pytest.mark.parametrize("further", ["pages", "."])
def test_files_of_a_server_and_of_a_build_are_not_templates(tmp_path: Path, further: str) -> None:
    assert named(write_tree(tmp_path, PROJECT), further) == [
        "pages/list.jinja2",
        "pages/mails/mail.txt",
        "pages/page.html",
    ]


def test_those_of_the_command_line_are_added_to_the_configured_ones(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {**PROJECT, "buildassets.toml": "templates.dirs = ['mine']", "mine/own": "", "mine/a.html": ""}
    )
    assert named(tmp_path, "pages/mails") == ["mine/a.html", "mine/own", "pages/mails/mail.txt"]


def test_folders_in_which_one_may_appear_are_covered(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    found = page_templates(load_config(start=str(tmp_path), templates=[str(tmp_path)]))
    assert sorted(str(Path(path).relative_to(tmp_path)) for path in found.folders) == [".", "pages", "pages/mails"]


def test_edit_of_a_style_in_a_template_is_not_one_of_the_page(tmp_path: Path) -> None:
    text = "<p>{% style %}p { top: 0 }{% endstyle %}"
    write_tree(tmp_path, {"buildassets.toml": "components = true\n", "assets/a.css": "", "templates/a.html": text})
    digests = [page_templates(load_config(start=str(tmp_path))).digests]
    for edited in (text.replace("0", "1"), text.replace("<p>", "<b>")):
        write_tree(tmp_path, {"templates/a.html": edited})
        digests.append(page_templates(load_config(start=str(tmp_path))).digests)
    assert digests[0] == digests[1] != digests[2]
