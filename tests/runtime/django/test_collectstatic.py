"""`collectstatic` makes the release in `STATIC_ROOT`, with the storage as the only set-up."""

import json
from pathlib import Path

import pytest

from tests.conftest import read_tree, write_tree
from tests.corpus.packages import node_modules
from tests.runtime.django.collecting import collect, collected, files, urls, write_project
from tests.runtime.django.forks import run_in_fork
from tests.runtime.django.project import manage


def test_release_is_next_to_the_plain_files(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path))
    assert released.keys() == {"style.css", "img/logo.svg"}
    tree = read_tree(tmp_path / "collected")
    assert tree.keys() == {*released, *released.values(), "buildassets.json"}
    assert released["img/logo.svg"].encode() in tree[released["style.css"]]


def test_nothing_is_left_elsewhere(tmp_path: Path) -> None:
    before = {path.name for path in write_project(tmp_path).iterdir()}
    collected(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} - before - {"__pycache__"} == {"collected"}


def test_static_gives_the_url_of_the_release(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path))
    assert urls(tmp_path, "style.css", "img/") == ([f"/static/{released['style.css']}", "/static/img/"], "")


def test_manifest_names_no_inputs(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/a.scss": "@use 'secret';", "site/_secret.scss": "a { color: red }"})
    collected(tmp_path)
    manifest = json.loads((tmp_path / "collected/buildassets.json").read_bytes())
    assert not any("inputs" in entry for entry in manifest["assets"].values())
    assert manifest["generator"].keys() == {"digest", "engines", "made_from", "name", "version"}


def test_both_ways_give_the_same_names(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path))
    write_project(tmp_path, BUILDASSETS='{"manifest": BASE_DIR / "build/manifest.json"}')
    (tmp_path / "assets/never.css").unlink()
    write_tree(tmp_path, {"settings.py": (tmp_path / "settings.py").read_text() + _WITH_APPLICATION})
    assert manage(tmp_path, "assets", "build").returncode == 0
    built = json.loads((tmp_path / "build/manifest.json").read_bytes())
    assert {path: entry["file"] for path, entry in built["assets"].items()} == released


_WITH_APPLICATION = 'INSTALLED_APPS = ["buildassets.runtime.django", *INSTALLED_APPS]\n'


