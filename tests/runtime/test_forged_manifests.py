"""Manifests whose checksum is right and whose values are not: a CRC-32 shows damage, not who wrote a text."""

import copy
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from buildassets.errors import ManifestError
from buildassets.manifest.json import assets_span, checksum
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.asgi import AssetServer as AsgiServer
from buildassets.runtime.django.release import release_files
from buildassets.runtime.unbuilt import UnbuiltAssets
from buildassets.runtime.wsgi import AssetServer
from tests.manifests import DIGEST, SOUND, signed

NAME = "css/app.css"
HELPERS: list[Callable[[Assets], object]] = [
    *(lambda a: a.url(NAME), lambda a: a.integrity(NAME), lambda a: a.stylesheet(NAME), lambda a: a.inline(NAME)),
    *(lambda a: a.preload(NAME), lambda a: a.early_hints(NAME), lambda a: NAME in a, lambda a: a.at("/x/").url(NAME)),
    *(lambda a: AssetServer(assets=a), lambda a: AsgiServer(assets=a)),
]
FORGED: list[dict[str, Any]] = [
    *({"file": name} for name in ("../../outside.txt", "/etc/passwd", "a\0.css", "a//b", 1, None, "\ud800")),
    *({"type": text} for text in ("text/css\r\nSet-Cookie: a=b", 1, "text/css; charset=x")),
    *({"integrity": text} for text in ("sha384-A\r\nB", 'x"; rel=stylesheet', 1)),
    *({"digests": digests} for digests in ({"gzip": "A\r\nX: y"}, {"gzip": 1}, [DIGEST])),
    *({"encodings": sizes} for sizes in ({"gzip": "20"}, {"gzip": -1}, "gzip")),
    *(
        {"deltas": deltas}
        for deltas in ({"A\r\n": {"size": 1, "digest": DIGEST}}, {DIGEST: {"size": 1, "digest": "\n"}})
    ),
    *({"size": size} for size in (-1, "30", 10**30)),
    *({"references": names} for names in ("img", [1])),
]


def written(folder: Path, document: dict[str, Any]) -> Path:
    (folder / "outside.txt").write_text("secret")
    (folder / "build" / "assets" / "css").mkdir(parents=True, exist_ok=True)
    (folder / "build" / "assets" / "css" / "app.0123456789ab.css").write_text("a" * 30)
    (folder / "build" / "manifest.json").write_bytes(signed(document))
    return folder / "build" / "manifest.json"


def forged(folder: Path, **values: Any) -> Path:
    document = copy.deepcopy(SOUND)
    document["assets"][NAME].update(values)
    return written(folder, document)


@pytest.mark.parametrize("values", FORGED, ids=str)
def test_a_forged_entry_is_the_error_of_the_manifest_whatever_asks_for_it(
    values: dict[str, Any], tmp_path: Path
) -> None:
    assets = Assets(forged(tmp_path, **values))
    assert assets.url("js/lib.js") == "/assets/js/lib.0123456789ab.js"
    for helper in HELPERS:
        with pytest.raises(ManifestError, match=r"of `css/app\.css` is damaged; run `buildassets build` again"):
            helper(assets)
    with pytest.raises(ManifestError):
        release_files(str(tmp_path / "build" / "manifest.json"))


def test_unknown_copy_is_not_collected_by_django(tmp_path: Path) -> None:
    files = release_files(str(forged(tmp_path, encodings={"gzip": 20, "later": 1})))
    assert [one.file for one in files if one.path == NAME] == [
        "css/app.0123456789ab.css",
        "css/app.0123456789ab.css.gz",
    ]


@pytest.mark.parametrize(
    ("key", "value", "ask"),
    [
        ("importmap", {"a": "js/none.js"}, lambda assets: assets.importmap()),
        ("modules", {"a.js": "js/none.js"}, lambda assets: assets.importmap()),
        ("scopes", {"js/none.js": {"a": "js/lib.js"}}, lambda assets: assets.importmap()),
        ("assets", {"imports": ["js/none.js"]}, lambda assets: assets.modulepreload(NAME)),
        ("assets", {"references": ["js/none.js"]}, lambda assets: assets.inline(NAME)),
        ("assets", {"map": "js/none.js"}, lambda assets: assets.inline(NAME)),
    ],
)
def test_a_reference_to_no_asset_is_the_error_of_the_manifest(
    key: str, value: Any, ask: Callable[[Assets], object], tmp_path: Path
) -> None:
    manifest = forged(tmp_path, **value) if key == "assets" else written(tmp_path, {**SOUND, key: value})
    with pytest.raises(ManifestError, match=r"refers to `js/none\.js`, which it does not hold"):
        ask(Assets(manifest))


def test_no_file_of_a_watcher_is_outside_of_the_assets(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="its `livereload` is damaged"):
        Assets(written(tmp_path, {**SOUND, "livereload": "../../outside.txt"}), reload=True)


@pytest.mark.parametrize("line", [b"  1: {}", b'  "\\', b"", b'  ["\\u0061": '])
def test_lines_that_hold_something_else_are_the_error_of_the_manifest(line: bytes, tmp_path: Path) -> None:
    manifest = written(tmp_path, SOUND)
    lines = manifest.read_bytes().split(b"\n")
    lines[lines.index(b' "assets": {') + 3] = line
    content = b"\n".join(lines)
    span = assets_span(content)
    assert span
    release = SOUND["release"][:8].encode()
    manifest.write_bytes(content.replace(release, checksum(content[slice(*span)]).encode()))
    assets = Assets(manifest)
    for name in SOUND["assets"]:
        with suppress(ManifestError, AssetNotFound):
            assert assets.url(name).startswith("/assets/")
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        AssetServer(assets=assets)


@pytest.mark.parametrize(
    "name", ["a\0b", "css/app.css\0", "\ud800", "", "../x", "css\\app.css", None, 1, b"css/app.css"]
)
def test_value_that_is_not_a_name_is_not_found(name: Any, tmp_path: Path) -> None:
    for assets in (Assets(written(tmp_path, SOUND)), UnbuiltAssets()):
        for ask in (assets.url, assets.stylesheet, assets.script, assets.image, assets.preload, assets.integrity):
            if name == "css\\app.css" and isinstance(assets, UnbuiltAssets):
                continue  # which is a name, but where backslashes part folders
            with pytest.raises(AssetNotFound) as caught:
                ask(name)
            assert str(caught.value).isprintable()
        assert name not in assets or name == "css\\app.css"


def test_url_of_the_application_goes_before_that_of_the_manifest(tmp_path: Path) -> None:
    manifest = written(tmp_path, {**SOUND, "url": "//evil.test/"})
    assert Assets(manifest).csp()["script-src"][0] == "evil.test/"  # as SECURITY.md states of a manifest
    assert Assets(manifest, url="/assets/").csp()["script-src"][0] == "'self'"
