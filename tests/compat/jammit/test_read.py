"""`config/assets.yml` without changes: the assets that each mode builds of it, and the reports of its faults."""

import json
import subprocess
from pathlib import Path

import pytest

import buildassets
from buildassets.compat.jammit.compile.assets_yml import AssetsYml
from buildassets.compat.jammit.compile.read import names_of_templates, templating
from buildassets.compiler.config.values import Mode
from buildassets.compiler.engines.protocol import Templating
from buildassets.compiler.result import BuildResult
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from tests.building import build, codes, load_config, manifest_of, printed
from tests.command import run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "public/javascripts/b.js": "f('b');\n",
    "public/javascripts/a.js": "f('a');\n",
    "public/javascripts/lib/c.js": "f('c');\n",
    "public/stylesheets/one.css": "a { color: red }\n",
    "public/stylesheets/two.css": "b { color: tan }\n",
    "app/views/t/a.jst": "<b>\\<%= x %>'</b>",
    "app/views/t/a.js": "f('beside');\n",
    "app/views/t/u/b.jst": "y",
    "public/unused.txt": "nobody names me",
}


def build_site(folder: Path, settings: str, files: Tree | None = None, mode: Mode = "production") -> BuildResult:
    """Build the site with `settings` as `config/assets.yml`."""
    write_tree(folder, {**SITE, **(files or {}), "config/assets.yml": settings})
    return build(load_config(start=str(folder), mode=mode), mode=mode)


def text(folder: Path, result: BuildResult, path: str) -> str:
    return (folder / "build/assets" / manifest_of(result).assets[path].file).read_text()


def calls(folder: Path, result: BuildResult, path: str) -> list[str]:
    """The arguments of the calls of `f`, in order, that a script holds."""
    return [call.partition("'")[0] for call in text(folder, result, path).split("f('")[1:]]


def faults(folder: Path, settings: str) -> tuple[Diagnostic, ...]:
    write_tree(folder, {**SITE, "config/assets.yml": settings})
    with pytest.raises(ConfigError) as failure:
        load_config(start=str(folder))
    return failure.value.diagnostics


PACKAGES = """
javascripts: {site: [public/javascripts/*.js, app/views/**/*.jst]}
stylesheets: {all: [public/stylesheets/*.css]}
"""


def test_packages_are_assets_and_what_none_names_is_not_released(tmp_path: Path) -> None:
    result = build_site(tmp_path, PACKAGES)
    assert list(manifest_of(result).assets) == ["all.css", "site.js"]
    assert manifest_of(result).url == "/assets/"
    assert manifest_of(result).packages is None


@pytest.mark.parametrize(
    ("globs", "order"),
    [
        ("[public/javascripts/*.js]", ["a", "b"]),
        ("[public/javascripts/b.js, public/javascripts/*.js]", ["b", "a"]),
        ("[public/javascripts/**/*.js]", ["a", "b", "c"]),
        ("['public/javascripts/{lib/c,b}.js']", ["b", "c"]),
        ("[[public/javascripts/b.js, [public/javascripts/a.js]], public/javascripts/b.js]", ["b", "a"]),
        ("[app/views/t/*.js]", ["beside"]),
        ("[app/views/t/*.js, public/javascripts/lib/*]", ["beside", "c"]),
    ],
)
def test_members_and_their_order(tmp_path: Path, globs: str, order: list[str]) -> None:
    result = build_site(tmp_path, f"javascripts: {{site: {globs}}}")
    assert calls(tmp_path, result, "site.js") == order


def test_anchors_and_merge_keys_are_read(tmp_path: Path) -> None:
    settings = """
defaults: &defaults
  compress_assets: off
javascripts:
  one: &one
    - public/javascripts/b.js
  two:
    - *one
    - public/javascripts/a.js
production:
  <<: *defaults
"""
    result = build_site(tmp_path, settings)
    assert calls(tmp_path, result, "two.js") == ["b", "a"]
    assert text(tmp_path, result, "one.js") == "f('b');\n"  # not minified


