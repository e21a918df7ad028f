import json
import os
import pickle
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.errors import ManifestError
from buildassets.foundation import digest
from buildassets.manifest.model import dumps, loads
from buildassets.manifest.soundness import is_file
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.urls import url_prefix
from tests.runtime.pages import SITE, elements, file_of, text, write_release

CDN = "https://cdn.example.com"
CORS = 'crossorigin="anonymous" '


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, references={"css/home.css": ("img/logo.svg",)}))


def url_of(path: str) -> str:
    return "/assets/" + file_of(path, SITE[path])


def sri(path: str) -> str:
    return digest.integrity("sha256", SITE[path].encode())


def checked(path: str) -> dict[str, str]:
    return {"integrity": sri(path), "crossorigin": "anonymous"}


def test_url_is_prefix_and_file(assets: Assets) -> None:
    assert assets.url("css/app.css") == url_of("css/app.css")


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://cdn.example.com/a", "https://cdn.example.com/a/"),
        ("https://cdn.example.com/a/", "https://cdn.example.com/a/"),
        ("/static//", "/static/"),
        ("/", "/"),
        ("", "/"),
        ("//cdn.example.com:8080", "//cdn.example.com:8080/"),
        ("HTTPS://cdn.example.com", "HTTPS://cdn.example.com/"),
        ("a/b:c", "a/b:c/"),
        ("https://b\u00fccher.example/\u00e4", "https://b%C3%BCcher.example/%C3%A4/"),
    ],
)
def test_given_prefix_replaces_that_of_the_manifest_and_ends_in_one_slash(
    tmp_path: Path, url: str, prefix: str
) -> None:
    assets = Assets(write_release(tmp_path), url=url)
    assert assets.url("css/app.css") == prefix + file_of("css/app.css", SITE["css/app.css"])
    assert assets.prefix == prefix


@pytest.mark.parametrize(
    "url", ["/a b/", "https://cdn.example/#", "/a\r\nSet-Cookie: x/", '/"onload=', "/<b>/", "/a\\b"]
)
def test_prefix_that_is_not_a_url_is_rejected(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="is not a URL"):
        Assets(write_release(tmp_path), url=url)


@pytest.mark.parametrize(
    "url",
    ["javascript:", "JavaScript:alert(1)//", "data:,", "vbscript:x", "file:///", "cdn.example:80/", "https:", "a:b/"],
)
def test_prefix_of_another_scheme_than_http_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="is not a URL prefix: begin it with `/`, `//`, `http://` or `https://`"):
        Assets(write_release(tmp_path), url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://u:s3cr@cdn.test/",
        "//u:s3cr@cdn.test/a b/",
        "http://u@cdn.test",
        "https://u:1/s3cr@cdn/",
        "https://u:s/s3cr@cdn/",
        "u:s3cr@h/",
        "https:/u:s3cr@h/",
    ],
)
def test_a_prefix_with_a_password_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match="has no user or password in it") as caught:
        url_prefix(url)
    assert "s3cr" not in str(caught.value)
    assert url_prefix("/@scope//u:p@x/") == "/@scope//u:p@x/"


@pytest.mark.parametrize("kind", [str, Path])
def test_manifest_is_named_by_text_or_path(tmp_path: Path, kind: type[Any]) -> None:
    assert Assets(kind(write_release(tmp_path))).url("css/app.css") == url_of("css/app.css")


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("img/a b.png", "img/a%20b."),
        ("img/ä.png", "img/%C3%A4."),
        ("javascript:alert(1).js", "javascript%3Aalert%281%29."),
        ('"><script>.js', "%22%3E%3Cscript%3E."),
        ("a&amp;b.css", "a%26amp%3Bb."),
        ("caf\udce9.png", "caf%E9."),
    ],
)
def test_urls_are_percent_encoded(tmp_path: Path, name: str, encoded: str) -> None:
    document = {"schema": 1, "url": "/assets/", "assets": {name: {"file": f"{name[: name.rindex('.')]}.0.x"}}}
    (tmp_path / "m.json").write_text(json.dumps(document))
    assert Assets(tmp_path / "m.json").url(name) == f"/assets/{encoded}0.x"