def test_sources_are_compiled_and_keep_a_name(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/a.scss": "@use 'b';", "site/_b.scss": "a { b { color: red } }"})
    released = collected(tmp_path)
    assert {"a.css", "a.scss", "_b.scss"} <= released.keys()
    tree = read_tree(tmp_path / "collected")
    assert tree[released["a.css"]] == b"a b{color:red}"
    assert tree[released["a.scss"]] == b"@use 'b';"


def test_compiled_file_next_to_its_source_wins(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/a.scss": "a { color: red }", "site/a.css": "a { color: blue }"})
    done = collect(tmp_path)
    assert "warning[source/duplicate]: `site/a.scss` is not compiled: a file with the name of the asset" in done.stderr
    assert b"blue" in (tmp_path / "collected" / files(tmp_path)["a.css"]).read_bytes()


@pytest.mark.parametrize("options", [("--dry-run",), ("--no-post-process",)])
def test_no_release_is_made_where_none_is_asked_for(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert collect(write_project(tmp_path), *options).returncode == 0
    assert not (tmp_path / "collected/buildassets.json").exists()


def test_what_finders_ignore_is_not_released(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/notes.txt": "", "site/.hidden": ""})
    assert collected(tmp_path, "-i", "*.txt").keys() == {"style.css", "img/logo.svg"}


def test_links_are_collected_as_before(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path), "--link")
    assert (tmp_path / "collected/style.css").is_symlink()
    assert not (tmp_path / "collected" / released["style.css"]).is_symlink()


def test_file_behind_a_link_out_of_its_folder_is_released(tmp_path: Path) -> None:
    write_project(tmp_path, {"elsewhere/a.css": "a { color: red }"})
    (tmp_path / "site/a.css").symlink_to("../elsewhere/a.css")
    assert "a.css" in collected(tmp_path)


def test_roots_of_the_configuration_are_built_too(tmp_path: Path) -> None:
    write_project(tmp_path, {"buildassets.toml": 'sources = ["more"]', "more/own.css": "a { color: red }"})
    assert collected(tmp_path).keys() == {"style.css", "img/logo.svg", "own.css"}


def test_prefix_of_a_static_folder_is_kept(tmp_path: Path) -> None:
    write_project(tmp_path, {"brand/a.svg": "<svg/>"}, STATICFILES_DIRS='[("brand", BASE_DIR / "brand")]')
    assert collected(tmp_path).keys() == {"brand/a.svg"}


@pytest.mark.corpus
def test_module_in_typescript_has_the_url_of_its_script(tmp_path: Path) -> None:
    page = "{% load static %}{% static 'app.js' %}"
    write_project(tmp_path, {"site/app.ts": "export const one: number = 1;", "templates/page.html": page})
    (tmp_path / "node_modules").symlink_to(node_modules())
    released = collected(tmp_path)
    assert released["app.ts"] == released["app.js"]


def test_copies_are_made_where_whitenoise_serves_them(tmp_path: Path) -> None:
    sheet = "".join(f".a{number} {{ color: red }}\n" for number in range(99))
    write_project(tmp_path, {"site/style.css": sheet}, MIDDLEWARE='["whitenoise.middleware.WhiteNoiseMiddleware"]')
    file = tmp_path / "collected" / collected(tmp_path)["style.css"]
    assert file.with_name(f"{file.name}.gz").exists()
    assert file.with_name(f"{file.name}.br").exists()


def test_no_copies_are_made_where_nothing_serves_them(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/style.css": "".join(f".a{number} {{ color: red }}\n" for number in range(99))})
    collected(tmp_path)
    assert not list((tmp_path / "collected").rglob("*.gz"))


def test_configured_copies_are_made(tmp_path: Path) -> None:
    sheet = "".join(f".a{number} {{ color: red }}\n" for number in range(99))
    write_project(tmp_path, {"site/style.css": sheet, "buildassets.toml": 'compress = ["gzip"]'})
    collected(tmp_path)
    assert [file.suffix for file in (tmp_path / "collected").rglob("style.*.css.*")] == [".gz"]


def test_file_of_a_finder_that_keeps_it_elsewhere_is_released(tmp_path: Path) -> None:
    finder = """from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
class Finder(BaseFinder):
    def check(self, **options):
        return []
    def list(self, ignore_patterns):
        storage = InMemoryStorage()
        storage.save("made/a.css", ContentFile(b"a { color: red }"))
        return [("made/a.css", storage)]
"""
    write_project(tmp_path, {"finders.py": finder}, STATICFILES_FINDERS='["finders.Finder"]')
    assert collected(tmp_path).keys() == {"made/a.css"}


def test_unchanged_release_needs_no_compiler(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path))
    stamp = (tmp_path / "collected/buildassets.json").stat().st_mtime_ns
    assert _without_compiler(tmp_path) == (0, "")
    assert (files(tmp_path), (tmp_path / "collected/buildassets.json").stat().st_mtime_ns) == (released, stamp)


def _without_compiler(folder: Path) -> tuple[int, str]:
    program = (
        "sys.modules['click'] = None\nsys.argv = asked['arguments']\nrunpy.run_path('manage.py', run_name='__main__')"
    )
    done = run_in_fork(folder, program, arguments=["manage.py", "collectstatic", "--noinput"])
    return done.returncode, done.stderr


@pytest.mark.parametrize("change", [{"site/style.css": "a { color: red }"}, {"buildassets.toml": "minify = false"}])
def test_changed_file_needs_the_compiler(tmp_path: Path, change: dict[str, str]) -> None:
    collected(write_project(tmp_path))
    write_tree(tmp_path, change)
    code, printed = _without_compiler(tmp_path)
    assert code == 1
    assert "the compiler is not installed here" in printed


@pytest.mark.parametrize("damage", [b"", b"}"])
def test_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "collected" / collected(write_project(tmp_path))["style.css"]
    content = file.read_bytes()
    file.write_bytes(damage * len(content))
    collected(tmp_path)
    assert file.read_bytes() == content


def test_earlier_fingerprinted_file_stays(tmp_path: Path) -> None:
    before = collected(write_project(tmp_path))["style.css"]
    write_tree(tmp_path, {"site/style.css": "a { color: red }"})
    assert collected(tmp_path)["style.css"] != before
    assert (tmp_path / "collected" / before).exists()


def test_configured_retention_names_the_earlier_release_until_clear(tmp_path: Path) -> None:
    write_project(tmp_path, {"buildassets.toml": "[retain]\nreleases = 2"})
    before = collected(tmp_path)["style.css"]
    write_tree(tmp_path, {"site/style.css": "a { color: red }"})
    collected(tmp_path)
    manifest = json.loads((tmp_path / "collected/buildassets.json").read_bytes())
    assert [entry["file"] for one in manifest["retained"] for entry in one["assets"].values()] == [before]
    assert "`--clear` has removed the earlier release" in collect(tmp_path, "--clear", "-v", "2").stderr
    assert json.loads((tmp_path / "collected/buildassets.json").read_bytes())["retained"] == []


def test_file_for_open_pages_names_the_release_of_the_manifest(tmp_path: Path) -> None:
    write_project(tmp_path, {"buildassets.toml": "[retain]\nreleases = 2"})
    collected(tmp_path)
    write_tree(tmp_path, {"site/style.css": "a { color: red }"})
    collected(tmp_path)
    manifest = json.loads((tmp_path / "collected/buildassets.json").read_bytes())
    assert json.loads((tmp_path / "collected/release.json").read_bytes()) == {"release": manifest["release"]}


def test_files_with_their_own_names_are_rewritten(tmp_path: Path) -> None:
    page = '<link rel="stylesheet" href="style.css">'
    write_project(tmp_path, {"site/index.html": page, "buildassets.toml": 'plain = ["index.html"]'})
    sheet = collected(tmp_path)["style.css"]
    assert sheet in (tmp_path / "collected/index.html").read_text()


def test_hidden_source_maps_are_reported_as_lost(tmp_path: Path) -> None:
    write_project(tmp_path, {"site/a.scss": "a { color: red }", "buildassets.toml": 'source_maps = "hidden"'})
    assert "source maps are not kept" in collect(tmp_path).stderr


def test_clear_says_nothing_unless_asked(tmp_path: Path) -> None:
    collected(write_project(tmp_path))
    assert collect(tmp_path, "--clear").stderr == ""


def test_manifest_may_be_kept_elsewhere(tmp_path: Path) -> None:
    write_project(tmp_path, OPTIONS='{"manifest": BASE_DIR / "here.json"}')
    assert collect(tmp_path).returncode == 0
    assert not (tmp_path / "collected/buildassets.json").exists()
    assert urls(tmp_path, "style.css")[0][0].startswith("/static/style.")


def test_collected_file_with_the_name_of_the_manifest_is_refused(tmp_path: Path) -> None:
    done = collect(write_project(tmp_path, {"site/buildassets.json": "{}"}))
    assert done.returncode == 1
    assert "site/buildassets.json` has the name of the manifest; rename it" in done.stderr


def test_findstatic_finds_the_source(tmp_path: Path) -> None:
    collected(write_project(tmp_path))
    assert str(tmp_path / "site/style.css") in manage(tmp_path, "findstatic", "style.css").stdout