@pytest.mark.parametrize(("mode", "is_minified"), [("production", True), ("development", False)])
def test_the_section_of_the_mode_goes_before(tmp_path: Path, mode: Mode, is_minified: bool) -> None:
    settings = f"{PACKAGES}\ncompress_assets: no\nproduction:\n  compress_assets: yes\n"
    assert load_config(start=str(write(tmp_path, settings)), mode=mode).minify is is_minified


def write(folder: Path, settings: str) -> Path:
    return write_tree(folder, {**SITE, "config/assets.yml": settings})


@pytest.mark.parametrize("function", [buildassets.build, buildassets.check])
def test_a_configuration_of_another_mode_is_refused(tmp_path: Path, function: object) -> None:
    write_tree(tmp_path, {**SITE, "config/assets.yml": "javascripts:\n  j: [public/javascripts/*.js]\n"})
    with pytest.raises(ValueError, match="loaded for `production`: pass `mode='development'` to `load_config`"):
        function(buildassets.load_config(start=tmp_path), mode="development")  # type: ignore[operator]  # either of them
    function(buildassets.load_config(start=tmp_path, mode="development"), mode="development")  # type: ignore[operator]


@pytest.mark.node
def test_templates_follow_scripts_under_jammits_names(tmp_path: Path, node: str) -> None:
    settings = "javascripts: {site: [app/views/**/*.jst, public/javascripts/a.js, app/views/t/*.js]}"
    script = text(tmp_path, build_site(tmp_path, settings), "site.js")
    program = f"""
const found = [], window = {{}}, count = () => Object.keys(window.JST || {{}}).length;
new Function("f", "window", {json.dumps(script)})((name) => found.push(name, count()), window);
console.log(JSON.stringify([found, Object.keys(window.JST), window.JST.a({{ x: 1 }})]));
"""
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [["a", 0, "beside", 0], ["a", "u/b"], "<b>\\1'</b>"]


@pytest.mark.parametrize(
    ("setting", "written"),
    [
        ("template_function: _.template", '["a"]=_.template("<b>\\\\<%= x %>\'</b>");'),
        ("template_function: false", '["a"]=("<b>\\\\<%= x %>\'</b>");'),
        ("template_namespace: App.views\ntemplate_function: c", '(App.views=App.views||{})["a"]=c('),
        ("template_namespace: Views\ntemplate_function: c", '(window.Views=window.Views||{})["a"]=c('),
    ],
)
def test_functions_and_namespaces_of_templates(tmp_path: Path, setting: str, written: str) -> None:
    result = build_site(tmp_path, f"{setting}\njavascripts: {{site: [app/views/t/a.jst]}}")
    assert written in text(tmp_path, result, "site.js")


def test_templates_may_have_another_extension(tmp_path: Path) -> None:
    files: Tree = {"app/m/a.html.mustache": "{{x}}", "app/m/u/b.html.mustache": "{{y}}"}
    settings = "template_extension: html.mustache\ntemplate_function: Hogan.compile\njavascripts: {site: [app/m/**/*]}"
    script = text(tmp_path, build_site(tmp_path, settings, files), "site.js")
    assert '["a"]=Hogan.compile("{{x}}");' in script
    assert '["u/b"]=Hogan.compile("{{y}}");' in script


def test_references_of_sheets_are_followed_wherever_the_package_is(tmp_path: Path) -> None:
    sheet = "a { background: url(../images/a.png?1234) } b { background: url(http://h/x.png) }"
    result = build_site(tmp_path, PACKAGES, {"public/stylesheets/one.css": sheet, "public/images/a.png": "png"})
    file = manifest_of(result).assets["images/a.png"].file
    assert f"url({file}?1234)" in text(tmp_path, result, "all.css")
    assert "url(http://h/x.png)" in text(tmp_path, result, "all.css")