@given(st.text(min_size=1).filter(is_file))
def test_whatever_an_asset_is_called_its_image_is_one_element(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    manifest = tmp_path_factory.mktemp("release") / "m.json"
    manifest.write_text(json.dumps({"schema": 1, "url": "/assets/", "assets": {name: {"file": name}}}))
    ((tag, attributes),) = elements(Assets(manifest).image(name, alt=name.translate({0: "", 13: ""})))
    assert (tag, list(attributes)) == ("img", ["src", "alt"])
    assert str(attributes["src"]).startswith("/assets/")


def test_integrity_is_that_of_the_manifest(assets: Assets) -> None:
    assert assets.integrity("css/app.css") == sri("css/app.css")


def test_integrity_is_none_where_the_release_has_none(tmp_path: Path) -> None:
    assert Assets(write_release(tmp_path, integrity=False)).integrity("css/app.css") is None


@pytest.mark.parametrize(("host", "cors"), [("", ""), (CDN, CORS), (CDN[6:], CORS)])
def test_stylesheet_has_integrity_and_the_cors_mode_that_its_host_needs(assets: Assets, host: str, cors: str) -> None:
    markup = assets.at(f"{host}/assets/").stylesheet("css/app.css", media="print", nonce="n")
    assert markup == (
        f'<link rel="stylesheet" href="{host}{url_of("css/app.css")}" integrity="{sri("css/app.css")}" '
        f'{cors}media="print" nonce="n">'
    )


def test_stylesheet_of_a_release_without_integrity_has_no_cors_mode(tmp_path: Path) -> None:
    markup = Assets(write_release(tmp_path, integrity=False)).stylesheet("css/app.css")
    assert markup == f'<link rel="stylesheet" href="{url_of("css/app.css")}">'


@pytest.mark.parametrize(
    ("given_attributes", "integrity", "crossorigin"),
    [
        ({"integrity": False}, False, False),
        ({"integrity": None}, False, False),
        ({"integrity": False, "crossorigin": "use-credentials"}, False, "use-credentials"),
        ({"crossorigin": "use-credentials"}, sri("js/app.js"), "use-credentials"),
        ({"crossorigin": False}, sri("js/app.js"), False),
        ({"integrity": "sha256-x"}, "sha256-x", False),
        ({"integrity": True}, sri("js/app.js"), False),
        ({"integrity": True, "type": "module"}, sri("js/app.js"), "anonymous"),
        ({"integrity": False, "type": "module"}, False, False),
    ],
)
def test_integrity_can_be_dropped_and_overridden(
    assets: Assets, given_attributes: dict[str, Any], integrity: object, crossorigin: object
) -> None:
    ((_, attributes),) = elements(assets.script("js/app.js", **given_attributes))
    assert attributes.get("integrity", False) == integrity
    assert attributes.get("crossorigin", False) == crossorigin


def test_script_is_deferred(assets: Assets) -> None:
    assert assets.script("js/app.js", integrity=False) == f'<script src="{url_of("js/app.js")}" defer></script>'


@pytest.mark.parametrize(
    ("given_attributes", "expected"),
    [
        ({"defer": False}, {}),
        ({"async_": True}, {"async": None}),
        ({"async": True}, {"async": None}),
        ({"type": "module"}, {"type": "module"}),
        ({"type": "module", "defer": True}, {"type": "module", "defer": None}),
        ({"nonce": "abc"}, {"defer": None, "nonce": "abc"}),
        ({"nomodule": True}, {"defer": None, "nomodule": None}),
        ({"fetchpriority": "low", "media": "print"}, {"defer": None, "fetchpriority": "low", "media": "print"}),
        ({"data_x": 1, "class_": "a"}, {"defer": None, "data-x": "1", "class": "a"}),
    ],
)
def test_script_has_attributes_for_loading(
    assets: Assets, given_attributes: dict[str, Any], expected: dict[str, str | None]
) -> None:
    ((_, attributes),) = elements(assets.script("js/app.js", integrity=False, **given_attributes))
    assert attributes == {"src": url_of("js/app.js"), **expected}


def test_image_has_an_alternative_text(assets: Assets) -> None:
    url = url_of("img/logo.svg")
    assert assets.image("img/logo.svg") == f'<img src="{url}" alt="">'
    assert assets.image("img/logo.svg", "a & b", width=8) == f'<img src="{url}" alt="a &amp; b" width="8">'


@pytest.mark.parametrize(
    ("given_attributes", "expected"),
    [
        ({}, {"width": "400", "height": "300"}),
        ({"width": 200}, {"width": "200", "height": "150"}),
        ({"width": "201"}, {"width": "201", "height": "151"}),
        ({"height": 30}, {"width": "40", "height": "30"}),
        ({"width": 8, "height": 9}, {"width": "8", "height": "9"}),
        ({"width": False}, {"height": "300"}),
        ({"width": False, "height": False}, {}),
        ({"width": "50%"}, {"width": "50%"}),
        ({"width": None}, {"width": "400", "height": "300"}),
    ],
)
def test_image_has_its_size(tmp_path: Path, given_attributes: dict[str, Any], expected: dict[str, str | None]) -> None:
    path = write_release(tmp_path)
    manifest = loads(path.read_text())
    entry = replace(manifest.assets["img/logo.svg"], width=400, height=300)
    path.write_text(dumps(replace(manifest, assets={**manifest.assets, "img/logo.svg": entry})))
    ((_, attributes),) = elements(Assets(path).image("img/logo.svg", **given_attributes))
    assert attributes == {"src": url_of("img/logo.svg"), "alt": "", **expected}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("css/app.css", {"as": "style", "type": "text/css", "integrity": sri("css/app.css")}),
        ("js/app.js", {"as": "script", "type": "text/javascript", "integrity": sri("js/app.js")}),
        ("img/logo.svg", {"as": "image", "type": "image/svg+xml"}),
        ("fonts/a.woff2", {"as": "font", "type": "font/woff2", "crossorigin": "anonymous"}),
        ("data/a.json", {"as": "fetch", "type": "application/json", "crossorigin": "anonymous"}),
    ],
)
def test_preload_asks_as_the_page_will(assets: Assets, name: str, expected: dict[str, str]) -> None:
    assert elements(assets.preload(name)) == [("link", {"rel": "preload", "href": url_of(name), **expected})]


