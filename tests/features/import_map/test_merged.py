"""One import map of what the project and its applications map."""

from buildassets.features.import_map.merged import Declared, Names, merged
from buildassets.foundation.diagnostics import Diagnostic

NOTHING = Names({}, {})


def application(name: str, imports: dict[str, str], **scopes: dict[str, str]) -> Declared:
    """Return what the application `name` declares, whose modules are in a folder of its name."""
    named = {f"{scope}/": names for scope, names in scopes.items()}
    return Declared(f"application `{name}`", (f"{name}/",), Names(imports, named))


def codes(faults: tuple[Diagnostic, ...]) -> list[str]:
    return [fault.code for fault in faults]


def test_names_of_all_applications_are_in_one_map() -> None:
    names, _, faults = merged(Names({"lit": "lit.js"}, {}), [application("shop", {"cart": "shop/cart.js"})])
    assert names == Names({"lit": "lit.js", "cart": "shop/cart.js"}, {})
    assert faults == ()


def test_the_same_target_twice_is_no_conflict() -> None:
    both = [application(name, {"lit": "vendor/lit.js"}) for name in ("blog", "shop")]
    names, owners, faults = merged(NOTHING, both)
    assert (names, faults) == (Names({"lit": "vendor/lit.js"}, {}), ())
    assert owners == {("importmap", "lit"): both[0].owner}


def test_two_versions_are_each_for_the_modules_of_their_application() -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}) for name in ("blog", "shop")]
    names, _, faults = merged(NOTHING, both)
    assert names == Names({}, {"blog/": {"lit": "blog/lit.js"}, "shop/": {"lit": "shop/lit.js"}})
    assert codes(faults) == ["importmap/versions"]
    assert faults[0].notes == (
        "application `blog` maps it to `blog/lit.js`",
        "application `shop` maps it to `shop/lit.js`",
    )


def test_an_entry_of_the_project_replaces_those_of_applications() -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}) for name in ("blog", "shop")]
    names, _, faults = merged(Names({"lit": "lit.js"}, {}), both)
    assert (names, faults) == (Names({"lit": "lit.js"}, {}), ())


def test_scopes_of_the_project_settle_two_versions_without_a_warning() -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}) for name in ("blog", "shop")]
    scopes = {f"{name}/": {"lit": "lit.js"} for name in ("blog", "shop")}
    assert merged(Names({}, scopes), both) == (Names({}, scopes), {}, ())


def test_two_versions_for_modules_in_one_folder_are_an_error_with_both_sides() -> None:
    both = [
        Declared(f"application `{name}`", ("common/",), Names({"lit": f"common/{name}.js"}, {})) for name in ("a", "b")
    ]
    _, _, faults = merged(NOTHING, both)
    (conflict,) = (fault for fault in faults if fault.is_error)
    assert conflict.code == "importmap/conflict"
    assert conflict.notes == ("application `a` maps it to `common/a.js`", "application `b` maps it to `common/b.js`")
    assert conflict.hint
    assert '`scopes."common/"."lit" = "common/a.js"`' in conflict.hint


def test_two_versions_without_modules_of_their_own_are_an_error() -> None:
    both = [Declared(f"application `{name}`", (), Names({"lit": f"{name}.js"}, {})) for name in ("a", "b")]
    _, _, faults = merged(NOTHING, both)
    assert codes(faults) == ["importmap/conflict"]


def test_two_targets_in_one_scope_are_an_error() -> None:
    both = [application(name, {}, vendor={"lit": f"{name}/lit.js"}) for name in ("blog", "shop")]
    _, _, faults = merged(NOTHING, both)
    assert codes(faults) == ["importmap/conflict"]
    assert "in the scope `vendor/`" in faults[0].message


def test_a_host_that_the_project_does_not_name_is_an_error() -> None:
    hostile = application("shop", {"lit": "https://evil.example/lit.js", "data": "data:text/javascript,1"})
    _, _, faults = merged(Names({"chart": "https://cdn.example/chart.js"}, {}), [hostile])
    assert codes(faults) == ["importmap/host", "importmap/host"]


def test_a_host_that_the_project_names_is_taken() -> None:
    project = Names({"chart": "https://cdn.example/chart.js"}, {})
    names, _, faults = merged(project, [application("shop", {"lit": "https://CDN.example/lit.js"})])
    assert names.imports["lit"] == "https://CDN.example/lit.js"
    assert faults == ()