def test_urls_without_rewriting_are_relative_to_the_package(tmp_path: Path) -> None:
    settings = f"{PACKAGES}\nrewrite_relative_paths: false\npackage_path: packs"
    sheet = "a { background: url(../images/a.png) }"
    files: Tree = {
        "public/stylesheets/deep/x.css": sheet,
        "public/images/a.png": "png",
    }
    result = build_site(tmp_path, settings.replace("stylesheets/*.css", "stylesheets/deep/*.css"), files)
    assert manifest_of(result).assets["all.css"].references == ("images/a.png",)
    assert manifest_of(result).url == "/packs/"


def test_a_reference_to_no_file_is_a_warning(tmp_path: Path) -> None:
    result = build_site(tmp_path, PACKAGES, {"public/stylesheets/one.css": "a { background: url(gone.png) }"})
    assert [found.is_error for found in result.diagnostics] == [False]
    assert codes(result) == ["reference/missing"]


EMBEDDING: Tree = {
    "public/images/embed/small.png": "x" * 24_522,
    "public/images/embed/large.png": "x" * 24_523,
    "public/images/embed/deep/a.gif": "gif",
    "public/images/other.png": "png",
    "public/images/embed/a.svg": "<svg/>",
    "public/images/embedded/b.png": "png",
    "public/fonts/embed/large.woff": "x" * 50_000,
    "public/fonts/embed/a.woff2": "woff2",
    "public/stylesheets/one.css": "".join(
        f".c{{background:url(../{name})}}"
        for name in (
            *("images/embed/small.png", "images/embed/large.png", "images/embed/deep/a.gif", "images/other.png"),
            *("images/embed/a.svg", "images/embedded/b.png", "fonts/embed/large.woff", "fonts/embed/a.woff2"),
        )
    ),
}


@pytest.mark.parametrize("setting", ["embed_assets: on", "embed_assets: datauri", "embed_images: on"])
def test_small_images_and_all_fonts_in_embed_folders_are_embedded(tmp_path: Path, setting: str) -> None:
    result = build_site(tmp_path, f"{setting}\n{PACKAGES}", EMBEDDING)
    assert manifest_of(result).assets["all.css"].references == (
        *("fonts/embed/a.woff2", "images/embed/a.svg", "images/embed/large.png"),
        *("images/embedded/b.png", "images/other.png"),
    )


@pytest.mark.parametrize("setting", ["", "embed_assets: off", "package_assets: off\nembed_assets: on"])
def test_files_are_embedded_on_request_only(tmp_path: Path, setting: str) -> None:
    result = build_site(tmp_path, f"{setting}\n{PACKAGES}", EMBEDDING)
    assert len(manifest_of(result).assets["all.css"].references) == 8


@pytest.mark.parametrize(
    ("setting", "mode", "individual", "has_members"),
    [
        ("", "production", False, False),
        ("", "development", True, True),
        ("package_assets: on", "production", False, False),
        ("package_assets: always", "production", False, False),
        ("package_assets: always", "development", False, True),
        ("package_assets: always\nallow_debugging: off", "development", False, False),
        ("package_assets: off", "production", True, True),
        ("package_assets: off", "development", True, True),
    ],
)
def test_pages_load_members_of_packages_by_mode(
    tmp_path: Path, setting: str, mode: Mode, individual: bool, has_members: bool
) -> None:
    manifest = manifest_of(build_site(tmp_path, f"{setting}\n{PACKAGES}", mode=mode))
    found = manifest.packages
    assert (found is not None and found.individual, found is not None) == (individual, has_members)
    if found:
        assert found.members == {
            "all.css": ("stylesheets/one.css", "stylesheets/two.css"),
            "site.js": ("javascripts/a.js", "javascripts/b.js", "site.jst.js"),
        }
        assert {member for members in found.members.values() for member in members} < manifest.assets.keys()


def test_a_package_of_templates_is_a_separate_asset(tmp_path: Path) -> None:
    result = build_site(tmp_path, "templates: {views: [app/views/**/*.jst]}")
    assert list(manifest_of(result).assets) == ["views.jst.js"]


