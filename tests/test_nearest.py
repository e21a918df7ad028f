from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from buildassets.diagnostics import nearest
from buildassets.nearest import Known

names = st.text("ab/.", max_size=8)


@given(names, st.lists(names), st.sampled_from([0.0, 0.6, 0.75]))
def test_the_nearest_is_the_one_that_difflib_finds(name: str, known: list[str], cutoff: float) -> None:
    found = get_close_matches(name, known, n=1, cutoff=cutoff)
    assert nearest(name, known, cutoff) == (found[0] if found else None)


def test_the_same_name_elsewhere_is_nearer_than_another_in_the_folder() -> None:
    assert Known(["img/logo.png", "css/logo.pngs"]).nearest_asset("css/logo.png") == "img/logo.png"


def test_the_nearest_in_the_folder_is_nearer_than_one_elsewhere() -> None:
    assert Known(["css/apps.css", "css/other.css", "js/ap.css"]).nearest_asset("css/app.css") == "css/apps.css"


def test_of_many_in_a_folder_those_that_begin_or_end_alike_are_compared() -> None:
    known = Known(f"css/{number:04}.css" for number in range(1000))
    assert known.nearest_asset("css/0077.cs") == "css/0077.css"
    assert Known([f"css/{number:04}.css" for number in range(1000)] + ["css/apps.css"]).nearest("css/app.css") == (
        "css/apps.css"
    )
