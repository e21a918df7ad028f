"""A site that bad servers of a remote cache must not harm, and builds of it."""

from dataclasses import replace
from pathlib import Path

from buildassets.compiler.config.values import CacheSettings
from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from tests.building import build, load_config
from tests.compiler.cache.remote.sites import key_pair, site
from tests.conftest import Tree, read_tree

SECRET, PUBLIC = key_pair()


IMPATIENCE = "it takes longer than what it saves"


class Site:
    """A site, its release as built without a remote cache, and the contents of a good cache."""

    def __init__(self, folder: Path) -> None:
        shared = folder / "shared"
        place = site(folder / "site", shared.as_uri(), {"main": [PUBLIC]})
        self.config = load_config(start=str(place))
        assert build(self.config, cache=str(folder / "first"), cache_write=True).diagnostics == ()
        self.good = {
            f"{path.parent.name}/{path.name}": path.read_bytes() for path in shared.rglob("*") if path.is_file()
        }
        self.expected: Tree = read_tree(place / "build")

    def result(self, url: str, tmp_path: Path) -> BuildResult:
        """The result of a build with an empty local cache, whose release has to be right."""
        settings = CacheSettings(url, {"main": (PUBLIC,)})
        config = replace(self.config, cache=settings, output=str(tmp_path / "build"))
        result = build(config, cache=str(tmp_path / "cache"), cache_write=True)
        assert result.succeeded
        assert read_tree(tmp_path / "build") == self.expected
        return result


def warnings_of_build(known: Site, url: str, tmp_path: Path) -> list[str]:
    """The warnings of a build with the server at `url`, of which there is at most one."""
    result = known.result(url, tmp_path)
    assert all(one.code == "cache/remote" and not one.is_error for one in result.diagnostics)
    assert len(result.diagnostics) <= 1
    return [render_text(one) for one in result.diagnostics]