def test_gzip_and_compression_can_be_turned_off(tmp_path: Path) -> None:
    config = load_config(start=str(write(tmp_path, f"{PACKAGES}\ngzip_assets: off\ncompress_assets: off")))
    assert (config.compress, config.minify) == ({}, False)


def test_another_public_root_and_further_asset_roots(tmp_path: Path) -> None:
    files: Tree = {
        "web/css/a.css": "a { background: url(../i.png) }",
        "web/i.png": "png",
        "shared/s.css": "s { top: 0 }",
    }
    settings = "public_root: web\nasset_roots: [shared]\nstylesheets: {all: [s.css, web/css/*.css]}"
    result = build_site(tmp_path, settings, files)
    assert list(manifest_of(result).assets) == ["all.css", "i.png"]
    assert text(tmp_path, result, "all.css").startswith("s{top:0}")


@pytest.mark.parametrize("roots", ["asset_roots: [../shared]\n", ""])
def test_a_folder_outside_of_the_project_is_shown_as_written(tmp_path: Path, roots: str) -> None:
    write_tree(tmp_path, {"shared/x/s.css": "a { background: url(none.png) }\n"})
    result = build_site(tmp_path / "site", f"{roots}stylesheets:\n  app: [../shared/x/*.css]\n")
    assert "--> ../shared/x/s.css:1:21" in printed(result)
    assert "`../shared/x/`" in printed(result)
    assert str(tmp_path) not in printed(result)


def test_output_of_jammit_itself_is_not_a_source(tmp_path: Path) -> None:
    files: Tree = {"public/assets/all.css": "old", "public/assets/all-datauri.css.gz": "old", "public/assets/a.txt": ""}
    config = load_config(start=str(write_tree(tmp_path, {**SITE, **files, "config/assets.yml": PACKAGES})))
    (public,) = (root for root in config.sources if root.shown == "public")
    assert "./assets/all.css" in public.exclude
    assert codes(build(config)) == []


def test_our_own_file_goes_before(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'url = "/static/"\nminify = false\n'})
    result = build_site(tmp_path, PACKAGES)
    assert manifest_of(result).url == "/static/"
    assert "color: red" in text(tmp_path, result, "all.css")


def test_the_file_can_be_named_and_left_alone(tmp_path: Path) -> None:
    files: Tree = {"conf/jam.yml": PACKAGES, "assets/own.css": "", "buildassets.toml": 'jammit = "conf/jam.yml"\n'}
    assert list(manifest_of(build_site(tmp_path, "stylesheets: {x: [none]}", files)).assets) == ["all.css", "site.js"]
    write_tree(tmp_path, {"buildassets.toml": "jammit = false\n"})
    assert list(manifest_of(build(load_config(start=str(tmp_path)))).assets) == ["own.css"]


@pytest.mark.parametrize("settings", ["- a\n", "bundles: {}\n", "sources: [", "name: javascripts\n"])
def test_the_file_of_another_system_is_not_read(tmp_path: Path, settings: str) -> None:
    write_tree(tmp_path, {"config/assets.yml": settings, "assets/own.css": ""})
    assert list(manifest_of(build(load_config(start=str(tmp_path)))).assets) == ["own.css"]


def test_jammit_adds_its_folders_to_configured_sources(tmp_path: Path) -> None:
    settings = 'jammit = "config/assets.yml"\nsources = ["own", "public"]\n'
    write_tree(tmp_path, {"buildassets.toml": settings, "own/a.css": ""})
    assert list(manifest_of(build_site(tmp_path, PACKAGES)).assets) == ["all.css", "site.js"]
    assert [root.shown for root in load_config(start=str(tmp_path)).sources] == ["own", "public", "app"]


def test_sources_of_our_own_go_without_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'sources = ["own"]\n', "own/a.css": ""})
    assert list(manifest_of(build_site(tmp_path, PACKAGES)).assets) == ["a.css"]