def test_preload_from_another_host_asks_as_the_page_will(assets: Assets) -> None:
    ((_, attributes),) = elements(assets.at(f"{CDN}/assets/").preload("css/app.css"))
    assert checked("css/app.css").items() <= attributes.items()


@pytest.mark.parametrize("argument", ["as_", "as"])
def test_preload_destination_can_be_named(assets: Assets, argument: str) -> None:
    ((_, attributes),) = elements(assets.preload("data/a.json", **{argument: "track"}))
    assert (attributes["as"], "crossorigin" in attributes) == ("track", False)


@pytest.mark.parametrize(("name", "asked"), [("js/app.js", {"type": "module"}), ("js/lib.mjs", {})])
def test_modules_are_preloaded_as_modules(assets: Assets, name: str, asked: dict[str, Any]) -> None:
    expected = {"rel": "modulepreload", "href": url_of(name), **checked(name)}
    assert elements(assets.preload(name, **asked)) == [("link", expected)]


def test_early_hints_match_preload(assets: Assets) -> None:
    assert assets.early_hints("fonts/a.woff2", "js/lib.mjs") == [
        f'<{url_of("fonts/a.woff2")}>; rel=preload; as=font; type="font/woff2"; crossorigin=anonymous',
        f'<{url_of("js/lib.mjs")}>; rel=modulepreload; integrity="{sri("js/lib.mjs")}"; crossorigin=anonymous',
    ]


SITE_OF_MODULES = {name: f"// {name}" for name in ("js/app.js", "js/a.js", "js/b.js", "js/c.js", "js/cart.js")}
IMPORTS = {
    "js/app.js": ("js/a.js", "js/b.js"),
    "js/a.js": ("js/c.js",),
    "js/c.js": ("js/a.js",),
    "js/cart.js": ("js/b.js",),
}


@pytest.fixture
def modules(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, SITE_OF_MODULES, imports=IMPORTS))


def hrefs(markup: str) -> list[str | None]:
    return [attributes["href"] for _, attributes in elements(markup)]


def test_modulepreload_names_all_that_an_entry_waits_for_the_nearest_first(modules: Assets) -> None:
    names = ("js/app.js", "js/a.js", "js/b.js", "js/c.js")
    assert hrefs(modules.modulepreload("js/app.js")) == [modules.url(name) for name in names]


