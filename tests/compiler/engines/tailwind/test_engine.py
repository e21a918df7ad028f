"""Builds with Tailwind know all that its sheets depend on, and report faults in their places."""

import json
import os
import re
from pathlib import Path

import pytest

from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.foundation.diagnostics import render_text
from tests.building import build, codes, load_config, only, only_error, printed, released
from tests.compiler.engines.tailwind.projects import FILES, OURS, PAGE, SETTINGS, css, made, site
from tests.conftest import Tree, read_tree, settle, write_tree
from tests.tailwind import program


@pytest.fixture(autouse=True)
def _tailwind() -> None:
    program()


def test_only_templates_are_scanned(tmp_path: Path) -> None:
    elsewhere = dict.fromkeys(("README.md", "notes/a.html", "build/b.html", "assets/c.html"), '<i class="m-[77px]">')
    text = css(site(tmp_path, files=elsewhere))
    assert "padding" in text
    assert "77px" not in text


def test_scripts_of_the_project_are_scanned(tmp_path: Path) -> None:
    added = {"a.js": 11, "b.ts": 12, "lib/c.mjs": 13, "d.jsx": 14, "e.jst": 15}
    others = {"f.min.js": 21, "vendor/g.js": 22, "out/h.js": 23, "../theirs/i.js": 24, "../plain/j.js": 25}
    files: Tree = {f"assets/{name}": f"x.classList.add('m-[{size}px]')" for name, size in {**added, **others}.items()}
    roots = 'sources = ["assets", { path = "theirs", prefix = "theirs", vendored = true }]\nexclude = ["out/**"]\n'
    own = 'sources = ["assets"]\nexclude = ["css/part.css"]\n'
    text = css(site(tmp_path, files={**files, "buildassets.toml": SETTINGS.replace(own, roots)}))
    assert sorted(map(int, re.findall(r"margin: (\d\d)px", text))) == sorted(added.values())


@pytest.mark.parametrize("sheet", [OURS, f"{OURS}b {{ background: url(x.png) }}\n"], ids=["no map", "map"])
def test_a_url_to_nothing_in_a_class_is_reported_at_the_class(tmp_path: Path, sheet: str) -> None:
    files: Tree = {
        "assets/js/a.js": "f();\na.className = 'p-4 bg-[url(y.png)]';\n",
        "templates/page.html": "<i class=\"md:bg-[url(y.png)] bg-[image-set(url('z.png')_1x)]\">\n",
    }
    faults = made(site(tmp_path, sheet, files)).diagnostics
    places = [
        (one.message, one.location and (one.location.file, one.location.line, one.location.column)) for one in faults
    ]
    assert [place for place in places if "x.png" not in place[0]] == [
        ("cannot find `css/y.png`", ("assets/js/a.js", 2, 28)),
        ("cannot find `css/y.png`", ("templates/page.html", 1, 22)),
        ("cannot find `css/z.png`", ("templates/page.html", 1, 49)),
    ]
    assert faults[-1].notes[-1] == "Tailwind writes the class into `assets/css/app.css`, which its URL is relative to"


def test_pages_of_plain_are_scanned_as_templates_are(tmp_path: Path) -> None:
    sizes = {
        "index.html": 11,
        "about/a.htm": 12,
        "other.html": 21,
        "about/b.txt": 22,
        "out/c.html": 23,
        "vendor/d.html": 24,
    }
    pages = {f"assets/{name}": f'<i class="m-[{size}px]">' for name, size in sizes.items()}
    plain = 'plain = ["./index.html", "about/*", "out/*", "vendor/*"]\nexclude = ["out/**"]\n'
    settings = SETTINGS.replace('exclude = ["css/part.css"]\n', plain)
    folder = site(tmp_path, files={**pages, "buildassets.toml": settings})
    assert sorted(map(int, re.findall(r"margin: (\d\d)px", css(folder)))) == [11, 12]


def test_a_page_that_comes_changes_or_is_no_longer_plain_changes_the_sheet(tmp_path: Path) -> None:
    folder = site(tmp_path)
    write_tree(folder, {"buildassets.toml": f'plain = ["*.html"]\n{SETTINGS}'})
    builder = Builder(folder)
    builder()
    for size in (11, 12):
        write_tree(folder, {"assets/index.html": f'<i class="m-[{size}px]">'})
        assert re.findall(r"margin: (\d\d)px", builder()) == [str(size)]
    write_tree(folder, {"buildassets.toml": f'plain = ["about.html"]\n{SETTINGS}', "assets/about.html": ""})
    assert "12px" not in builder()