def test_ruby_in_the_file_is_named_and_left_out(tmp_path: Path) -> None:
    settings = """<% if true %>
compress_assets: <%= ENV["X"] == "y" %>
<% end %>
stylesheets:
  all: [public/stylesheets/one.css, "<%= theme %>.css"]
"""
    result = build_site(tmp_path, settings)
    reported = [(found.message, found.location) for found in result.diagnostics]
    places = [(message, where and (where.line, where.column)) for message, where in reported]
    assert places == [
        ("`compress_assets` is computed by Ruby, and left out", (2, 18)),
        ("`stylesheets.all` is computed by Ruby, and left out", (5, 37)),
    ]
    assert text(tmp_path, result, "all.css") == "a{color:red}\n"


def test_code_that_aliases_repeat_is_reported_once(tmp_path: Path) -> None:
    result = build_site(tmp_path, 'common: &common ["<%= theme %>.css"]\nstylesheets: {a: *common, b: *common}\n')
    assert codes(result).count("jammit/ruby") == 1


@pytest.mark.parametrize("ours", ["", 'output = "made"\njammit = "config/assets.yml"'])
def test_a_glob_of_the_whole_project_takes_no_file_of_the_release(tmp_path: Path, ours: str) -> None:
    settings = 'public_root: .\nstylesheets: {all: ["**/*.css"]}\n'
    first, second = (build_site(tmp_path, settings, {"buildassets.toml": ours}) for _ in range(2))
    assert codes(second) == []
    assert manifest_of(second).assets == manifest_of(first).assets


def test_a_glob_that_matches_nothing_is_a_warning_and_its_package_is_empty(tmp_path: Path) -> None:
    result = build_site(tmp_path, "stylesheets:\n  none:\n    - public/gone/*.css\n")
    (found,) = result.diagnostics
    assert (found.code, found.message, found.is_error) == ("jammit/empty", "`public/gone/*.css` matches no file", False)
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == ("config/assets.yml", 3, 7)
    packages = manifest_of(result).packages
    assert packages is not None
    assert packages.members == {"none.css": ()}


@pytest.mark.parametrize(
    ("ours", "expected"), [("", "error"), ('missing = "error"', "error"), ('missing = "warn"', "warning")]
)
def test_file_that_a_package_names_and_nobody_has_is_an_error_unless_missing_is_set(
    tmp_path: Path, ours: str, expected: str
) -> None:
    named = "stylesheets:\n  all:\n    - public/gone.css\n    - public/stylesheets/one.css\n    - public/none/*.css\n"
    result = build_site(tmp_path, named, {"buildassets.toml": ours})
    severities = {found.message: found.severity.value for found in result.diagnostics}
    assert severities == {
        "`public/gone.css` matches no file": expected,
        "`public/none/*.css` matches no file": "warning",
    }


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("public/twins/a.css", "i{b:css}"),
        ("public/twins/*.css", "i{b:css}"),
        ("public/twins/a.scss", "i b{c:scss}"),
    ],
)
def test_file_that_a_package_names_is_taken_where_another_makes_the_same_asset(
    tmp_path: Path, named: str, expected: str
) -> None:
    files: Tree = {"public/twins/a.css": "i{b:css}", "public/twins/a.scss": "i{b{c:scss}}"}
    result = build_site(tmp_path, f"stylesheets:\n  all: [{named}]\n", files)
    assert text(tmp_path, result, "all.css").strip() == expected


def test_two_files_of_one_asset_that_packages_name_are_an_error(tmp_path: Path) -> None:
    files: Tree = {"public/twins/a.css": "i{b:css}", "public/twins/a.scss": "i{b{c:scss}}"}
    result = build_site(tmp_path, "stylesheets:\n  all: [public/twins/a.css, public/twins/a.scss]\n", files)
    assert "source/duplicate" in codes(result)


def test_missing_files_of_packages_can_be_ignored(tmp_path: Path) -> None:
    named = "stylesheets:\n  all: [public/gone.css, public/stylesheets/one.css, public/none/*.css]\n"
    result = build_site(tmp_path, named, {"buildassets.toml": 'missing = "ignore"'})
    assert (codes(result), list(manifest_of(result).assets)) == ([], ["all.css"])