def test_modulepreload_of_several_entries_names_each_module_once(modules: Assets) -> None:
    names = ("js/cart.js", "js/b.js", "js/app.js", "js/a.js", "js/c.js")
    assert hrefs(modules.modulepreload("js/cart.js", "js/app.js")) == [modules.url(name) for name in names]


def test_modulepreload_has_the_integrity_of_each_and_the_attributes_of_all(modules: Assets) -> None:
    markup = modules.modulepreload("js/app.js", nonce="n", fetchpriority="low")
    checks = [modules.integrity(name) for name in ("js/app.js", "js/a.js", "js/b.js", "js/c.js")]
    expected = [{"rel": "modulepreload", "integrity": one, "crossorigin": "anonymous"} for one in checks]
    found = [{key: value for key, value in given.items() if key != "href"} for _, given in elements(markup)]
    assert found == [{**one, "nonce": "n", "fetchpriority": "low"} for one in expected]
    assert "integrity" not in modules.modulepreload("js/app.js", integrity=False)


def test_a_script_that_imports_others_is_preloaded_as_a_module(modules: Assets) -> None:
    assert elements(modules.preload("js/app.js"))[0][1]["rel"] == "modulepreload"
    assert elements(modules.preload("js/app.js", as_="script"))[0][1]["rel"] == "preload"


def test_early_hints_name_all_modules_that_an_entry_waits_for_once(modules: Assets) -> None:
    hints = modules.early_hints("js/app.js", modules=["js/app.js"])
    assert hints == [
        f'<{modules.url(name)}>; rel=modulepreload; integrity="{modules.integrity(name)}"; crossorigin=anonymous'
        for name in ("js/app.js", "js/a.js", "js/b.js", "js/c.js")
    ]


def test_early_hints_before_an_import_map_load_no_module(tmp_path: Path) -> None:
    release = write_release(tmp_path, SITE_OF_MODULES, imports=IMPORTS, importmap={"b": "js/b.js"}, integrity=False)
    assets = Assets(release)
    assert assets.early_hints("js/cart.js", modules=["js/b.js"]) == [
        f"<{assets.url(name)}>; rel=preload; crossorigin=anonymous; as=script" for name in ("js/cart.js", "js/b.js")
    ]


def test_the_same_release_under_another_prefix(assets: Assets) -> None:
    cdn = assets.at("https://cdn2.example/a")
    assert cdn.url("css/app.css") == "https://cdn2.example" + url_of("css/app.css").replace("/assets/", "/a/")
    assert cdn.image("img/logo.svg").startswith('<img src="https://cdn2.example/a/img/logo.')
    assert cdn.early_hints("fonts/a.woff2")[0].startswith("<https://cdn2.example/a/fonts/a.")

    assert assets.url("css/app.css") == url_of("css/app.css")


def test_import_maps_and_texts_in_pages_are_of_one_prefix(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}))
    first, cdn = assets.importmap(), assets.at("//cdn.example/")
    assert json.loads(text(cdn.importmap()))["imports"]["lib"].startswith("//cdn.example/js/lib.")
    assert assets.importmap() == first


def test_another_prefix_is_checked_too(assets: Assets) -> None:
    with pytest.raises(ValueError, match="is not a URL prefix"):
        assets.at("javascript:alert(1)")


def test_a_release_under_another_prefix_follows_its_manifest(tmp_path: Path) -> None:
    cdn = Assets(write_release(tmp_path), reload=True).at("/cdn/")
    write_release(tmp_path, {"css/app.css": "changed"})
    assert cdn.url("css/app.css") == "/cdn/" + file_of("css/app.css", "changed")


def test_importmap_names_urls_and_their_integrity(tmp_path: Path) -> None:
    importmap = {"lib": "js/lib.mjs", "far": "https://esm.example/</script>"}
    markup = Assets(write_release(tmp_path, importmap=importmap)).importmap(nonce="n")
    assert elements(markup) == [("script", {"type": "importmap", "nonce": "n"})]
    assert json.loads(text(markup)) == {
        "imports": {"lib": url_of("js/lib.mjs"), "far": "https://esm.example/</script>"},
        "integrity": {url_of("js/lib.mjs"): sri("js/lib.mjs")},
    }


