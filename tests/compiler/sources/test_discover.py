"""Discovery in real folders, with all that a file system allows."""

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.config.values import Config, Prefer, SourceRoot
from buildassets.compiler.model import Source
from buildassets.compiler.sources.discover import Discovery, Sources, discover
from buildassets.foundation.paths import LogicalPath
from buildassets.foundation.permission import BUILDING
from tests.building import codes
from tests.conftest import Tree, write_tree


def _config(folder: Path, *roots: SourceRoot, output: str = "build", exclude: tuple[str, ...] = ()) -> Config:
    sources = roots or (_root(folder, "assets"),)
    return Config(
        permission=BUILDING, folder=str(folder), sources=sources, output=str(folder / output), exclude=exclude
    )


def _root(
    folder: Path, name: str, prefix: str = "", include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> SourceRoot:
    return SourceRoot(os.path.normpath(folder / name), name, prefix, include, exclude)


def _names(discovery: Discovery) -> list[str]:
    return [source.logical for source in discovery.sources]


def test_source_has_all_its_names(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/app.scss": ""})
    (source,) = discover(_config(tmp_path, _root(tmp_path, "assets", "vendor/x"))).sources
    assert source.logical == "vendor/x/css/app.css"
    assert source.path == str(tmp_path / "assets/css/app.scss")
    assert source.shown == "assets/css/app.scss"
    assert source.relative == "css/app.scss"
    assert source.root == 0


def test_sources_are_sorted_by_logical_path(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"assets/{name}": "" for name in ("b/a.js", "a.js", "b.js", "a/z.scss", "C.js")})
    assert _names(discover(_config(tmp_path))) == ["C.js", "a.js", "a/z.css", "b.js", "b/a.js"]


def test_third_party_packages_are_used_as_built(tmp_path: Path) -> None:
    tree = {f"vendor/{name}": "" for name in ("a.scss", "a.css", "b.scss", "_c.scss", "d.jst", "e.js")}
    write_tree(tmp_path, tree)
    (tmp_path / "vendor/gone.css").symlink_to("nowhere")
    discovery = discover(_config(tmp_path, replace(_root(tmp_path, "vendor"), vendored=True)))
    assert _names(discovery) == ["a.css", "e.js"]
    assert codes(discovery) == []


def test_sass_partials_make_no_asset(tmp_path: Path) -> None:
    tree = {f"assets/{name}": "" for name in ("_a.scss", "x/_b.sass", "x/c.sass", "_d/e.scss", "_f.css", "G.SCSS")}
    write_tree(tmp_path, tree)
    assert _names(discover(_config(tmp_path))) == ["G.css", "_d/e.css", "_f.css", "x/c.css"]


@pytest.mark.parametrize(
    "name", [".hidden", ".git/config", "a/.DS_Store", "Thumbs.db", "desktop.ini", "a.css~", "#a.css#", "a.css.swp"]
)
def test_leavings_of_editors_and_systems_are_excluded(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {f"assets/{name}": "", "assets/kept.css": ""})
    assert _names(discover(_config(tmp_path))) == ["kept.css"]


@pytest.mark.parametrize("name", [".well-known/security.txt", "a/.well-known/b/c.json"])
def test_well_known_folders_are_not_hidden_files(tmp_path: Path, name: str) -> None:
    hidden = ("assets/.well-known/.git/config", "assets/.well-known2/a.txt", "assets/.well/a.txt", "assets/..b")
    write_tree(tmp_path, {f"assets/{name}": "", **dict.fromkeys(hidden, "")})
    assert _names(discover(_config(tmp_path))) == [name]


@pytest.mark.parametrize("name", ["buildassets.toml", "pyproject.toml", "buildassets.lock", "other.toml"])
def test_the_files_of_the_project_itself_make_no_asset(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {name: "", f"sub/{name}": "", "kept.css": ""})
    (tmp_path / "link.txt").symlink_to(name)
    config = replace(_config(tmp_path, _root(tmp_path, ".")), file=str(tmp_path / "other.toml"))
    assert _names(discover(config)) == ["kept.css", f"sub/{name}"]


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("*.map", ["css/a.css", "css/b.css", "js/a.js"]),
        ("css", ["js/a.js", "js/a.js.map"]),
        ("css/", ["js/a.js", "js/a.js.map"]),
        ("js/**", ["css/a.css", "css/b.css"]),
        ("css/b.css", ["css/a.css", "js/a.js", "js/a.js.map"]),
        ("css/b.scss", ["css/a.css", "js/a.js", "js/a.js.map"]),
        ("*.css", ["js/a.js", "js/a.js.map"]),
    ],
)
def test_excluded_paths_make_no_asset(tmp_path: Path, pattern: str, kept: list[str]) -> None:
    write_tree(tmp_path, {f"assets/{name}": "" for name in ("css/a.css", "css/b.scss", "js/a.js", "js/a.js.map")})
    assert _names(discover(_config(tmp_path, exclude=(pattern,)))) == kept