@pytest.mark.parametrize(
    ("settings", "code", "line"),
    [
        ("javascripts:\n  a: [b\nc: d", "jammit/syntax", 3),
        ("javascripts: [a]\n", "jammit/value", 1),
        ("a: 1\nstylesheets: &x\n  y: *x\n  z: *w\n", "jammit/syntax", 4),
    ],
)
def test_faults_are_reported_with_their_place(tmp_path: Path, settings: str, code: str, line: int) -> None:
    (found,) = faults(tmp_path, settings)
    assert (found.code, found.location and found.location.line) == (code, line)


def test_list_that_contains_itself_is_an_error(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "stylesheets:\n  all: &all\n    - *all\n    - public/stylesheets/one.css\n")
    assert (found.code, found.location and found.location.line) == ("jammit/syntax", 2)
    assert "a value contains itself" in found.message


def test_packages_without_files_are_not_released(tmp_path: Path) -> None:
    result = build_site(tmp_path, "javascripts: {site: [public/none/*.js]}")
    assert (codes(result), list(manifest_of(result).assets)) == (["jammit/empty"], [])


def test_lists_that_aliases_repeat_are_read_once(tmp_path: Path) -> None:
    lists = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 4))
    result = build_site(tmp_path, f"l0: &l0 [public/stylesheets/one.css]\n{lists}stylesheets: {{all: *l3}}\n")
    assert list(manifest_of(result).assets) == ["all.css"]


def test_a_new_file_that_a_glob_matches_is_found_by_the_next_build(tmp_path: Path) -> None:
    write(tmp_path, PACKAGES)
    assert run(tmp_path, "build", "-q").returncode == 0
    assert "wrote nothing" in run(tmp_path, "build").stderr
    assert "wrote nothing" in run(tmp_path, "build").stderr
    write_tree(tmp_path, {"app/views/new/c.jst": "z"})
    assert "wrote nothing" not in run(tmp_path, "build").stderr
    file = json.loads((tmp_path / "build/manifest.json").read_text())["assets"]["site.js"]["file"]
    assert '["new/c"]' in (tmp_path / "build/assets" / file).read_text()
    write_tree(tmp_path, {"config/assets.yml": "stylesheets: {all: [public/stylesheets/one.css]}"})
    assert "built 1 asset " in run(tmp_path, "build").stderr


def test_workers_and_a_cache_give_the_same(tmp_path: Path) -> None:
    write(tmp_path, f"template_function: c\n{PACKAGES}")
    assert run(tmp_path, "build", "-q", "-o", "one", "--no-cache", "--jobs", "1").returncode == 0
    assert run(tmp_path, "build", "-q", "-o", "two", "--jobs", "2").returncode == 0
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "two/manifest.json").read_bytes()


def test_missing_kinds_of_embedded_files_are_not_a_fault(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"config/assets.yml": "embed_assets: on\nstylesheets: {all: [c.css]}\n", "c.css": "a { top: 0 }"}
    )
    config = load_config(start=str(tmp_path))
    assert config.data_urls is not None
    assert build(config).diagnostics == ()


@pytest.mark.parametrize("name", ["../../evil", "/abs"])
def test_package_that_leads_out_of_the_release_is_reported_in_its_file(tmp_path: Path, name: str) -> None:
    text = f"javascripts:\n  {name}: [public/js/*.js]\n"
    done = run(write_tree(tmp_path, {"config/assets.yml": text, "public/js/a.js": "a()"}), "build")
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"error[config/value]: the package `{name}` is not a logical path\n  --> config/assets.yml:2:"
    )


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
def test_names_of_templates(paths: list[str], names: list[str]) -> None:
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
def test_settings_of_templates(settings: dict[str, object], found: Templating) -> None:
    assert templating(AssetsYml(settings, "", "assets.yml", {})) == found
