import pytest

from buildassets.compiler.globs import compile_globs
from buildassets.compiler.model import Reference, ReferenceKind
from buildassets.compiler.resolve import target_of
from buildassets.paths import LogicalPath

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
def test_what_names_no_asset_is_left_alone(url: str) -> None:
    assert target(url) is None


def test_a_path_that_climbs_out_is_no_asset_s_name() -> None:
    assert target("../../../a.png") == "../a.png"


@pytest.mark.parametrize("specifier", ["lit", "lit/a.js", "@scope/a", "a.js"])
def test_a_bare_module_name_is_left_alone(specifier: str) -> None:
    assert target(specifier, ReferenceKind.MODULE) is None


@pytest.mark.parametrize("specifier", ["./a.js", "../theme/a.js", "/assets/css/theme/a.js"])
def test_a_module_path_is_followed(specifier: str) -> None:
    assert target(specifier, ReferenceKind.MODULE) == "css/theme/a.js"


def test_what_the_configuration_calls_external_is_left_alone() -> None:
    assert target("../legacy/a.png", external=("../legacy/*",)) is None
