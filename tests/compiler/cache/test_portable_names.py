import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache.portable_names import PortableNames

FOLDER = os.path.abspath("/home/a/site")
OTHERS = {"source-0": os.path.abspath("/srv/shared"), "packages-0": os.path.abspath("/venv/lib/site-packages")}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/a/site/assets/a.scss", "assets/a.scss"),
        ("/home/a/site/@types/a.ts", "./@types/a.ts"),
        ("/home/a/site", "."),
        ("/home/a/other/a.scss", "../other/a.scss"),
        ("/srv/shared/css/a.css", "@source-0/css/a.css"),
        ("/venv/lib/site-packages/x/a.css", "@packages-0/x/a.css"),
        ("/usr/share/a.css", "/usr/share/a.css"),
    ],
)
def test_a_file_has_one_name_that_leads_to_it(path: str, name: str) -> None:
    names = PortableNames(FOLDER, OTHERS)
    path = os.path.abspath(path)
    assert names.name(path) == (os.path.abspath(name) if name.startswith("/") else name)
    assert names.path(names.name(path)) == path


def test_another_clone_has_the_same_names() -> None:
    here, there = PortableNames("/home/a/site", {"load-0": "/x"}), PortableNames("/mnt/b", {"load-0": "/home/b/lib"})
    assert there.path(here.name("/home/a/site/assets/a.scss")) == "/mnt/b/assets/a.scss"
    assert there.path(here.name("/x/a.scss")) == "/home/b/lib/a.scss"


def test_a_folder_behind_a_link_is_the_one_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "link").symlink_to("site")
    names = PortableNames(str(tmp_path / "link"), {})
    assert names.name(str(tmp_path / "link/a.css")) == names.name(str(tmp_path / "site/a.css")) == "a.css"


def test_a_name_of_a_folder_that_there_is_not_leads_nowhere() -> None:
    assert not os.path.exists(PortableNames(FOLDER, {}).path("@load-7/a.scss"))


@given(st.text("ab./\\:é~", max_size=12))
def test_the_path_of_a_name_is_resolved_however_it_is_written(name: str) -> None:
    expected = os.path.normpath(os.path.join("/work/site", name))
    assert PortableNames("/work/site", {}).path(name) == expected
