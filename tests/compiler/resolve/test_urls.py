import json
import subprocess

import pytest

from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.model import ImportMap
from buildassets.compiler.resolve.urls import mapped, module_url, target_of
from buildassets.compiler.sources.globs import compile_globs
from buildassets.foundation.paths import LogicalPath, to_url

BASE = LogicalPath("css/theme/app.css")


def target(url: str, kind: ReferenceKind = ReferenceKind.URL, external: tuple[str, ...] = ()) -> str | None:
    return target_of(Reference(0, len(url), url, kind), BASE, "/assets/", compile_globs(external))


@pytest.mark.parametrize(
    ("url", "logical"),
    [
        ("a.png", "css/theme/a.png"),
        ("./a.png", "css/theme/a.png"),
        ("../../img/a.png", "img/a.png"),
        ("../x/../a.png", "css/a.png"),
        (" a.png\n", "css/theme/a.png"),
        ("a.eot?#iefix", "css/theme/a.eot"),
        ("a.svg#icon", "css/theme/a.svg"),
        ("a%20b.png", "css/theme/a b.png"),
        ("%E4%BD%A0.png", "css/theme/你.png"),
        ("你.png", "css/theme/你.png"),
        ("/assets/img/a.png?v=1", "img/a.png"),
        (r"..\a.png", "css/a.png"),
    ],
)
def test_a_reference_names_a_logical_path(url: str, logical: str) -> None:
    assert target(url) == logical


@pytest.mark.parametrize(
    "url",
    [
        *("", "#a", "?a", "http://example.com/a.png", "//example.com/a.png", "data:image/png;base64,AA", "about:blank"),
        *("/other/a.png", "./", "..", "fonts/", "/assets/", "blob:x", r"\\host\a.png"),
    ],
)
def test_urls_without_an_asset_are_left_alone(url: str) -> None:
    assert target(url) is None


def test_a_path_that_leaves_the_root_names_no_asset() -> None:
    assert target("../../../a.png") == "../a.png"


@pytest.mark.parametrize("specifier", ["lit", "lit/a.js", "@scope/a", "a.js"])
def test_a_bare_module_name_is_left_alone(specifier: str) -> None:
    assert target(specifier, ReferenceKind.MODULE) is None


@pytest.mark.parametrize("specifier", ["./a.js", "../theme/a.js", "/assets/css/theme/a.js"])
def test_a_module_path_is_followed(specifier: str) -> None:
    assert target(specifier, ReferenceKind.MODULE) == "css/theme/a.js"


def test_external_urls_are_left_alone() -> None:
    assert target("../legacy/a.png", external=("../legacy/*",)) is None


@pytest.mark.parametrize(
    ("specifier", "url"),
    [
        ("./a.js", "css/theme/a.js"),
        ("../a.js", "css/a.js"),
        ("./x/../a%2Cb,c.js", "css/theme/a%2Cb,c.js"),
        ("./ä%c3.js", "css/theme/%C3%A4%c3.js"),
        ("../../top.js", "top.js"),
    ],
)
def test_the_url_of_a_module_is_as_its_author_spelt_it(specifier: str, url: str) -> None:
    assert module_url(specifier, BASE) == url


@pytest.mark.parametrize(
    "specifier",
    ["a.js", "/assets/a.js", "./a.js?b", "./a.js#b", "../../../a.js", "./a b.js", ".//a.js", "./%2E/a.js", "./a\\b.js"],
)
def test_a_url_that_is_not_sure_is_none(specifier: str) -> None:
    assert module_url(specifier, BASE) is None


_PROGRAM = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([specifier, key, base]) =>
  [new URL(specifier, `https://a.example/p/${base}`).href, new URL(`/p/${key}`, "https://a.example/").href])));
"""


@pytest.mark.node
def test_urls_of_modules_are_those_of_the_url_standard(node: str) -> None:
    parts = (
        "a",
        "..",
        ".",
        "ü",
        "a,b",
        "%2C",
        "%",
        "%zz",
        "'",
        "(",
        "~",
        "@",
        "a+b",
        "%C3%BC",
        "%2F",
        "&;=$*!",
        "你",
        "x y",
    )
    specifiers = [f"{lead}{one}/{two}.js" for lead in ("./", "../") for one in parts for two in parts]
    bases = [LogicalPath(base) for base in ("a.js", "css/a.js", "ü b/a,b/c'd/e%f.js")]
    found = [(one, module_url(one, base), to_url(base)) for one in specifiers for base in bases]
    cases = [case for case in found if case[1] is not None]
    assert len(cases) > len(found) / 2
    run = subprocess.run([node, "-e", _PROGRAM], input=json.dumps(cases), capture_output=True, text=True, check=True)
    assert [case for case, (asked, key) in zip(cases, json.loads(run.stdout), strict=True) if asked != key] == []


MAP = ImportMap(
    {"lit": "lit.js", "cdn/": "https://cdn.example/", "cdn/a/": "https://a.example/"},
    {"old/": {"lit": "old/lit.js"}, "old/new/": {"lit": "new.js"}, "old/user.js": {"lit": "user.js"}},
)


@pytest.mark.parametrize(
    ("specifier", "base", "target"),
    [
        ("lit", "app.js", "lit.js"),
        ("lit", "older/app.js", "lit.js"),
        ("lit", "old/app.js", "old/lit.js"),
        ("lit", "old/new/app.js", "new.js"),
        ("lit", "old/user.js", "user.js"),
        ("cdn/x.js", "old/app.js", "https://cdn.example/x.js"),
        ("cdn/a/x.js", "app.js", "https://a.example/x.js"),
        ("lit/x.js", "app.js", None),
        ("other", "app.js", None),
    ],
)
def test_the_longest_scope_maps_a_name(specifier: str, base: str, target: str | None) -> None:
    assert mapped(MAP, specifier, base) == target
