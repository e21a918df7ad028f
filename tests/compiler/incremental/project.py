"""Builds of edited projects that know the build before."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.disk.folders import is_within
from buildassets.manifest.model import digest_of_release
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\nmissing = "warn"\n[bundles]\n"js/all.js" = ["js/one.js", "js/two.js"]\n',
    "assets/css/app.scss": '@use "theme" as *; a { color: $colour; background: url(../img/a.svg) }\n',
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/base.css": '@import "print.css";\na { background: url("../img/a.svg"), url("../img/b.png") }\n',
    "assets/css/print.css": "b { color: black }\n",
    "assets/css/warned.scss": '@use "size" as *; a { width: $size; @warn "old"; }\n',
    "assets/css/_size.scss": "$size: 1px;\n",
    "assets/css/faulty.css": 'a { background: url("gone.png") }\n',  # a warning
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>\n',
    "assets/img/b.png": "pixels",
    "assets/js/app.js": 'import { cycle } from "./cycle.js";\nimport("./late.js");\ncycle();\n',
    "assets/js/cycle.js": 'import { back } from "./back.js";\nexport const cycle = () => back;\n',
    "assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = () => cycle;\n',
    "assets/js/late.js": 'new URL("../img/a.svg", import.meta.url);\n',
    "assets/js/one.js": "one();\n",
    "assets/js/two.js": "two();\n",
    "assets/page.html": '<link rel="stylesheet" href="css/base.css">\n',
}


class Project:
    """Builds a folder, given the result of the build before, and perhaps with a cache."""

    def __init__(self, folder: Path, mode: Mode = "production", cache: Path | None = None) -> None:
        self.folder = folder
        self._mode = mode
        self._cache = str(cache) if cache else None
        self._result = self._build(None)

    def edit(self, files: Mapping[str, str | None]) -> BuildResult:
        """Write or remove `files`, and build."""
        before = self._result
        folders = {str((self.folder / name).parent) for name, text in files.items() if self._comes_or_goes(name, text)}
        for name, text in files.items():
            (self.folder / name).unlink() if text is None else write_tree(self.folder, {name: text})
        looked_at = {*before.inputs, *before.outputs}
        changed = looked_at.intersection({*(str(self.folder / name) for name in files), *folders})
        self._result = self._build(
            LastBuild(
                changed,
                looked_at.difference(changed),
                before.inputs,
                before.outputs,
                before.record,
                before.manifest_digest,
            )
            if before.succeeded
            else None
        )
        return self._result

    def _comes_or_goes(self, name: str, text: str | None) -> bool:
        return (text is None) is (self.folder / name).exists()

    def _build(self, last: LastBuild | None) -> BuildResult:
        return build(self._config(), mode=self._mode, last=last, cache=self._cache)

    def _config(self) -> Config:
        return load_config(str(self.folder / "buildassets.toml"))

    def forget(self, record: bytes) -> None:
        """Replace the record of the last build."""
        self._result = replace(self._result, record=record)

    @property
    def reused(self) -> int:
        """The number of drafts that the last build took over."""
        return self._result.reused

    @property
    def record(self) -> bytes:
        """The record of the last build."""
        return self._result.record

    def release(self) -> str:
        """The name of the release in the manifest."""
        return digest_of_release((self.folder / "build/manifest.json").read_bytes())

    def clean(self) -> BuildResult:
        """Build without the build before, into the folder `clean`."""
        shutil.rmtree(self.folder / "clean", ignore_errors=True)
        config = load_config(str(self.folder / "buildassets.toml"), output=str(self.folder / "clean"))
        return build(config, mode=self._mode)

    def assert_as_a_clean_build(self) -> None:
        """Check that the release directory and the diagnostics are those of a clean build."""
        clean = self.clean()
        assert self._result.manifest == clean.manifest
        assert self._result.diagnostics == clean.diagnostics
        if not clean.succeeded:
            return
        expected = read_tree(self.folder / "clean")
        found = read_tree(self.folder / "build")
        assert {name: found[name] for name in expected} == expected
        outputs = {Path(path).relative_to(self.folder / "build").as_posix() for path in self._result.outputs}
        assert outputs == set(expected)
        assert self._result.size_bytes == clean.size_bytes
        build_folder = str(self.folder / "build")  # holds no templates for this build, but may for the clean one
        inputs = {str(Path(path)) for path in clean.inputs if not is_within(build_folder, path)}
        assert inputs <= set(self._result.inputs)
