"""Jammit's two rules for the names of templates, and its settings for them, in tables made from its documentation."""

import pytest

from buildassets.compat.jammit.build.templates import names_of_templates, templating
from buildassets.compiler.engines.protocol import Templating


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/p/app/views/t/a.jst"], ["a"]),
        (["/p/t/a.jst", "/p/t/u/b.jst"], ["a", "u/b"]),
        (["/p/t/a.jst", "/p/t/b.jst"], ["a", "b"]),
        (["/p/src/t1.jst", "/p/src/nested/double/d.jst", "/p/src/nested/n.jst"], ["t1", "nested/double/d", "nested/n"]),
        (["/p/t/ab/x.jst", "/p/t/abc/y.jst"], ["ab/x", "abc/y"]),
        (["/p/t/a.html.jst", "/p/t/b.jst"], ["a.html", "b"]),
        ([], []),
    ],
)
def test_names(paths: list[str], names: list[str]) -> None:
    assert names_of_templates(paths, Templating()) == dict(zip(paths, names, strict=True))


def test_an_extension_of_several_parts_is_cut_off_as_a_whole() -> None:
    mustache = Templating(extension="html.mustache")
    paths = ["/p/a.html.mustache", "/p/u/b.html.mustache"]
    assert list(names_of_templates(paths, mustache).values()) == ["a", "u/b"]
    assert list(names_of_templates(paths[1:], mustache).values()) == ["b"]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, Templating()),
        ({"template_function": True, "template_namespace": True, "template_extension": True}, Templating()),
        ({"template_function": "template"}, Templating()),
        ({"template_function": "_.template"}, Templating(function="_.template")),
        ({"template_function": False}, Templating(function="")),
        ({"template_namespace": "App.views"}, Templating(namespace="App.views")),
        ({"template_extension": ".html.mustache"}, Templating(extension="html.mustache")),
    ],
)
def test_settings(settings: dict[str, object], found: Templating) -> None:
    class Settings:
        def value(self, key: str) -> object:
            return settings.get(key)

    assert templating(Settings()) == found