def test_exclude_of_the_configuration_sees_the_prefix(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "lib/a.css": ""})
    config = _config(tmp_path, _root(tmp_path, "assets"), _root(tmp_path, "lib", "vendor"), exclude=("vendor/*",))
    assert _names(discover(config)) == ["a.css"]


def test_include_and_exclude_of_a_root_are_below_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"lib/{name}": "" for name in ("css/a.css", "css/a.min.css", "css/x/b.css", "js/a.js")})
    root = _root(tmp_path, "lib", "vendor/lib", include=("css/*.css", "js/"), exclude=("*.min.css",))
    assert _names(discover(_config(tmp_path, root))) == ["vendor/lib/css/a.css", "vendor/lib/js/a.js"]


def test_hidden_files_with_another_content_are_reported_once_for_each_pair_of_roots(tmp_path: Path) -> None:
    same: Tree = {f"{root}/same.css": "same" for root in ("a", "b", "c")}
    tree: Tree = {f"{root}/{name}.css": root for root in ("a", "b", "c") for name in ("x", "y")}
    write_tree(tmp_path, {**same, **tree})
    roots = [_root(tmp_path, "a"), _root(tmp_path, "b"), replace(_root(tmp_path, "c"), vendored=True)]
    found = discover(_config(tmp_path, *roots))
    assert [(one.code, one.location and one.location.file, one.message) for one in found.diagnostics] == [
        (
            "source/hidden",
            "b/x.css",
            "`b/x.css` and 1 more of its root are not released: `a/x.css` has the same name and another content",
        )
    ]
    assert str(tmp_path / "b/x.css") in found.looked_at


