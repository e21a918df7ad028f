from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.foundation.nearest import Known, nearest, nearest_paths

names = st.text("ab/.", max_size=8)


@given(names, st.lists(names), st.sampled_from([0.0, 0.6, 0.75]))
def test_the_nearest_is_the_one_that_difflib_finds(name: str, known: list[str], cutoff: float) -> None:
    found = get_close_matches(name, known, n=1, cutoff=cutoff)
    assert nearest(name, known, cutoff) == (found[0] if found else None)


def test_the_same_name_elsewhere_is_nearer_than_another_in_the_folder() -> None:
    assert Known(["img/logo.png", "css/logo.pngs"]).nearest_asset("css/logo.png") == "img/logo.png"


def test_the_nearest_in_the_folder_is_nearer_than_one_elsewhere() -> None:
    assert Known(["css/apps.css", "css/other.css", "js/ap.css"]).nearest_asset("css/app.css") == "css/apps.css"


def test_names_that_begin_or_end_alike_are_compared_in_large_folders() -> None:
    known = Known(f"css/{number:04}.css" for number in range(1000))
    assert known.nearest_asset("css/0077.cs") == "css/0077.css"
    assert Known([f"css/{number:04}.css" for number in range(1000)] + ["css/apps.css"]).nearest("css/app.css") == (
        "css/apps.css"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("img/hero.avif", "img/hero.webp"), ("hero.webp", "img/hero.webp"), ("zzz", None), ("", None)],
)
def test_nearest_is_the_most_similar_name_or_none(name: str, expected: str | None) -> None:
    assert nearest(name, ["css/app.css", "img/hero.webp", "img/logo.svg"]) == expected


@pytest.mark.parametrize(
    ("target", "known"),
    [
        ("css/hero.css", ["css/base.css", "css/print.css"]),
        ("js/cart.js", ["js/app.js", "js/main.js"]),
        ("css/tailwindcss", ["css/tw.css"]),
        ("lib/carousel/index.js", ["admin/index.js"]),
    ],
)
def test_name_with_only_the_same_folder_and_suffix_is_not_suggested(target: str, known: list[str]) -> None:
    assert Known(known).nearest_asset(target) is None


@pytest.mark.parametrize(
    ("target", "known"),
    [
        ("img/HERO_01.JPG", "img/hero_01.jpg"),
        ("img/hero.avif", "img/hero.webp"),
        ("js/jquery.js", "js/jquery.min.js"),
        ("css/base", "css/base.css"),
        ("css/stlye.css", "css/style.css"),
        ("js/lti.js", "js/lit.js"),
        ("js/aa.js", "js/a.js"),
        ("lib/carousel/index.js", "lib/carousels/index.js"),
    ],
)
def test_a_name_of_another_case_suffix_or_spelling_is_meant(target: str, known: str) -> None:
    assert Known([known, "css/other.css", "img/logo.png", "js/main.js"]).nearest_asset(target) == known


def test_file_that_contains_a_name_is_not_suggested_for_it() -> None:
    assert Known(["css/tables.css"]).nearest_asset("css/table.css", but="css/tables.css") is None
    assert Known(["tables"]).nearest("table", but="tables") is None


def test_several_paths_are_listed_the_most_like_first() -> None:
    paths = ["css/apps.css", "css/print.css", "css/app.min.css", "js/map.js"]
    assert nearest_paths("css/app.css", paths, most=3) == ("css/apps.css", "css/app.min.css")
    assert nearest_paths("css/app.css", paths, most=1) == ("css/apps.css",)