@pytest.mark.parametrize(
    ("prefix", "address"),
    [("assets/", "./assets/"), ("./a/", "./a/"), ("../a/", "../a/"), ("/a/", "/a/"), ("https://a.b/", "https://a.b/")],
)
def test_importmap_has_no_bare_addresses(tmp_path: Path, prefix: str, address: str) -> None:
    markup = Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}), url=prefix).importmap()
    assert json.loads(text(markup))["imports"]["lib"].startswith(f"{address}js/lib.")


def test_importmap_has_the_urls_of_modules_and_scopes(tmp_path: Path) -> None:
    manifest = write_release(
        tmp_path,
        importmap={"lib": "js/lib.mjs"},
        scopes={"js/": {"lib": "js/app.js", "far": "https://far.example/x.js"}, "js/lib.mjs": {"a": "js/app.js"}},
        modules={"js/lib.mjs": "js/lib.mjs", "js/%6Cib.mjs": "js/lib.mjs"},
    )
    assert json.loads(text(Assets(manifest).importmap())) == {
        "imports": {
            "lib": url_of("js/lib.mjs"),
            "/assets/js/lib.mjs": url_of("js/lib.mjs"),
            "/assets/js/%6Cib.mjs": url_of("js/lib.mjs"),
        },
        "scopes": {
            "/assets/js/": {"lib": url_of("js/app.js"), "far": "https://far.example/x.js"},
            url_of("js/lib.mjs"): {"a": url_of("js/app.js")},
        },
        "integrity": {url_of(path): sri(path) for path in ("js/lib.mjs", "js/app.js")},
    }


def test_importmap_of_modules_alone_is_one(tmp_path: Path) -> None:
    manifest = write_release(tmp_path, modules={"js/lib.mjs": "js/lib.mjs"}, integrity=False)
    markup = Assets(manifest, url="https://cdn.example/a").importmap()
    cdn = "https://cdn.example/a/"
    assert json.loads(text(markup)) == {
        "imports": {f"{cdn}js/lib.mjs": cdn + file_of("js/lib.mjs", SITE["js/lib.mjs"])}
    }


def test_a_module_whose_imports_the_map_resolves_is_not_inlined(tmp_path: Path) -> None:
    contents = {**SITE, "js/app.js": 'import "./lib.mjs"'}
    manifest = write_release(
        tmp_path, contents, references={"js/app.js": ("js/lib.mjs",)}, modules={"js/lib.mjs": "js/lib.mjs"}
    )
    with pytest.raises(ValueError, match=r"it imports `js/lib\.mjs` by a URL relative to its own"):
        Assets(manifest).inline("js/app.js", type="module")


def test_a_module_whose_imports_are_written_into_it_is_inlined(tmp_path: Path) -> None:
    imported = file_of("js/lib.mjs", SITE["js/lib.mjs"])
    contents = {**SITE, "js/app.js": f'import "./{imported[3:]}"'}
    manifest = write_release(
        tmp_path, contents, references={"js/app.js": ("js/lib.mjs",)}, modules={"js/lib.mjs": "js/lib.mjs"}
    )
    assert f'import "/assets/{imported}"' in Assets(manifest).inline("js/app.js", type="module")


def test_importmap_follows_a_rebuild(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path, modules={"js/lib.mjs": "js/lib.mjs"}), reload=True)
    first = assets.importmap()
    write_release(tmp_path, {**SITE, "js/lib.mjs": "export default 2"}, modules={"js/lib.mjs": "js/lib.mjs"})
    assert file_of("js/lib.mjs", "export default 2") in assets.importmap()
    assert file_of("js/lib.mjs", "export default 2") not in first


def test_importmap_of_a_release_without_one_is_nothing(assets: Assets) -> None:
    assert assets.importmap() == ""


def test_importmap_of_a_release_without_integrity_has_none(tmp_path: Path) -> None:
    markup = Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}, integrity=False)).importmap()
    assert json.loads(text(markup)) == {"imports": {"lib": url_of("js/lib.mjs")}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("css/app.css", '<style nonce="n">body { color: #123 }</style>'),
        ("js/app.js", '<script nonce="n">start()</script>'),
        ("data/a.json", '<script type="application/json" nonce="n">{"a": "\\u003c/script>"}</script>'),
        ("img/logo.svg", '<svg nonce="n" viewBox="0 0 1 1"><path d="M0 0"/></svg>'),
    ],
)
def test_inline_puts_the_asset_into_the_page(assets: Assets, name: str, expected: str) -> None:
    assert assets.inline(name, nonce="n") == expected


