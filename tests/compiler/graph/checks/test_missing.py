"""Root-relative references that name assets by `url_prefixes`, or would."""

from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from tests.building import codes, load_config, only, printed, released
from tests.command import built
from tests.conftest import Tree, write_tree

IMAGES: Tree = {"assets/img/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "assets/img/a.png": "pixels"}
PLAIN = "minify = false\ncompress = []\n"
PREFIXES = PLAIN + 'url_prefixes = ["/", "/static/"]\n'


def css(*urls: str) -> Tree:
    return {"assets/a.css": "\n".join(f"a {{ background: url({url}) }}" for url in urls), **IMAGES}


def test_a_url_below_a_prefix_names_an_asset(tmp_path: Path) -> None:
    result = built(tmp_path, css("/static/img/logo.svg?a#b", "/img/a.png"), PREFIXES)
    assert result.manifest is not None
    logo, image = (result.manifest.assets[path].file for path in ("img/logo.svg", "img/a.png"))
    assert f"url({logo}?a#b)" in released(tmp_path, result, "a.css")
    assert f"url({image})" in released(tmp_path, result, "a.css")
    assert result.diagnostics == ()


@pytest.mark.parametrize("url", ["/media/b.png", "//img/a.png", "/img/", "https://img/a.png", "/static/../img/b.png"])
def test_a_url_without_an_asset_stays_unreported(tmp_path: Path, url: str) -> None:
    result = built(tmp_path, css(url), PREFIXES)
    assert f"url({url})" in released(tmp_path, result, "a.css")
    assert result.diagnostics == ()


def test_the_longest_prefix_goes_first(tmp_path: Path) -> None:
    files = {**css("/static/img/a.png"), "assets/static/img/a.png": "others"}
    result = built(tmp_path, files, PREFIXES)
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("img/a.png",)


def test_a_prefix_that_is_longer_than_the_url_goes_before_it(tmp_path: Path) -> None:
    files = {**css("/assets/app/img/a.png"), "assets/app/img/a.png": "others"}
    result = built(tmp_path, files, PLAIN + 'url_prefixes = ["/assets/app"]\n')
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("img/a.png",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", 'import "/static/js/b.js";\n'),
        ("a.js", 'import("/static/js/b.js");\n'),
        ("a.js", 'new Worker(new URL("/static/js/b.js", import.meta.url));\n'),
        ("a.html", '<script src="/static/js/b.js"></script>\n'),
        ("a.html", '<script type="module">import "/static/js/b.js";</script>\n'),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script href="/static/js/b.js"/></svg>\n'),
        ("a.css", '@import "/static/js/b.js";\n'),
        ("a.scss", 'a { background: url("/static/js/b.js") }\n'),
        ("a.webmanifest", '{"icons": [{"src": "/static/js/b.js"}]}'),
    ],
)
def test_prefixes_count_in_every_language(tmp_path: Path, name: str, text: str) -> None:
    result = built(tmp_path, {f"assets/{name}": text, "assets/js/b.js": "export {};\n"}, PREFIXES)
    assert result.manifest is not None, printed(result)
    path = name.replace(".scss", ".css")
    assert result.manifest.assets["js/b.js"].file in released(tmp_path, result, path)


def test_a_page_s_import_map_finds_no_module_by_such_a_prefix(tmp_path: Path) -> None:
    files = {"assets/a.js": 'import "/static/js/b.js";\n', "assets/js/b.js": "export {};\n"}
    result = built(tmp_path, files, PREFIXES + 'modules = "importmap"\n')
    assert result.manifest is not None
    assert f'"./{result.manifest.assets["js/b.js"].file}"' in released(tmp_path, result, "a.js")


def test_external_urls_stay(tmp_path: Path) -> None:
    result = built(tmp_path, css("/img/a.png"), PREFIXES + 'external = ["/img/*"]\n')
    assert "url(/img/a.png)" in released(tmp_path, result, "a.css")


def test_without_the_key_what_would_name_an_asset_is_a_warning_at_its_place(tmp_path: Path) -> None:
    result = built(tmp_path, css("/img/a.png", "/media/b.png", "/static/img/logo.svg", "/assets/img/a.png"), PLAIN)
    assert printed(result).startswith(
        "warning[reference/prefix]: `/img/a.png` is left alone, and `img/a.png` is an asset\n  --> assets/a.css:1:21\n"
    )
    assert codes(result) == ["reference/prefix"] * 2
    hints = [found.hint for found in result.diagnostics]
    assert hints == [
        'set `url_prefixes = ["/"]`, or `[]` where something else serves it',
        'set `url_prefixes = ["/static/"]`, or `[]` where something else serves it',
    ]


def test_an_empty_key_leaves_them_alone_without_a_word(tmp_path: Path) -> None:
    result = built(tmp_path, css("/img/a.png"), PLAIN + "url_prefixes = []\n")
    assert result.diagnostics == ()
    assert "url(/img/a.png)" in released(tmp_path, result, "a.css")


def test_a_third_party_root_has_one_warning_with_a_count(tmp_path: Path) -> None:
    settings = PLAIN + 'sources = ["assets", { path = "vendor", vendored = true }]\n'
    sheet = (
        "a { background: url(/img/a.png) }\nb { background: url(/img/a.png) }\nc { background: url(/img/logo.svg) }\n"
    )
    found = only(built(tmp_path, {"vendor/v.css": sheet, **IMAGES}, settings))
    assert found.message == "3 references in `vendor/` name assets but for their prefix and are left alone"
    assert found.notes == ("`/img/a.png` (2 times), `/img/logo.svg`",)
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("vendor/v.css", 1)


@pytest.mark.parametrize("prefix", ["static/", "//static/", "https://a.example/", "/static?a"])
def test_a_prefix_is_a_path_from_the_root(tmp_path: Path, prefix: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": f'url_prefixes = ["{prefix}"]\n', "assets/a.css": ""})
    with pytest.raises(ConfigError, match="url_prefixes"):
        load_config(start=str(tmp_path))


@pytest.mark.parametrize(
    "prefix",
    ["/..", "/a/../", "/./", "/.", "/a/.", "/a//b/", "/a//", "/%2E/", "/a/.%2e", "/a\\u0000/", "/\\u0000", "/\\u007f/"],
)
def test_a_prefix_with_which_no_url_begins_is_an_error(tmp_path: Path, prefix: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": f'url_prefixes = ["/", "{prefix}"]\n', "assets/a.css": ""})
    with pytest.raises(ConfigError) as refused:
        load_config(start=str(tmp_path))
    (fault,) = refused.value.diagnostics
    assert fault.message.endswith("which begins no URL of an asset")
    assert fault.hint == "leave out `.`, `..`, empty parts and control characters, as in `/static/`"
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == (1, 22)


@pytest.mark.parametrize("prefix", ["/", "/a", "/.well-known/", "/a.b/..c/", "/a../...", "/%20/"])
def test_other_prefixes_are_none(tmp_path: Path, prefix: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": f'url_prefixes = ["{prefix}"]\n', "assets/a.css": ""})
    assert load_config(start=str(tmp_path)).url_prefixes == (f"{prefix.rstrip('/')}/",)
