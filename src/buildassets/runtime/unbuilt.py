"""Stands in for a release, as in the tests of an application: every name has a URL, and no file is opened.

    env.assets = UnbuiltAssets() if app.testing else Assets("build/manifest.json")

Takes and gives what `Assets` does. In production only where a release is not required. Standard library and
vocabulary only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from buildassets.foundation.media import media_of
from buildassets.manifest.soundness import is_file
from buildassets.runtime.assets import Assets, _Stamp
from buildassets.runtime.release import Release
from buildassets.runtime.urls import url_prefix

__all__ = ["UnbuiltAssets"]

_NO_FILE: _Stamp = (0, 0, 0)


class UnbuiltAssets(Assets):
    """Replaces `Assets` where there is no release: `url("css/app.css")` is `/assets/css/app.css`.

    A name that is not a logical path raises AssetNotFound: `/css/app.css`, `../app.css`. There are no fingerprints,
    no integrity metadata and no import map; `inline` gives an empty element.
    """

    def __init__(self, url: str = "/assets/") -> None:
        super().__init__("", url=url)

    def _read(self) -> tuple[_Stamp, Release]:
        return _NO_FILE, Release({"assets": _EveryName(), "is_unbuilt": True}, url_prefix(self._url or ""), self._shown)

    def css(self, module: str, *names: str, bundle: str | None = None) -> str:
        """The `names`, unchanged."""
        return " ".join(dict.fromkeys(names))

    def _text(self, file: str) -> str:
        return "<svg/>" if file.endswith(".svg") else ""


class _EveryName(Mapping[str, Mapping[str, str]]):
    """An entry for every possible logical path. Iterating lists none, so that none is suggested for another name."""

    def __getitem__(self, name: str) -> dict[str, str]:
        if not is_file(name):
            raise KeyError(name)
        return {"file": name, "type": media_of(name).type}

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