def test_a_site_of_plain_pages_alone_needs_no_templates(tmp_path: Path) -> None:
    page, settings = "assets/index.html", 'plain = ["index.html"]\n'
    folder = write_tree(tmp_path, {page: PAGE, "assets/css/app.css": OURS, "buildassets.toml": settings})
    result = made(folder)
    assert codes(result) == []
    assert ".p-4" in released(folder, result, "css/app.css")


def test_a_script_that_comes_or_changes_changes_the_sheet(tmp_path: Path) -> None:
    folder = site(tmp_path)
    builder = Builder(folder)
    builder()
    write_tree(folder, {"assets/js/new.js": 'a.className = "m-[5px]"'})
    assert "5px" in builder()
    write_tree(folder, {"assets/js/new.js": 'a.className = "m-[6px]"'})
    assert "6px" in (text := builder())
    assert "5px" not in text


def test_the_templates_of_frameworks_are_scanned_where_none_are_configured(tmp_path: Path) -> None:
    pages = {"shop/templates/shop/a.html": '<i class="m-[71px]">', "shop/jinja2/b.html": '<i class="m-[72px]">'}
    folder = site(tmp_path, files={"buildassets.toml": 'sources = ["assets"]\n', **pages})
    assert "71px" in css(folder)
    assert "72px" not in css(folder)
    (folder / "manage.py").touch()
    assert "72px" in css(folder)


def test_a_class_that_is_gone_is_gone_from_the_sheet(tmp_path: Path) -> None:
    folder = site(tmp_path)
    builder = Builder(folder)
    assert ".p-4" in builder()
    (folder / "templates/page.html").write_text('<body class="m-7">')
    text = builder()
    assert ".m-7" in text
    assert ".p-4" not in text


def test_a_template_that_comes_or_goes_changes_the_sheet(tmp_path: Path) -> None:
    folder = site(tmp_path)
    builder = Builder(folder)
    builder()
    write_tree(folder, {"templates/deep/new.html": '<i class="m-[5px]">'})
    assert "5px" in builder()
    (folder / "templates/deep/new.html").unlink()
    assert "5px" not in builder()
    builder()
    assert not builder.worked


