import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedTool, write_lock
from tests.cli.processes import is_gone, program_of, started
from tests.cli.watching import Watching, watching
from tests.conftest import PATIENCE_SECONDS, Tree, children, wait_for, write_tree
from tests.corpus.packages import node_modules

SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n',
    "assets/css/app.scss": '@use "theme" as *;\na { color: $ink }\n',
    "assets/css/_theme.scss": "$ink: #123;\n",
    "assets/css/page.css": "a { background: url(../img/a.svg) }\n",
    "assets/img/a.svg": "<svg/>",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Watching]:
    """A watch of SITE that has done its first build."""
    with watching(write_tree(tmp_path / "site", SITE)) as watch:
        assert watch.next()["ok"]
        yield watch


def test_first_build_is_a_build_under_development(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE)) as watch:
        document = watch.next()
    assert (document["ok"], document["changed"]) == (True, [])
    assert sorted(document["assets"]) == ["css/app.css", "css/page.css", "img/a.svg"]
    assert (tmp_path / "build/assets" / document["assets"]["css/page.css"]).read_text().startswith("a { background")


def test_saved_source_is_built(site: Watching) -> None:
    (site.folder / "assets/img/a.svg").write_text("<svg></svg>")
    document = site.next()
    assert document["changed"] == ["assets/img/a.svg"]
    assert sorted(document["assets"]) == ["css/page.css", "img/a.svg"]
    site.no_more()


def test_failed_build_does_not_end_the_watch(site: Watching) -> None:
    (site.folder / "assets/css/page.css").write_text("a { background: url(none.svg) }\n")
    document = site.next()
    assert (document["ok"], document["diagnostics"][0]["code"]) == (False, "reference/missing")
    (site.folder / "assets/css/page.css").write_text("a { color: red }\n")
    document = site.next()
    assert (document["ok"], document["diagnostics"]) == (True, [])


def test_first_build_that_fails_does_not_end_the_watch(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "assets/css/page.css": "a { background: url(none.svg) }\n"})
    with watching(tmp_path) as watch:
        assert not watch.next()["ok"]
        (tmp_path / "assets/css/none.svg").write_text("<svg/>")
        while not watch.next()["ok"]:
            pass


def test_wrong_configuration_is_reported_and_the_last_good_one_stays(site: Watching) -> None:
    config = site.folder / "buildassets.toml"
    config.write_text('sources = ["assets"\n')
    document = site.next()
    assert (document["ok"], document["diagnostics"][0]["code"]) == (False, "config/syntax")
    (site.folder / "assets/img/a.svg").write_text("<svg></svg>")
    document = site.next()
    assert sorted(document["assets"]) == ["css/page.css", "img/a.svg"]
    assert [found["code"] for found in document["diagnostics"]] == ["config/syntax"]
    config.write_text('sources = ["assets"]\n')
    assert site.next()["ok"]


def test_configuration_with_the_cache_among_its_sources_does_not_end_the_watch(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE), "--cache-dir", "cache") as watch:
        assert watch.next()["ok"]
        (tmp_path / "buildassets.toml").write_text('sources = ["."]\n')
        assert [found["code"] for found in watch.next()["diagnostics"]] == ["config/cache"]
        (tmp_path / "buildassets.toml").write_text('sources = ["assets"]\n')
        assert watch.next()["ok"]


def test_another_lock_wakes_the_watch_and_decides_the_next_build(site: Watching) -> None:
    write_lock(str(site.folder), Lock({"dart-sass": LockedTool("1.108.2", "MIT", {})}), permission=BUILDING)
    document = site.next()
    assert not document["ok"]
    assert "`buildassets.lock` has no `dart-sass` 1.108.2 for" in document["diagnostics"][0]["message"]
    write_lock(str(site.folder), Lock(), permission=BUILDING)
    assert site.next()["ok"]


def test_wrong_configuration_at_the_start_exits_with_2(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, {**SITE, "buildassets.toml": "minfy = true\n"})) as watch:
        assert watch.process.wait(timeout=PATIENCE_SECONDS) == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_watch(tmp_path: Path, number: int, code: int) -> None:
    with watching(write_tree(tmp_path, SITE)) as watch:
        watch.next()
        watch.process.send_signal(number)
        assert watch.process.wait(timeout=PATIENCE_SECONDS) == code


def test_watch_that_is_ended_does_not_wait_for_sass(tmp_path: Path) -> None:
    endless = {f"assets/{name}.scss": "@while true { $a: 1 }\n" for name in "ab"}
    write_tree(tmp_path, {"buildassets.toml": "", **endless})
    with started(tmp_path, "watch", "--jobs", "2", stderr=subprocess.DEVNULL) as watch:
        wait_for(lambda: any("sass" in program_of(child) for child in children(watch.pid)))
        watch.terminate()
        assert watch.wait(timeout=PATIENCE_SECONDS) == 143
        wait_for(lambda: is_gone(watch.pid))


@pytest.mark.corpus
def test_modules_in_typescript_are_built_when_what_decides_them_is_saved(tmp_path: Path) -> None:
    files: Tree = {
        "buildassets.toml": "",
        "assets/js/app.tsx": 'import { b } from "@/b";\np(b, <i/>);\n',
        "assets/js/b.ts": "export const b: number = 1;\n",
        "assets/js/late.ts": "late();\n",
        "templates/page.html": '{{ script("js/app.tsx") }}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./assets/js/*"]}, "jsx": "react"}}',
    }
    folder = write_tree(tmp_path / "site", files)
    (folder / "node_modules").symlink_to(node_modules())
    with watching(folder) as watch:
        assert sorted(watch.next()["assets"]) == ["js/app.js", "js/b.js"]
        settings = (folder / "tsconfig.json").read_text()
        (folder / "tsconfig.json").write_text(settings.replace('"react"', '"react", "jsxFactory": "h"'))
        assert b'h("i"' in watch.released(watch.next(), "js/app.js")
        (folder / "templates/page.html").write_text('{{ script("js/app.tsx") }}{{ script("js/late.ts") }}')
        assert "js/late.js" in watch.next()["assets"]