def test_bytes_are_not_inlined(assets: Assets) -> None:
    with pytest.raises(ValueError, match="only CSS, JavaScript, JSON and SVG"):
        assets.inline("fonts/a.woff2")


def test_inline_names_the_missing_file(assets: Assets, tmp_path: Path) -> None:
    (tmp_path / "assets" / file_of("js/app.js", SITE["js/app.js"])).unlink()
    with pytest.raises(ManifestError, match=r"cannot read `.*js/app.*`.*deploy the whole release directory"):
        assets.inline("js/app.js")


def test_inline_reads_a_file_once(assets: Assets, tmp_path: Path) -> None:
    first = assets.inline("js/app.js")
    (tmp_path / "assets" / file_of("js/app.js", SITE["js/app.js"])).unlink()
    assert assets.inline("js/app.js") == first


@pytest.mark.parametrize("method", ["url", "integrity", "stylesheet", "script", "image", "preload", "inline"])
def test_every_method_refuses_an_unknown_name(assets: Assets, method: str) -> None:
    with pytest.raises(AssetNotFound) as caught:
        getattr(assets, method)("css/ap.css")
    assert caught.value.nearest[0] == "css/app.css"
    assert str(caught.value).startswith("no asset is named `css/ap.css`; did you mean `css/app.css`")


def test_unknown_name_unlike_any_other_gets_the_advice_to_build(assets: Assets) -> None:
    with pytest.raises(LookupError, match=r"^no asset is named `zzz`; run `buildassets build` if it is newer"):
        assets.early_hints("zzz")


def test_unknown_name_cannot_command_a_terminal(assets: Assets) -> None:
    with pytest.raises(AssetNotFound) as caught:
        assets.url("\x1b[2J\n\udce9")
    assert str(caught.value).isprintable()


def test_an_unknown_name_survives_the_way_out_of_a_worker(assets: Assets) -> None:
    with pytest.raises(AssetNotFound) as caught:
        assets.url("css/ap.css")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.name, str(again)) == ("css/ap.css", str(caught.value))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the manifest .*: no such file.*; run `buildassets build`, or name another manifest"),
        (b"{", "is not JSON: expecting .*; run `buildassets build` again"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff", "is not UTF-8"),
        (b"[]", "is not a buildassets manifest"),
        (b'{"schema": 1, "assets": []}', "is not a buildassets manifest"),
        (b'{"schema": 1, "assets": {}}', "is not a buildassets manifest"),
        (b'{"schema": 2, "url": "/", "assets": {}}', "has schema 2, this version reads 1; use the same version"),
    ],
)
def test_unusable_manifest_is_refused_with_advice(tmp_path: Path, content: bytes | None, message: str) -> None:
    manifest = tmp_path / "manifest.json"
    if content is not None:
        manifest.write_bytes(content)
    with pytest.raises(ManifestError, match=message):
        Assets(manifest)


@pytest.mark.parametrize(
    "entry",
    [
        *("null", "[]", "{}", '{"file": 1}', '"x"', '{"file": "/etc/passwd"}', '{"file": "../x"}', '{"file": ""}'),
        *(r'{"file": "\ud800"}', '{"file": "a", "type": 1}', '{"file": "a", "references": "b"}'),
        *('{"file": "a", "imports": [1]}', '{"file": "a", "map": ["a"]}', r'{"file": "a", "type": "a\r\nb: c"}'),
        *('{"file": "a", "imports": ["b"]}', '{"file": "a", "map": "b"}'),
        *('{"file": "a", "imports": null}', '{"file": "a", "type": 0}'),
        *('{"file": "a", "integrity": 1}', r'{"file": "a", "integrity": "x\"; rel=stylesheet"}'),
    ],
)
def test_unusable_entry_is_refused_at_the_start(tmp_path: Path, entry: str) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(f'{{"schema": 1, "url": "/", "assets": {{"a": {entry}}}}}')
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        Assets(manifest)