def test_of_hidden_files_only_those_of_one_size_are_read_and_by_known_digests(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/x.css": "1", "b/x.css": "22", "a/y.css": "3", "b/y.css": "4"})
    config = _config(tmp_path, _root(tmp_path, "a"), _root(tmp_path, "b"))
    pair = {str(tmp_path / f"{root}/y.css") for root in ("a", "b")}
    digests = FileDigests({}, clock=lambda: time.time_ns() + 10**12)
    found = discover(config, digest_of=digests.of)
    assert digests.found().keys() == pair
    known = {path: (stamp, "known") for path, stamp, _ in digests.settled()}
    (fault,) = found.diagnostics
    (one_less,) = discover(config, digest_of=FileDigests(known).of).diagnostics
    assert ("and 1 more" in fault.message, "and 1 more" in one_less.message) == (True, False)


def test_order_of_finders_of_django_hides_without_a_warning(tmp_path: Path) -> None:
    write_tree(tmp_path, {"manage.py": "", "a/x.css": "a", "b/x.css": "b"})
    assert not discover(_config(tmp_path, _root(tmp_path, "a"), _root(tmp_path, "b"))).diagnostics


def test_first_root_wins(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/a.css": "", "two/a.scss": "", "two/b.css": ""})
    discovery = discover(_config(tmp_path, _root(tmp_path, "one"), _root(tmp_path, "two")))
    assert [(source.shown, source.root) for source in discovery.sources] == [("one/a.css", 0), ("two/b.css", 1)]
    assert discovery.diagnostics == ()


def test_roots_may_overlap(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/a.css": "", "assets/b.js": ""})
    config = _config(tmp_path, _root(tmp_path, "assets"), _root(tmp_path, "assets/css", "again"))
    assert _names(discover(config)) == ["again/a.css", "b.js", "css/a.css"]


def test_two_sources_of_one_root_for_one_asset_are_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/a.scss": "", "assets/a.sass": ""})
    discovery = discover(_config(tmp_path))
    assert codes(discovery) == ["source/duplicate"] * 2
    assert all(diagnostic.is_error for diagnostic in discovery.diagnostics)
    assert _names(discovery) == ["a.css"]


@pytest.mark.parametrize(("prefer", "file"), [("compiled", "a.css"), ("source", "a.scss")])
@pytest.mark.parametrize("npm", [False, True])
def test_a_root_prefers_what_is_compiled_or_its_source(tmp_path: Path, prefer: Prefer, file: str, npm: bool) -> None:
    write_tree(tmp_path, {"assets/p/a.css": "", "assets/p/a.scss": "", "assets/p/b.scss": ""})
    config = _config(tmp_path, replace(_root(tmp_path, "assets"), prefer=prefer, npm=npm))
    discovery = discover(config)
    found = Sources(config, {}, {source.logical: source for source in discovery.sources})
    assert [found[LogicalPath(f"p/{name}.css")].relative for name in "ab"] == [f"p/{file}", "p/b.scss"]
    assert codes(discovery) == []


def test_two_sources_that_are_both_compiled_leave_nothing_to_prefer(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/a.scss": "", "assets/a.sass": ""})
    (fault,) = discover(_config(tmp_path, replace(_root(tmp_path, "assets"), prefer="source"))).diagnostics
    assert fault.message == "`assets/a.sass` and `assets/a.scss` both make `a.css`"
    assert fault.hint == "rename one of them, or leave it out with `exclude`"


def test_the_hint_of_a_duplicate_names_what_chooses_between_them(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/a.scss": ""})
    (fault,) = discover(_config(tmp_path)).diagnostics
    assert fault.hint == (
        'choose with `prefer = "compiled"` or `prefer = "source"` in `sources`, '
        "rename one of them, or leave it out with `exclude`"
    )


def test_a_vendored_root_that_prefers_sources_has_them_compiled(tmp_path: Path) -> None:
    write_tree(tmp_path, {"vendor/a.css": "", "vendor/a.scss": "", "vendor/b.scss": "", "vendor/_c.scss": ""})
    root = replace(_root(tmp_path, "vendor"), vendored=True, prefer="source")
    assert [one.relative for one in discover(_config(tmp_path, root)).sources] == ["a.scss", "b.scss"]


def test_duplicate_names_both_files(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/a.scss": ""})
    (diagnostic,) = discover(_config(tmp_path)).diagnostics
    assert diagnostic.message == "`assets/a.css` and `assets/a.scss` both make `a.css`"
    assert diagnostic.location is not None
    assert diagnostic.location.file == "assets/a.scss"


def test_duplicate_is_reported_alike_whatever_the_order_of_reading(tmp_path: Path) -> None:
    names = ["a.css", "a.scss", "a.sass"]
    found = []
    for number, order in enumerate((names, names[::-1])):
        folder = write_tree(tmp_path / str(number), {f"assets/{name}": "" for name in order})
        discovery = discover(_config(folder))
        found.append(([s.shown for s in discovery.sources], [d.message for d in discovery.diagnostics]))
    assert found[0] == found[1]


def test_names_that_differ_in_case_only_get_one_warning(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/a.css": "", "lib/CSS/A.scss": "", "lib/b.css": ""})
    discovery = discover(_config(tmp_path, _root(tmp_path, "assets"), _root(tmp_path, "lib")))
    assert _names(discovery) == ["CSS/A.css", "b.css", "css/a.css"]
    (diagnostic,) = discovery.diagnostics
    assert diagnostic.code == "source/case"
    assert not diagnostic.is_error
    assert "`CSS/A.css`" in diagnostic.message
    assert "`css/a.css`" in diagnostic.message


@pytest.mark.parametrize("name", ["a b.css", "a\nb.css", "-rf", "ü/ß.js", "a\\b", "100%.css", "q?.js", "x" * 255])
def test_any_file_name_is_an_asset(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {f"assets/{name}": ""})
    assert _names(discover(_config(tmp_path))) == [name]


def test_file_name_that_is_not_utf8_is_an_asset(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/assets/caf\xe9.css")).write_bytes(b"")
    assert _names(discover(_config(tmp_path))) == ["a.css", "caf\udce9.css"]


@pytest.mark.parametrize("shown", [".", "./"])
def test_root_that_is_the_folder_itself_shows_bare_names(tmp_path: Path, shown: str) -> None:
    write_tree(tmp_path, {"a.css": "", "build/assets/a.0123456789ab.css": "", "build/manifest.json": ""})
    discovery = discover(_config(tmp_path, SourceRoot(str(tmp_path), shown.rstrip("/"))))
    assert [source.shown for source in discovery.sources] == ["a.css"]


def test_output_below_a_root_is_passed_over_by_any_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "assets/out/a.css": ""})
    (tmp_path / "assets/alias").symlink_to("out")
    (tmp_path / "elsewhere").symlink_to("assets/out")
    discovery = discover(_config(tmp_path, output="elsewhere"))
    assert _names(discovery) == ["a.css"]
    assert codes(discovery) == []


def test_link_to_a_file_of_the_root_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/x/a.css": ""})
    (tmp_path / "assets/b.css").symlink_to("x/a.css")
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["b.css", "x/a.css"]
    assert discovery.sources[0].path == str(tmp_path / "assets/b.css")


def test_link_to_a_folder_of_the_root_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/v1.2/a.css": ""})
    (tmp_path / "assets/latest").symlink_to("v1.2")
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["latest/a.css", "v1.2/a.css"]
    assert codes(discovery) == []


def test_root_may_be_a_link(tmp_path: Path) -> None:
    write_tree(tmp_path, {"real/a.css": "", "real/b/c.css": ""})
    (tmp_path / "assets").symlink_to("real")
    (tmp_path / "real/d.css").symlink_to(tmp_path / "real/a.css")
    assert _names(discover(_config(tmp_path))) == ["a.css", "b/c.css", "d.css"]


@pytest.mark.parametrize("target", ["secret/a.css", "secret", "assets-old/a.css"])
def test_link_that_leaves_the_root_is_skipped(tmp_path: Path, target: str) -> None:
    write_tree(tmp_path, {"assets/kept.css": "", "secret/a.css": "", "assets-old/a.css": ""})
    (tmp_path / "assets/link.css").symlink_to(tmp_path / target)
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["kept.css"]
    assert discovery.skipped == {"link.css": "a link that leaves its source root"}
    assert codes(discovery) == ["source/link-outside"]
    assert not discovery.diagnostics[0].is_error


@pytest.mark.parametrize(("name", "place"), [("link.css", "a source root"), ("_link.scss", "`load_paths`")])
def test_the_hint_for_a_link_out_of_the_root_names_where_its_folder_is_looked_for(
    tmp_path: Path, name: str, place: str
) -> None:
    write_tree(tmp_path, {"assets/kept.css": "", "secret/a": ""})
    (tmp_path / "assets" / name).symlink_to("../secret/a")
    hint = discover(_config(tmp_path)).diagnostics[0].hint or ""
    assert hint.startswith("delete the link")
    assert place in hint


@pytest.mark.parametrize("target", ["nowhere.css", "../nowhere.css", "link.css"])
def test_link_that_leads_nowhere_is_skipped(tmp_path: Path, target: str) -> None:
    write_tree(tmp_path, {"assets/kept.css": ""})
    (tmp_path / "assets/link.css").symlink_to(target)
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["kept.css"]
    assert list(discovery.skipped) == ["link.css"]
    assert codes(discovery) == ["source/link-dangling"]


def test_link_to_a_folder_above_is_skipped(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a/b/c.css": ""})
    (tmp_path / "assets/a/b/up").symlink_to("..")
    (tmp_path / "assets/a/b/top").symlink_to(tmp_path / "assets")
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["a/b/c.css"]
    assert codes(discovery) == ["source/link-loop"] * 2


def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a/one.css": "", "assets/b/two.css": ""})
    (tmp_path / "assets/a/b").symlink_to("../b")
    (tmp_path / "assets/b/a").symlink_to("../a")
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["a/b/two.css", "a/one.css", "b/a/one.css", "b/two.css"]
    assert codes(discovery) == ["source/link-loop"] * 2


def test_skipped_name_that_a_later_root_has_is_its_asset(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/x": "", "two/a.css": ""})
    (tmp_path / "one/a.css").symlink_to("nowhere")
    discovery = discover(_config(tmp_path, _root(tmp_path, "one"), _root(tmp_path, "two")))
    assert _names(discovery) == ["a.css", "x"]
    assert discovery.skipped == {}


@pytest.mark.parametrize("name", [".#a.css", "a.css~", "unwanted.css"])
def test_a_bad_link_that_is_excluded_is_not_reported(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"assets/kept.css": ""})
    (tmp_path / "assets" / name).symlink_to("user@host.1234")
    discovery = discover(_config(tmp_path, exclude=("unwanted.*",)))
    assert discovery.diagnostics == ()
    assert discovery.skipped == {}


def test_fifo_is_skipped_and_never_opened(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/kept.css": ""})
    os.mkfifo(tmp_path / "assets/pipe.css")
    (tmp_path / "assets/link.css").symlink_to("pipe.css")
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["kept.css"]
    assert list(discovery.skipped) == ["link.css", "pipe.css"]
    assert codes(discovery) == ["source/special"] * 2


_MANIFEST = '{"schema": 1, "generator": {"name": "buildassets"}, "assets": {"a.css": {"file": "a.0123456789ab.css"}}}'


def test_release_below_a_root_is_skipped(tmp_path: Path) -> None:
    release = {"manifest.json": _MANIFEST, "assets/a.0123456789ab.css": ""}
    write_tree(tmp_path, {"assets/kept.css": "", **{f"assets/old/{name}": text for name, text in release.items()}})
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["kept.css"]
    assert discovery.skipped == {"old": "a release that a build left there"}
    assert codes(discovery) == ["source/release"]


@pytest.mark.parametrize("manifest", ["{", "[]", '{"schema": 1}', '{"schema": 1, "generator": {"name": "other"}}'])
def test_folder_with_a_manifest_of_another_kind_is_taken(tmp_path: Path, manifest: str) -> None:
    write_tree(tmp_path, {"assets/app/manifest.json": manifest, "assets/app/assets/a.css": ""})
    assert _names(discover(_config(tmp_path))) == ["app/assets/a.css", "app/manifest.json"]


def test_root_that_is_a_release_is_taken(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/manifest.json": _MANIFEST, "assets/assets/a.css": ""})
    assert _names(discover(_config(tmp_path))) == ["assets/a.css", "manifest.json"]


def test_release_that_a_package_brings_is_taken(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/old/manifest.json": _MANIFEST, "assets/old/assets/a.css": ""})
    root = replace(_root(tmp_path, "assets"), vendored=True)
    assert _names(discover(_config(tmp_path, root))) == ["old/assets/a.css", "old/manifest.json"]


def test_socket_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"assets/kept.css": ""})
    monkeypatch.chdir(tmp_path / "assets")  # a socket's path may have 107 bytes only
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.css")
        discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["kept.css"]
    assert codes(discovery) == ["source/special"]


def test_root_that_vanished_is_an_error(tmp_path: Path) -> None:
    discovery = discover(_config(tmp_path))
    (diagnostic,) = discovery.diagnostics
    assert diagnostic.code == "source/unreadable"
    assert diagnostic.is_error
    assert diagnostic.message == "cannot read the folder `assets`: no such file or directory"
    assert diagnostic.hint == "build again: it was deleted or renamed while the build ran"


def test_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    _dig(tmp_path / "assets", "d" * 250, depth=17)  # longer than PATH_MAX: no user may read it by its path
    discovery = discover(_config(tmp_path))
    assert _names(discovery) == ["a.css"]
    assert codes(discovery) == ["source/unreadable"]
    assert discovery.diagnostics[0].message.startswith("cannot read the folder `assets/ddd")
    assert discovery.diagnostics[0].hint == "check its permissions, or leave it out with `exclude`"


def _dig(folder: Path, name: str, depth: int) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_empty_root_holds_nothing_but_its_folders(tmp_path: Path) -> None:
    (tmp_path / "assets/empty").mkdir(parents=True)
    looked_at = str(tmp_path / "assets"), str(tmp_path / "assets/empty")
    assert discover(_config(tmp_path)) == Discovery((), {}, (), looked_at)


def test_links_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/a.css").symlink_to("gone.css")
    assert discover(_config(tmp_path)).looked_at == (str(tmp_path / "assets"), str(tmp_path / "assets/a.css"))


def _packages(folder: Path, prefix: str = "npm", listed: tuple[str, ...] = ()) -> Sources:
    root = replace(_root(folder, "node_modules", prefix), npm=True)
    by_logical = {LogicalPath(path): Source(LogicalPath(path), path, path, 0, path) for path in listed}
    return Sources(_config(folder, root), None, by_logical)


PACKAGES = {
    "node_modules/lit/lit.js": "",
    "node_modules/lit/node_modules/old/a.scss": "",
    "node_modules/@a/b/c.js": "",
    "node_modules/@a/other/c.js": "",
    "node_modules/top.js": "",
    "node_modules/.cache/x.js": "",
    "secret.js": "",
}


def test_packages_are_not_discovered(tmp_path: Path) -> None:
    write_tree(tmp_path, {**PACKAGES, "assets/a.js": ""})
    npm = replace(_root(tmp_path, "node_modules", "npm"), npm=True)
    assert _names(discover(_config(tmp_path, _root(tmp_path, "assets"), npm))) == ["a.js"]


@pytest.mark.parametrize("prefix", ["npm", ""])
def test_a_source_in_a_package_is_found_when_it_is_asked_for(tmp_path: Path, prefix: str) -> None:
    sources = _packages(write_tree(tmp_path, PACKAGES), prefix)
    lead = f"{prefix}/" if prefix else ""
    for path in ("lit/lit.js", "lit/node_modules/old/a.css", "@a/b/c.js", "top.js"):
        assert sources[LogicalPath(lead + path)].shown == "node_modules/" + path.replace(".css", ".scss")


def test_only_packages_that_are_asked_for_are_read(tmp_path: Path) -> None:
    sources = _packages(write_tree(tmp_path, PACKAGES), listed=("a.js",))
    assert list(sources) == ["a.js"]
    assert "npm/@a/b/gone.js" not in sources
    assert sorted(sources) == ["a.js", "npm/@a/b/c.js"]
    assert len(sources) == 2


@pytest.mark.parametrize(
    "path",
    ["lit/lit.js", "npm", "npm/", "npm/lit", "npm/@a", "npm/lit/../../secret.js", "npm/../secret.js", "npm//lit.js"],
)
def test_files_outside_of_packages_are_not_sources(tmp_path: Path, path: str) -> None:
    sources = _packages(write_tree(tmp_path, PACKAGES))
    assert path not in sources
    with pytest.raises(KeyError):
        sources[LogicalPath(path)]


def test_built_in_excludes_hold_in_packages(tmp_path: Path) -> None:
    assert "npm/.cache/x.js" not in _packages(write_tree(tmp_path, PACKAGES))


def test_listed_roots_come_before_packages(tmp_path: Path) -> None:
    sources = _packages(write_tree(tmp_path, PACKAGES), listed=("npm/lit/lit.js",))
    assert sources[LogicalPath("npm/lit/lit.js")].shown == "npm/lit/lit.js"


def test_a_package_behind_a_link_is_read_inside_of_the_root_only(tmp_path: Path) -> None:
    sources = _packages(write_tree(tmp_path, {**PACKAGES, "own/x.js": ""}))
    (tmp_path / "node_modules/same").symlink_to("lit")
    (tmp_path / "node_modules/own").symlink_to("../own")
    assert "npm/same/lit.js" in sources
    assert "npm/own/x.js" not in sources
    assert sources.skipped == {"npm/own": "a link that leaves its source root"}
    assert sources.diagnostics == []


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("chunk-ABCDEFGH.digested.js", True),
        ("img/a-0123456.digested.png", True),
        ("a-0123456.digested.js.map", True),
        ("a-012345.digested.js", False),
        ("a.digested.js", False),
        ("a-0123456.js", False),
        ("a-0123456.digested.scss", False),
    ],
)
def test_a_name_with_a_marked_digest_is_kept(tmp_path: Path, name: str, is_kept: bool) -> None:
    write_tree(tmp_path, {f"assets/{name}": ""})
    (source,) = discover(_config(tmp_path)).sources
    assert source.keeps_name is is_kept


def _listing(folder: Path, files: dict[str, str], *, compiles: bool = False) -> SourceRoot:
    """A root at `a` that lists `files`: paths below it, each with the path of its content."""
    listed = tuple((name, str(folder / path)) for name, path in files.items())
    return replace(_root(folder, "a"), files=listed, compiles=compiles)


def test_root_that_lists_its_files_has_no_others(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/one.css": "", "a/two.css": "", "elsewhere": ""})
    root = _listing(tmp_path, {"one.css": "a/one.css", "in/three.css": "elsewhere"})
    assert _names(discover(_config(tmp_path, root))) == ["in/three.css", "one.css"]


@pytest.mark.parametrize(("compiles", "names"), [(True, ["a.css", "b.css"]), (False, ["a.css"])])
def test_root_that_lists_its_files_compiles_what_nobody_compiled(
    tmp_path: Path, compiles: bool, names: list[str]
) -> None:
    files = {name: f"a/{name}" for name in ("a.css", "a.scss", "b.scss", "_c.scss")}
    write_tree(tmp_path, dict.fromkeys(files.values(), ""))
    found = discover(_config(tmp_path, _listing(tmp_path, files, compiles=compiles)))
    assert _names(found) == names
    assert [one.code for one in found.diagnostics] == ["source/duplicate"] * compiles
