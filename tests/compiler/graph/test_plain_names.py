"""Files of `plain` keep their own names: what a build makes of them, and what others do with them."""

from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.manifest.model import loads
from tests.building import build, check, codes, load_config, only, released
from tests.command import built, release_site, run
from tests.compiler.incremental.project import Project
from tests.conftest import Tree, read_tree, write_tree

PAGE = '<!doctype html><link rel="stylesheet" href="css/app.css"><a href="about/index.html">about</a>\n'
SETTINGS = 'plain = ["index.html", "about/*.html", "robots.txt", "favicon.ico"]\n'
FILES: Tree = {
    "assets/index.html": PAGE,
    "assets/about/index.html": '<!doctype html><a href="../index.html">home</a><a href="#top">top</a>\n',
    "assets/robots.txt": "User-agent: *\n",
    "assets/favicon.ico": b"\0\0\1\0icon",
    "assets/css/app.css": "a { background: url(../favicon.ico) }\n" * 9,
    "assets/other/index.html": "<p>not named\n",
    "assets/unused.css": "",
}
SITE: Tree = {**FILES, "buildassets.toml": SETTINGS}
NAMES = {"index.html", "about/index.html", "robots.txt", "favicon.ico"}


def test_plain_files_keep_their_names_and_are_rewritten(tmp_path: Path) -> None:
    folder = release_site(tmp_path, SITE)
    manifest = loads((folder / "build/manifest.json").read_text())
    plain = {path: entry for path, entry in manifest.assets.items() if entry.plain}
    assert {path: entry.file for path, entry in plain.items()} == {name: name for name in NAMES}
    assert all(not (entry.integrity or entry.encodings) for entry in plain.values())
    sheet = manifest.assets["css/app.css"]
    assert (sheet.plain, bool(sheet.integrity), "gzip" in sheet.encodings) == (False, True, True)
    page = (folder / "build/assets/index.html").read_text()
    assert f'href="{sheet.file}"' in page.replace("href=css", 'href="css').replace(".css>", '.css">')
    assert "about/index.html" in page
    assert "url(../favicon.ico)" in (folder / "build/assets" / sheet.file).read_text()


def test_they_are_written_last_just_before_the_manifest(tmp_path: Path) -> None:
    result = built(tmp_path, FILES, SETTINGS)
    assert result.written[-5:] == (*(f"assets/{name}" for name in sorted(NAMES)), "manifest.json")


def test_they_are_not_retained_and_go_with_the_last_release_that_names_them(tmp_path: Path) -> None:
    folder = release_site(tmp_path, {**SITE, "buildassets.toml": f"{SETTINGS}[retain]\n"})
    settings = 'plain = ["index.html"]\nexclude = ["robots.txt"]\n[retain]\n'
    release_site(folder, {"buildassets.toml": settings, "assets/index.html": PAGE.upper()})
    manifest = loads((folder / "build/manifest.json").read_text())
    assert {path for release in manifest.retained for path in release.assets}.isdisjoint(NAMES)
    files = read_tree(folder / "build/assets").keys()
    assert "index.html" in files
    assert files.isdisjoint({"robots.txt", "favicon.ico", "about/index.html"})
    assert run(folder, "verify").returncode == 0


def test_a_file_whose_name_is_kept_for_another_reason_stays(tmp_path: Path) -> None:
    folder = release_site(tmp_path, SITE)
    release_site(folder, {"buildassets.toml": 'fingerprinted = ["robots.txt"]\n'})
    assert (folder / "build/assets/robots.txt").exists()


def test_a_second_build_writes_nothing_and_verify_finds_what_changed(tmp_path: Path) -> None:
    folder = release_site(tmp_path, SITE)
    assert "wrote nothing" in run(folder, "build", "--no-cache").stderr
    write_tree(folder, {"build/assets/robots.txt": "User-agent: +\n"})
    done = run(folder, "verify")
    assert (done.returncode, "assets/robots.txt" in done.stderr) == (1, True)


def test_a_pattern_without_a_wildcard_names_that_path_alone(tmp_path: Path) -> None:
    result = built(tmp_path, FILES, SETTINGS)
    assert result.manifest is not None
    assert result.manifest.assets["other/index.html"].file != "other/index.html"


def test_they_are_released_whatever_the_entries(tmp_path: Path) -> None:
    result = built(tmp_path, FILES, f'{SETTINGS}entries = ["other/index.html"]\n')
    assert result.manifest is not None
    assert result.manifest.assets.keys() == {*NAMES, "css/app.css", "other/index.html"}


def test_a_name_that_matches_nothing_is_a_warning(tmp_path: Path) -> None:
    result = built(tmp_path, FILES, 'plain = ["index.htm", "docs/*.html"]\n')
    assert (only(result).code, only(result).hint) == ("config/unmatched", "did you mean `index.html`?")


