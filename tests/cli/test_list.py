"""`buildassets list`: the assets of a release, their sizes, and who names them."""

import gzip
import json
from pathlib import Path
from typing import Any

import brotli
import pytest

from tests.cli.test_terminal import on_terminal, seen
from tests.command import release_site, run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": '[importmap]\n"lib" = "js/lib.js"\n',
    "assets/css/app.css": "a { background: url(../img/a.svg) }\n" + "b { color: red }\n" * 200,
    "assets/css/print.css": "a { color: red }\n",
    "assets/img/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "assets/js/lib.js": "export const a = 1\n",
    "assets/left.txt": "x" * 500,
    "templates/base.html": '\n{{ stylesheet("css/app.css") }}\n{{ asset("img/a.svg") }}',
    "templates/page.html": '{{ stylesheet("css/app.css") }}',
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release."""
    return release_site(tmp_path, SITE)


def rows(folder: Path, *arguments: str) -> list[list[str]]:
    """The cells of the table, without the titles."""
    done = run(folder, "list", *arguments)
    assert done.returncode == 0, done.stderr
    return [line.split("  ") for line in done.stdout.splitlines()[1:]]


def names(folder: Path, *arguments: str) -> list[str]:
    return [row[0] for row in rows(folder, *arguments)][:-1]


def document(folder: Path, *arguments: str) -> Any:
    return json.loads(run(folder, "list", "--json", *arguments).stdout)


def test_each_asset_is_a_row_and_all_together_the_last(site: Path) -> None:
    assert names(site) == ["css/app.css", "css/print.css", "img/a.svg", "js/lib.js", "left.txt"]
    assert rows(site)[-1][0] == "5 assets"


def test_table_begins_with_titles(site: Path) -> None:
    head = run(site, "list").stdout.splitlines()[0]
    assert head.split() == ["asset", "size", "gzip", "brotli", "named", "by"]


def test_sizes_are_those_of_the_files(site: Path) -> None:
    (asset,) = document(site, "css/app.css")["assets"]
    content = (site / "build/assets" / asset["file"]).read_bytes()
    assert asset["size"] == len(content)
    for coding, suffix, decoded in (("gzip", "gz", gzip.decompress), ("br", "br", brotli.decompress)):
        copy = (site / "build/assets" / f"{asset['file']}.{suffix}").read_bytes()
        assert (asset[coding], decoded(copy)) == (len(copy), content)


def test_templates_and_assets_that_name_it_are_listed(site: Path) -> None:
    assets = {one["path"]: one for one in document(site)["assets"]}
    assert assets["css/app.css"]["named_in"] == ["templates/base.html:2", "templates/page.html:1"]
    assert assets["img/a.svg"]["referrers"] == ["css/app.css"]
    assert assets["js/lib.js"]["named_in"] == ["import map"]
    assert (assets["left.txt"]["named_in"], assets["left.txt"]["referrers"]) == ([], [])


def test_table_names_the_referrers(site: Path) -> None:
    by_name = {row[0]: row[-1] for row in rows(site)}
    assert by_name["css/app.css"] == "templates/base.html:2, templates/page.html:1"
    assert by_name["img/a.svg"] == "templates/base.html:3, css/app.css"
    assert by_name["left.txt"] == "-"


@pytest.mark.parametrize(
    ("options", "first"),
    [
        (("--sort", "size"), "css/app.css"),
        (("--sort", "name", "--reverse"), "left.txt"),
        (("--sort", "named"), "css/app.css"),
        (("--sort", "kind"), "img/a.svg"),
    ],
)
def test_table_can_be_sorted(site: Path, options: tuple[str, ...], first: str) -> None:
    assert names(site, *options)[0] == first


@pytest.mark.parametrize(("sort", "key"), [("size", "size"), ("gzip", "gzip"), ("brotli", "br")])
def test_sizes_are_sorted_from_the_largest(site: Path, sort: str, key: str) -> None:
    sizes = [one[key] or one["size"] for one in document(site, "--sort", sort)["assets"]]
    assert sizes == sorted(sizes, reverse=True)
    turned = [one[key] or one["size"] for one in document(site, "--sort", sort, "--reverse")["assets"]]
    assert turned == sizes[::-1]


def test_globs_choose(site: Path) -> None:
    assert names(site, "css/*") == ["css/app.css", "css/print.css"]
    assert names(site, "*.svg", "js/lib.js") == ["img/a.svg", "js/lib.js"]
    assert names(site, "css/") == ["css/app.css", "css/print.css"]


def test_glob_without_a_match_is_not_an_error(site: Path) -> None:
    done = run(site, "list", "*.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no asset matches\n")
    assert document(site, "*.png")["assets"] == []


def test_an_unknown_name_is_an_error_with_the_nearest(site: Path) -> None:
    done = run(site, "list", "css/ap.css")
    assert done.returncode == 1
    assert "error[asset/unknown]: the release has no asset `css/ap.css`" in done.stderr
    assert "hint: did you mean `css/app.css`?" in done.stderr


def test_bytes_are_counted_where_that_is_wanted(site: Path) -> None:
    assert rows(site, "left.txt", "--bytes")[0][1].strip() == "500"


def test_the_total_is_that_of_what_is_listed(site: Path) -> None:
    found = document(site, "css/*")
    assert found["total"]["assets"] == 2
    assert found["total"]["size"] == sum(one["size"] for one in found["assets"])


def test_missing_release_hints_at_a_build(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "list")
    assert done.returncode == 1
    assert "error[manifest/unreadable]" in done.stderr
    assert "hint: run `buildassets build` first" in done.stderr


def test_another_release_directory_can_be_named(site: Path) -> None:
    (site / "build").rename(site / "other")
    assert names(site, "-o", "other", "*.txt") == ["left.txt"]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_on_a_terminal_the_table_has_its_width(site: Path, columns: int) -> None:
    lines = seen(on_terminal(site, "list", columns=columns))
    assert max(map(len, lines)) <= columns
    assert lines[0].startswith("asset")
    assert all(line.strip() for line in lines)
    assert any(line.endswith(":2 and 1 other") for line in lines) is (columns > 40)


def test_a_name_with_control_characters_is_escaped(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a\x1b[2J\n.txt": "x"})
    run(tmp_path, "build", "-q")
    assert r"a\x1b[2J\n.txt" in run(tmp_path, "list").stdout


def test_plain_assets_are_marked(tmp_path: Path) -> None:
    folder = release_site(
        tmp_path, {"buildassets.toml": 'plain = ["robots.txt"]\n', "assets/robots.txt": "a", "assets/a.css": ""}
    )
    titles, sheet, robots, total = run(folder, "list").stdout.splitlines()
    assert [titles.split()[1], sheet.split()[1], robots.split()[1], total.split()[2]] == ["name", "-", "plain", "1"]
    listed = json.loads(run(folder, "list", "--json").stdout)["assets"]
    assert {one["path"]: one["plain"] for one in listed} == {"a.css": False, "robots.txt": True}


def test_without_plain_assets_there_is_no_such_column(site: Path) -> None:
    assert run(site, "list").stdout.splitlines()[0].split() == ["asset", "size", "gzip", "brotli", "named", "by"]
