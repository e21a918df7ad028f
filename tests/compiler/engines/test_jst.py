"""Templates become functions that node runs; their names, and their faults."""

import json
import subprocess
from pathlib import Path

import pytest

from buildassets.compiler.engines.jst import compile_template, name_edit
from buildassets.compiler.engines.protocol import EngineInput, Templating
from buildassets.compiler.languages.edits import edited
from buildassets.compiler.result import BuildResult
from tests.building import released
from tests.command import built
from tests.conftest import Tree

DATA = {"x": "X", "html": "<b a=\"1\" c='2'>&`", "list": [1, 2], "none": None}


def plain_build(folder: Path, files: Tree, settings: str = "") -> BuildResult:
    return built(folder, files, f"compress = []\n{settings}")


def rendered(node: str, script: str) -> dict[str, str]:
    """Each template of `script` with what it makes of DATA."""
    program = f"""
const window = {{}};
new Function("window", {json.dumps(script)})(window);
const made = Object.entries(window.JST).map(([name, template]) => [name, template({json.dumps(DATA)})]);
console.log(JSON.stringify(Object.fromEntries(made)));
"""
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


WRITTEN = [  # each template, and its text
    ("", ""),
    ("a 'b' \"c\" \\ `d`\n\te\r\n\u2028é😀", "a 'b' \"c\" \\ `d`\n\te\n\u2028é😀"),
    ("\ufeffa", "a"),
    ("<%= x %>|<%=x%>|<%= html %>", "X|X|<b a=\"1\" c='2'>&`"),
    ("<%- html %>", "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;&#x60;"),
    ("<%= none %>|<%- none %>|<%= void 0 %>|<%= 0 %>", "|||0"),
    ("<% if (x) { %>yes<% } else { %>no<% } %>", "yes"),
    ("<% for (var i = 0; i < 2; i++) { %><i><%= list[i] %></i><% } %>", "<i>1</i><i>2</i>"),
    ("<% print(x, 1) %>", "X1"),
    ("<%= x // c %>|<% /* d */ %>", "X|"),
    ("<%= obj.x %><%= '%' + '>' %>", "X%>"),
    ("<% list.forEach(function (one) { %>(<%= one %>)<% }) %>", "(1)(2)"),
    ("a <%", "a <%"),
    ("<%%>", "<%%>"),
    ("<%= '<%' %>|<%= x /* <% */ %>", "<%|X"),
    ("${x} %>", "${x} %>"),
]


@pytest.fixture(scope="module", params=["", "minify = false\n"])
def texts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, node: str) -> dict[str, str]:
    """The texts of all templates, by their numbers."""
    folder = tmp_path_factory.mktemp("jst")
    files = {f"assets/views/{number}.jst": template.encode() for number, (template, _) in enumerate(WRITTEN)}
    result = plain_build(folder, files, request.param)
    return rendered(node, "".join(released(folder, result, f"views/{n}.jst.js") for n in range(len(WRITTEN))))


@pytest.mark.node
@pytest.mark.parametrize("number", range(len(WRITTEN)), ids=[repr(template) for template, _ in WRITTEN])
def test_template_gives_its_text(texts: dict[str, str], number: int) -> None:
    assert texts[str(number)] == WRITTEN[number][1]


@pytest.mark.node
@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("views/**/*.jst", ["item", "user/card", "user/row"]),
        ("views/user/*.jst", ["card", "row"]),
        ("views/user/row.jst", ["row"]),
        ("**/*.jst", ["other/x", "views/item", "views/user/card", "views/user/row"]),
    ],
)
def test_templates_of_a_bundle_are_called_by_their_paths_below_the_common_folder(
    tmp_path: Path, node: str, pattern: str, names: list[str]
) -> None:
    names_of_all = ("views/item", "views/user/row", "views/user/card", "other/x")
    files = {f"assets/{name}.jst": f"{name} <%= x %>" for name in names_of_all}
    result = plain_build(tmp_path, files, f'[bundles]\n"all.js" = ["{pattern}"]\n')
    made = rendered(node, released(tmp_path, result, "all.js"))
    assert sorted(made) == names
    assert all(text.endswith(f"{name} X") for name, text in made.items())


@pytest.mark.node
def test_templates_and_strict_scripts_are_joined(tmp_path: Path, node: str) -> None:
    files = {"assets/a.js": "'use strict'; window.y = 1", "assets/b.jst": "<%= x %>"}
    result = plain_build(tmp_path, files, '[bundles]\n"all.js" = ["*.js", "*.jst"]\n')
    assert rendered(node, released(tmp_path, result, "all.js")) == {"b": "X"}