@pytest.mark.parametrize("settings", ["", "source_maps = true\n", 'source_maps = "hidden"\n'])
def test_scripts_and_bundles_may_be_plain(tmp_path: Path, settings: str) -> None:
    named = "new Worker(new URL('sw.js', import.meta.url));\n"
    files: Tree = {"assets/sw.js": "  f( 1 );\n", "assets/a.js": named, "assets/b.js": "g( 2 );\n"}
    settings = f'{settings}plain = ["sw.js", "all.js"]\n[bundles]\n"all.js" = ["b.js", "sw.js"]\n'
    result = built(tmp_path, files, settings)
    assert codes(result) == []
    assert result.manifest is not None
    assert [result.manifest.assets[name].file for name in ("sw.js", "all.js")] == ["sw.js", "all.js"]
    assert released(tmp_path, result, "sw.js").startswith("f(1)")
    assert '"sw.js"' in released(tmp_path, result, "a.js").replace("'", '"')


def test_a_worker_that_keeps_its_name_may_be_named_by_a_string(tmp_path: Path) -> None:
    files: Tree = {"assets/sw.js": "f();\n", "assets/a.js": "new Worker('sw.js');\n"}
    assert codes(built(tmp_path / "a", files)) == ["reference/worker"]
    assert codes(built(tmp_path / "b", files, 'plain = ["sw.js"]\n')) == []


def test_a_file_with_a_hash_may_name_a_plain_one(tmp_path: Path) -> None:
    files: Tree = {"assets/a-0123abcd.css": "a { background: url(a.png) }\n", "assets/a.png": "pixels"}
    settings = 'fingerprinted = ["a-*.css"]\n'
    assert codes(built(tmp_path / "a", files, settings)) == ["fingerprinted/reference"]
    assert codes(built(tmp_path / "b", files, f'{settings}plain = ["a.png"]\n')) == []


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("settings", ["", "[retain]\n"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("release.json", 'plain = ["release.json"]\n'),
        ("release.json", 'plain = ["*.json"]\n'),
        ("release.json", 'fingerprinted = ["release.json"]\n'),
        ("livereload.json", 'plain = ["livereload.json"]\n'),
        ("offline.json", 'plain = ["offline.json"]\nprecache = "offline.json"\n'),
    ],
)
def test_a_name_that_releases_use_is_an_error_whatever_the_mode(
    tmp_path: Path, mode: Mode, settings: str, name: str, keys: str
) -> None:
    result = built(tmp_path, {f"assets/{name}": "{}", "assets/a.css": ""}, keys + settings, mode)
    (fault,) = (one for one in result.diagnostics if one.is_error)
    assert (fault.code, fault.message) == (
        "companion/name",
        f"`{name}` has the name of a file that releases have for themselves",
    )
    assert fault.location is not None
    assert fault.location.line == 1
    assert [one.code for one in check(load_config(start=str(tmp_path)), mode=mode).diagnostics if one.is_error] == [
        "companion/name"
    ]


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("name", ["manifest.json", "staticfiles.json", "precache.json", "assets/manifest.json"])
def test_a_name_that_this_release_has_not_is_free(tmp_path: Path, mode: Mode, name: str) -> None:
    files: Tree = {f"assets/{name}": '{"a":1}', "assets/a.css": ""}
    result = built(tmp_path, files, f'plain = ["{name}"]\n[retain]\n', mode)
    assert (codes(result), released(tmp_path, result, name)) == ([], '{"a":1}')
    assert loads((tmp_path / "build/manifest.json").read_text()).assets[name].plain
    assert run(tmp_path, "verify").returncode == 0


@pytest.mark.parametrize("name", ["release.json", "livereload.json"])
def test_such_an_asset_with_a_fingerprint_is_harmless(tmp_path: Path, name: str) -> None:
    assert built(tmp_path, {f"assets/{name}": "{}"}, "[retain]\n").succeeded


def test_an_edited_site_is_built_as_a_clean_build_would(tmp_path: Path) -> None:
    project = Project(write_tree(tmp_path, SITE))
    for edit in (
        {"assets/css/app.css": "a { color: red }\n"},
        {"assets/robots.txt": None},
        {"assets/index.html": "<p>"},
    ):
        project.edit(edit)
        project.assert_as_a_clean_build()


def test_workers_make_the_same_release(tmp_path: Path) -> None:
    scripts = {f"assets/{number}.js": f"f({number});  // {number}\n" for number in range(40)}
    alone, several = (
        read_tree(release_site(tmp_path / jobs, {**SITE, **scripts}, "--jobs", jobs) / "build") for jobs in ("1", "2")
    )
    assert alone == several


def test_development_has_the_same_names(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    result = build(load_config(start=str(tmp_path)), mode="development")
    assert result.manifest is not None
    assert {entry.file for entry in result.manifest.assets.values() if entry.plain} == NAMES


def test_they_are_published_after_the_others_and_removed_with_the_release_that_names_them(tmp_path: Path) -> None:
    folder = release_site(tmp_path / "site", SITE)
    target = tmp_path / "public"
    assert run(folder, "publish", target.as_uri()).returncode == 0
    assert read_tree(target) == read_tree(folder / "build")
    release_site(folder, {"buildassets.toml": 'plain = ["index.html"]\nexclude = ["robots.txt"]\n'})
    assert run(folder, "publish", target.as_uri()).returncode == 0
    assert not (target / "assets/robots.txt").exists()
    assert (target / "assets/index.html").read_bytes() == (folder / "build/assets/index.html").read_bytes()