@pytest.mark.parametrize(
    "member",
    [
        *('"importmap": [1]', '"importmap": {"a": 1}', '"modules": {"a": null}', '"scopes": {"a/": "b"}'),
        *('"livereload": 1', '"release": [1]', '"retained": {"a": 1}', '"retained": [{}]', '"importmap": {"a": "b"}'),
        *('"scopes": {"a": {}}', '"scopes": {"a/": {"b": "c"}}', '"modules": {"a": "b"}'),
        *('"url": null', '"url": 1', '"url": "javascript:"'),
    ],
)
def test_invalid_member_next_to_the_entries_is_rejected_at_the_start(tmp_path: Path, member: str) -> None:
    manifest = tmp_path / "manifest.json"
    url = "" if "url" in member else '"url": "/", '
    manifest.write_text(f'{{"schema": 1, {url}"assets": {{}}, {member}}}')
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        Assets(manifest)


@pytest.mark.parametrize("layout", [json.dumps, lambda document: dumps(loads(json.dumps(document)))])
def test_retained_releases_are_not_assets_of_pages(tmp_path: Path, layout: Callable[[object], str]) -> None:
    document = json.loads(write_release(tmp_path).read_text())
    earlier = {"css/old.css": {"file": "css/old.0123456789ab.css", "type": "text/css", "size": 1}}
    document["retained"] = [{"release": "0" * 64, "superseded": "2026-11-25T10:00:00Z", "assets": earlier}]
    (tmp_path / "manifest.json").write_text(layout(document))
    assets = Assets(tmp_path / "manifest.json")
    assert ("css/app.css" in assets, "css/old.css" in assets) == (True, False)


def test_keys_that_are_not_known_are_ignored(tmp_path: Path) -> None:
    document = json.loads(write_release(tmp_path).read_text())
    document["assets"]["css/app.css"]["later"] = document["later"] = 1
    (tmp_path / "manifest.json").write_text(json.dumps(document))
    assert Assets(tmp_path / "manifest.json").url("css/app.css") == url_of("css/app.css")


def test_a_release_is_pinned(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path))
    write_release(tmp_path, {"css/app.css": "changed"})
    assert assets.url("css/app.css") == url_of("css/app.css")


def test_reload_sees_the_next_release(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path), reload=True)
    assert assets.url("css/app.css") == url_of("css/app.css")
    write_release(tmp_path, {"css/app.css": "changed"})
    assert assets.url("css/app.css") == "/assets/" + file_of("css/app.css", "changed")


def test_reload_reads_an_unchanged_manifest_once(tmp_path: Path) -> None:
    manifest = write_release(tmp_path)
    assets = Assets(manifest, reload=True)
    before = manifest.stat()
    manifest.write_bytes(b"x" * before.st_size)
    os.utime(manifest, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert assets.url("css/app.css") == url_of("css/app.css")


@pytest.mark.parametrize("is_built", [True, False])
def test_folder_of_a_release_is_answered_with_its_manifest(tmp_path: Path, is_built: bool) -> None:
    if is_built:
        write_release(tmp_path / "build")
    with pytest.raises(ManifestError, match=r"that of a release is `.*build.manifest\.json`"):
        Assets(tmp_path / "build")


def test_reload_reports_that_the_manifest_is_gone(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path), reload=True)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(ManifestError, match="cannot read the manifest"):
        assets.url("css/app.css")


def test_reload_is_not_disturbed_by_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path)
    monkeypatch.chdir(tmp_path)
    assets = Assets("manifest.json", reload=True)
    monkeypatch.chdir("/")
    assert assets.inline("js/app.js") == "<script>start()</script>"


def test_reload_never_mixes_two_releases(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path), reload=True)
    versions = [SITE["css/app.css"], "changed"]
    whole = {f"/assets/{file_of('css/app.css', one)} {digest.integrity('sha256', one.encode())}" for one in versions}
    done = threading.Event()

    def replace() -> None:
        for turn in range(100):
            write_release(tmp_path, {"css/app.css": versions[turn % 2]})
        done.set()

    seen = set()
    writer = threading.Thread(target=replace)
    writer.start()
    while not done.is_set():
        ((_, attributes),) = elements(assets.stylesheet("css/app.css"))
        seen.add(f"{attributes['href']} {attributes['integrity']}")
    writer.join()
    assert seen <= whole