def test_a_template_and_a_script_of_one_name_are_two_assets(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/v/item.js": "view()", "assets/v/item.jst": "<%= x %>"})
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["v/item.js", "v/item.jst.js"]
    assert '["item"]=' in released(tmp_path, result, "v/item.jst.js")


def test_a_glob_of_scripts_holds_no_template(tmp_path: Path) -> None:
    files = {"assets/a.js": "a()", "assets/a.jst": "text"}
    result = plain_build(tmp_path, files, '[bundles]\n"all.js" = ["*.js"]\n"named.js" = ["a.jst.js"]\n')
    assert "text" not in released(tmp_path, result, "all.js")
    assert "text" in released(tmp_path, result, "named.js")


def test_a_template_is_renamed_in_what_esbuild_makes_of_it() -> None:
    script = '(window.JST=window.JST||{}).item=function(a){return"text"};'
    assert edited(script, [name_edit(script, "a/b")]) == script.replace(".item", '["a/b"]')


@pytest.mark.node
@pytest.mark.parametrize(
    ("templating", "program", "found"),
    [
        (Templating(namespace="App.views"), "App.views.item({})", "a\\b'"),
        (Templating(namespace="Views"), "Views.item({})", "a\\b'"),
        (Templating(namespace="window['my views']"), "window['my views'].item({})", "a\\b'"),
        (Templating(function="compile"), "JST.item", "<a\\b'>"),
        (Templating(function=""), "JST.item", "a\\b'"),
        (Templating(extension="html.mustache"), "JST.item({})", "a\\b'"),
    ],
)
def test_templates_become_what_is_wanted_of_them(node: str, templating: Templating, program: str, found: str) -> None:
    path = f"/v/item.{templating.extension}"
    script = compile_template(EngineInput("a\\b'", path, path), templating).text
    renamed = edited(script, [name_edit(script, "it's")])
    start = "var window = globalThis, App = {}; function compile(text) { return `<${text}>`; }\n"
    printed = [
        subprocess.run([node, "-e", f"{start}{text}\nconsole.log({call})"], capture_output=True, text=True)
        for text, call in ((script, program), (renamed, program.replace(".item", '["it\'s"]')))
    ]
    assert [one.stdout for one in printed] == [found + "\n"] * 2, [one.stderr for one in printed]


@pytest.mark.parametrize(
    ("template", "message", "place"),
    [
        ("a\n<%= f(x %>", "`(` is never closed", (2, 6)),
        ("<% } %>", "`}` closes nothing", (1, 4)),
        ("<% } { %>", "`}` closes nothing", (1, 4)),
        ("<% f(function () { %>\na<% } %>", "`(` is never closed", (1, 5)),
        ("<% if (a { %>\na<% } %>", "`(` is never closed", (1, 7)),
        ("<%= x] %>", "`]` closes nothing", (1, 6)),
        ("é\n\n <%= 'x %>", "a string, comment, template or regular expression is never closed", (3, 6)),
    ],
)
def test_unbalanced_code_is_reported_in_the_template(template: str, message: str, place: tuple[int, int]) -> None:
    (fault,) = compile_template(EngineInput(template, "/v/item.jst", "v/item.jst")).diagnostics
    assert fault.location is not None
    assert (fault.code, fault.message) == ("jst/syntax", f"{message} in the code of the template")
    assert (fault.location.file, fault.location.line, fault.location.column) == ("v/item.jst", *place)


@pytest.mark.parametrize(
    ("template", "message", "place"),
    [
        ("a\nb <%= x", "`<%=` is never closed", (2, 3)),
        ("a <% b", "`<%` is never closed", (1, 3)),
        ("<%- x\n<p><%= y %>", "`<%-` is never closed", (1, 1)),
        ("<% if (x) {\n<%= y %><% } %>", "`<%` is never closed", (1, 1)),
    ],
)
def test_a_tag_that_is_never_closed_is_an_error_at_its_place(
    template: str, message: str, place: tuple[int, int]
) -> None:
    (fault,) = compile_template(EngineInput(template, "/v/item.jst", "v/item.jst")).diagnostics
    assert (fault.code, fault.message) == ("jst/syntax", message)
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == place


@pytest.mark.parametrize("template", ["<%" * 200_000, "<%= " * 200_000 + "%>", "<%-%>" * 50_000, "%><" * 200_000])
def test_long_templates_take_linear_time(template: str) -> None:
    compile_template(EngineInput(template, "item.jst", "item.jst"))
