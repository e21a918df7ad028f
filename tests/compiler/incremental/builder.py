"""Builds of one folder again and again, and the release that a clean build gives."""

import shutil
from pathlib import Path

from buildassets.compiler.config.values import Mode
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.write.release_directory import release_files
from buildassets.manifest.model import loads
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, settle

SITE: Tree = {
    "pyproject.toml": '[tool.buildassets]\ncompress = ["gzip"]\nsource_maps = true\nload_paths = ["lib"]\n',
    "assets/css/app.scss": '@use "theme" as *; @use "found"; @use "far/off";\n'
    "a { color: $colour; background: url(../img/a.svg) }\n",
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/img/a.svg": "<svg/>",
    "assets/js/unclosed.css": 'a { content: "x }\n',  # a warning
    "assets/lib/one.js": "one()\n//# sourceMappingURL=one.js.map\n",
    "assets/lib/one.js.map": '{"version": 3, "sources": ["one.ts"], "names": [], "mappings": "AAAA"}',
    "assets/lib/one.ts": "one<number>()",
    "lib/_found.scss": "b { color: red }\n",
    "lib/far/_off.scss": "d { color: red }\n",
}


class Builder:
    """Builds a folder repeatedly; `worked` counts the builds that had something to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worked = 0

    def __call__(self, mode: Mode = "production", folder: str = ".cache") -> BuildResult:
        settle()
        config = load_config(start=str(self.folder))

        def work(*, last: LastBuild | None) -> BuildResult:
            self.worked += 1
            return build(config, mode=mode, cache=cache, last=last)

        cache = str(self.folder / folder)
        return kept_or_built(BuildRequest(config=config, mode=mode, cache=cache), work)


def released(folder: Path) -> Tree:
    """The files that the manifest names, and the manifest."""
    files = read_tree(folder / "build")
    manifest = loads(files["manifest.json"].decode())
    names = [path.removeprefix(f"{folder}/build/") for path in release_files(f"{folder}/build", manifest)]
    return {name: files[name] for name in names}


def clean_release(folder: Path) -> Tree:
    """The release of a build of the same files elsewhere, without a cache."""
    copy = folder.parent / f"{folder.name} copied"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("build", ".cache"))
    assert build(load_config(start=str(copy))).succeeded
    return released(copy)