class Builder:
    """Builds again and again, and gives the sheet; `worked` is whether the last build had something to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worked = False

    def __call__(self) -> str:
        settle()
        config, cache = load_config(start=str(self.folder)), str(self.folder / ".cache")
        self.worked = False

        def work(*, last: LastBuild | None) -> BuildResult:
            self.worked = True
            return build(config, mode="development", cache=cache, last=last)

        return released(
            self.folder,
            kept_or_built(BuildRequest(config=config, mode="development", cache=cache), work),
            "css/app.css",
        )


def test_a_source_of_the_sheet_adds_files(tmp_path: Path) -> None:
    files = {
        "assets/js/a.js": 'el.className = "m-[1px]"',
        "assets/js/deep/b.ts": 'el.className = "m-[2px]"',
        "assets/js/c.txt": "m-[3px]",
        "views/d.php": '<i class="m-[4px]">',
        "views/e.css": ".m-[5px] { content: 'm-[5px]' }",
    }
    text = css(site(tmp_path, f'{OURS}@source "../js/**/*.{{js,ts}}";\n@source "../../views";\n', files))
    assert sorted(set(re.findall(r"margin: (\d)px", text))) == ["1", "2", "4"]
    assert ".p-4" in text


def test_a_source_may_leave_files_out(tmp_path: Path) -> None:
    files = {"templates/old/a.html": '<i class="m-[1px]">', "templates/b.html": '<i class="m-[2px]">'}
    text = css(site(tmp_path, f'{OURS}@source not "../../templates/old";\n', files))
    assert "margin: 2px" in text
    assert "margin: 1px" not in text


def test_source_none_turns_templates_off(tmp_path: Path) -> None:
    sheet = '@import "tailwindcss" source(none);\n@source "../../views/*";\n'
    text = css(site(tmp_path, sheet, {"views/a.html": '<i class="m-[1px]">'}))
    assert "margin: 1px" in text
    assert ".p-4" not in text


def test_a_source_that_is_not_there_yet_is_seen_when_it_comes(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{OURS}@source "../../views";\n')
    builder = Builder(folder)
    builder()
    write_tree(folder, {"views/a.html": '<i class="m-[1px]">'})
    assert "margin: 1px" in builder()


def test_a_url_in_an_imported_sheet_is_as_seen_from_that_sheet(tmp_path: Path) -> None:
    files = {
        "assets/css/parts/deep/b.css": ".b { background: url(../../../img/b.svg#x) }",
        "assets/css/parts/a.css": '@import "./deep/b.css"; .a { background: url("a b.svg?c"); cursor: url(/x.cur) }',
        "assets/css/parts/a b.svg": "<svg/>",
        "assets/img/b.svg": "<svg/>",
    }
    folder = site(tmp_path, f'{OURS}@import "./parts/a.css";\n', files)
    result = made(folder, "production")
    assert not result.diagnostics, printed(result)
    assert result.manifest is not None
    assert result.manifest.assets["css/app.css"].references == ("css/parts/a b.svg", "img/b.svg")
    text = released(folder, result, "css/app.css")
    assert re.search(r"url\(\"?parts/a%20b\.[0-9a-f]{12}\.svg\?c\"?\)", text)
    assert re.search(r"url\(\.\./img/b\.[0-9a-f]{12}\.svg#x\)", text)
    assert "url(/x.cur)" in text


def test_a_missing_reference_is_shown_in_the_sheet_that_has_it(tmp_path: Path) -> None:
    files = {"assets/css/parts/a.css": "\n.a { color: red;\n background: url(none.svg) }", "buildassets.toml": SETTINGS}
    folder = site(tmp_path, f'{OURS}@import "./parts/a.css";\n', {**files})
    places = [(found.location and (found.location.file, found.location.line)) for found in made(folder).diagnostics]
    assert set(places) == {("assets/css/parts/a.css", 3)}


def test_inputs_are_the_sheet_its_imports_its_plugins_and_the_templates(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{OURS}@import "./part.css";\n@plugin "./brand/plugin.js";\n', FILES)
    manifest = made(folder).manifest
    assert manifest is not None
    inputs = ("css/app.css", "css/brand/brand.js", "css/brand/plugin.js", "css/part.css", "templates/page.html")
    assert manifest.assets["css/app.css"].inputs == inputs
    assert re.fullmatch(r"tailwindcss 4\.\d+\.\d+ \(wheel\)", manifest.engines["tailwindcss"])


def test_a_changed_plugin_makes_the_sheet_again(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{OURS}@plugin "./brand/plugin.js";\n', FILES)
    builder = Builder(folder)
    assert "tomato" in builder()
    (folder / "assets/css/brand/brand.js").write_text('module.exports = "salmon";\n')
    assert "salmon" in builder()


def test_a_sheet_of_a_package_is_put_in(tmp_path: Path) -> None:
    package = {
        "node_modules/waves/package.json": json.dumps({"exports": {".": {"style": "./dist/waves.css"}}}),
        "node_modules/waves/dist/waves.css": ".wave { background: url(wave.svg) }",
        "node_modules/waves/extra.css": ".extra { @apply p-4 }",
        "node_modules/waves/dist/wave.svg": "<svg/>",
    }
    sheet = f'{OURS}@import "waves";\n@import "waves/extra.css" layer(base);\n'
    folder = site(tmp_path, sheet, {**package, "buildassets.toml": f'missing = "ignore"\n{SETTINGS}'})
    text = css(folder)
    assert "url(../../node_modules/waves/dist/wave.svg)" in text
    assert ".extra" in text


def test_the_same_inputs_in_another_folder_give_the_same_bytes(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "an other [x] {y}"):
        folder = site(tmp_path / name, f'{OURS}@source "../../views";\n@plugin "./brand/plugin.js";\n', FILES)
        write_tree(folder, {f"views/{number}.html": f'<i class="m-[{number}px]">' for number in range(30)})
        assert made(folder, "production").succeeded
        trees.append(read_tree(folder / "build"))
    assert trees[0] == trees[1]
    assert any(b"29px" in content for content in trees[0].values() if isinstance(content, bytes))


def test_names_with_characters_of_globs_are_scanned(tmp_path: Path) -> None:
    names = ("[id].html", "a{b}.html", "!a.html", "it's.html", 'quo"te.html', "ü.html", "back\\slash.html", "no suffix")
    pages = {f"templates/{name}": f'<i class="m-[{100 + number}px]">' for number, name in enumerate(names)}
    assert len(set(re.findall(r"margin: (1\d\d)px", css(site(tmp_path, files=pages))))) == len(names)


def test_a_link_is_scanned_and_what_git_ignores_too(tmp_path: Path) -> None:
    folder = site(tmp_path, files={"else/a.html": '<i class="m-[1px]">', "templates/.gitignore": "*"})
    (folder / ".git").mkdir()
    os.symlink("../else/a.html", folder / "templates/link.html")
    assert "margin: 1px" in css(folder)


def test_a_template_in_another_encoding_is_scanned(tmp_path: Path) -> None:
    assert "margin: 1px" in css(
        site(tmp_path, files={"templates/a.html": '<i title="é" class="m-[1px]">'.encode("latin-1")})
    )


def test_the_sheet_is_minified_for_production(tmp_path: Path) -> None:
    assert ".p-4{padding:calc(var(--spacing) * 4)}" in css(site(tmp_path), "production")


def test_a_source_map_leads_to_the_sheets(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{OURS}@import "./part.css";\n.own {{ color: red }}\n', FILES)
    (folder / "buildassets.toml").write_text(f"source_maps = true\n{SETTINGS}")
    result = made(folder)
    assert result.manifest is not None, printed(result)
    source_map = json.loads(released(folder, result, "css/app.css.map"))
    assert sorted(name.rpartition("/")[2] for name in source_map["sources"]) == ["app.css", "part.css"]


def test_a_sheet_without_templates_is_a_warning(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"assets/app.css": OURS})
    found = only(made(folder))
    assert (found.code, found.is_error) == ("tailwind/sources", False)
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("assets/app.css", 1)
    write_tree(tmp_path, {"assets/app.css": f'{OURS}@source inline("p-4");\n'})
    assert not made(folder).diagnostics


@pytest.mark.parametrize(
    ("sheet", "written", "place"),
    [
        (f'{OURS}@source "../nosuch";\n', "../nosuch", (2, 9)),
        (f'{OURS}@source "../scr/*.{{html,js}}";\n', "../scr/*.{html,js}", (2, 9)),
        ('@import "tailwindcss" source("../scr");\n', "../scr", (1, 23)),
    ],
)
def test_a_source_that_matches_nothing_is_a_warning(
    tmp_path: Path, sheet: str, written: str, place: tuple[int, int]
) -> None:
    found = only(made(site(tmp_path, sheet)))
    assert (found.code, found.message) == ("tailwind/sources", f"`{written}` matches no file")
    assert not found.is_error
    assert found.location is not None
    assert (found.location.line, found.location.column) == place


def test_excluded_source_or_one_of_several_names_may_match_nothing(tmp_path: Path) -> None:
    sheet = f'{OURS}@source not "../nosuch";\n@source "../../{{templates,nosuch}}/*.html";\n'
    assert not made(site(tmp_path, sheet)).diagnostics


def test_rules_of_tailwind_3_are_a_warning(tmp_path: Path) -> None:
    sheet = "@tailwind base;\n@tailwind components;\n@tailwind utilities;\n"
    assert codes(made(site(tmp_path, sheet))) == ["tailwind/old-rule"] * 2


@pytest.mark.parametrize("times", [1, 2])
def test_imports_that_are_too_many_are_an_error(tmp_path: Path, times: int) -> None:
    levels = 150 if times == 1 else 13
    sheets: Tree = {
        **{f"assets/css/s{n}.css": f'@import "./s{n + 1}.css" layer(a);\n' * times for n in range(levels)},
        f"assets/css/s{levels}.css": ".a { color: red }\n",
    }
    fault = only_error(made(site(tmp_path, OURS + '@import "./s0.css";\n', sheets)))
    assert fault.message == "imports are nested more than 100 deep, or more than 5,000"


@pytest.mark.parametrize(
    ("rest", "message", "place"),
    [
        (".a {\n", "missing closing } at .a", (2, 1)),
        (".a { @apply p-4 nope-3; }\n", "cannot apply unknown utility class `nope-3`", (2, 17)),
        ('@plugin "daisyui";\n', "cannot find `daisyui`", (2, 10)),
        ('@plugin "./none.js";\n', "cannot find `./none.js`", (2, 9)),
        ('@import "./none.css";\n', "cannot find `./none.css`", (2, 9)),
        ('@import "none/a.css";\n', "cannot find `none/a.css`", (2, 10)),
        ('@import "./app.css";\n', "`./app.css` imports this sheet in its turn", (2, 9)),
    ],
)
def test_fault_is_shown_in_its_place(tmp_path: Path, rest: str, message: str, place: tuple[int, int]) -> None:
    found = only(made(site(tmp_path, OURS + rest)))
    assert (found.code, found.message) == ("tailwind/failed", message)
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == ("assets/css/app.css", *place)
    assert str(tmp_path) not in render_text(found)


@pytest.mark.parametrize("script", ['throw new Error("boom")', "module.exports = (;"])
def test_a_plugin_that_cannot_be_loaded_is_named(tmp_path: Path, script: str) -> None:
    found = made(site(tmp_path, f'{OURS}@plugin "./brand/plugin.js";\n', {"assets/css/brand/plugin.js": script}))
    failed = next(one for one in found.diagnostics if one.code == "tailwind/failed")
    assert failed.message == "`./brand/plugin.js` cannot be loaded"
    assert failed.location is not None
    assert (failed.location.line, failed.location.column) == (2, 9)


def test_a_bundle_may_have_the_sheet(tmp_path: Path) -> None:
    settings = SETTINGS.replace("[templates]", '[bundles]\n"all.css" = ["css/app.css", "b.css"]\n[templates]')
    folder = site(tmp_path, files={"buildassets.toml": settings, "assets/b.css": ".b { color: red }\n"})
    text = released(folder, made(folder, "production"), "all.css")
    assert ".p-4{" in text
    assert text.rstrip().endswith(".b{color:red}")


def test_lightningcss_minifies_what_tailwind_made(tmp_path: Path) -> None:
    settings = f'browsers = ["safari 16.4"]\n{SETTINGS}[engines]\ncss = "lightningcss"\n'
    folder = site(tmp_path, files={"buildassets.toml": settings})
    result = made(folder, "production")
    assert not result.diagnostics, printed(result)
    assert "&:hover" not in released(folder, result, "css/app.css")


def test_fault_of_an_imported_sheet_is_shown_there(tmp_path: Path) -> None:
    files = {"assets/css/parts/a.css": "\n.a { @apply nope-3; }\n"}
    result = made(site(tmp_path, f'{OURS}@import "./parts/a.css";\n', files))
    (found,) = (one for one in result.diagnostics if one.is_error)
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == ("assets/css/parts/a.css", 2, 13)


def test_a_sheet_that_imports_one_with_tailwind_may_use_its_rules(tmp_path: Path) -> None:
    files = {"assets/css/base.css": '@import "./deep/tailwind.css";\n', "assets/css/deep/tailwind.css": OURS}
    sheet = '@import "./base.css";\n.card { @apply p-4; }\n'
    folder = site(tmp_path, sheet, files)
    text = css(folder)
    assert ".card {\n  padding: calc(var(--spacing) * 4);\n}" in text
    assert "hover\\:underline" in text


def test_sheet_that_is_only_a_part_is_released_unless_it_has_rules_for_tailwind(tmp_path: Path) -> None:
    files = {
        "assets/css/card.css": '@import "./more.css";\n.part { @apply p-4; }\n',
        "assets/css/more.css": ".a { b: c }",
    }
    folder = site(tmp_path, f'{OURS}@import "./card.css";\n', files)
    result = made(folder)
    assert codes(result) == ["source/part"]
    assert result.manifest is not None
    assert set(result.manifest.assets) == {"css/app.css", "css/more.css"}
    assert "@apply" not in css(folder)


def test_an_imported_sheet_that_comes_makes_the_sheet(tmp_path: Path) -> None:
    folder = site(tmp_path, f'{OURS}@import "./late.css";\n')
    assert not made(folder).succeeded
    write_tree(folder, {"assets/css/late.css": ".late { color: red }"})
    assert ".late" in css(folder)
