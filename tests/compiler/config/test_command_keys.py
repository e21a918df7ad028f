"""The keys of commands, and what is wrong with them."""

from pathlib import Path

import pytest

from buildassets.compiler.config.values import Config, ConfiguredCommand
from buildassets.errors import ConfigError
from buildassets.foundation.permission import READING
from tests.building import load_config
from tests.conftest import write_tree

LESS = 'from = "less"\nto = "css"\n'
RUN = 'run = ["lessc", "{path}"]\n'


def configured(folder: Path, settings: str) -> Config:
    write_tree(folder, {"buildassets.toml": settings, "assets/a.css": ""})
    return load_config(start=str(folder))


def refusal(folder: Path, settings: str) -> str:
    """The first fault of `settings`: its message, and its hint in the next line."""
    with pytest.raises(ConfigError) as caught:
        configured(folder, settings)
    first = caught.value.diagnostics[0]
    assert first.location is not None
    assert first.location.line
    return f"{first.message}\n{first.hint}"


def test_all_keys_of_a_command(tmp_path: Path) -> None:
    settings = f"""
    [commands.less]
    {LESS}{RUN}
    inputs = ["less/**"]
    depfile = "{{out}}.d"
    env = ["B", "A"]
    problem = '^(?P<file>[^:]+):(?P<line>\\d+): (?P<message>.*)$'
    timeout = 1.5
    """
    problem = r"^(?P<file>[^:]+):(?P<line>\d+): (?P<message>.*)$"
    assert configured(tmp_path, settings).commands == {
        "less": ConfiguredCommand(
            ("lessc", "{path}"), "less", "css", "", ("less/**",), "{out}.d", ("A", "B"), problem, timeout_seconds=1.5
        )
    }


def test_a_command_has_defaults(tmp_path: Path) -> None:
    found = configured(tmp_path, f'[commands.up]\nfrom = ".less"\nto = ".css"\n{RUN}').commands["up"]
    assert found == ConfiguredCommand(("lessc", "{path}"), "less", "css", timeout_seconds=60)


def test_the_one_asset_of_a_command(tmp_path: Path) -> None:
    found = configured(tmp_path, '[commands.up]\noutput = "css/a.css"\nrun = ["make", ""]').commands["up"]
    assert found == ConfiguredCommand(("make", ""), output="css/a.css")


def test_in_pyproject(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": f"[tool.buildassets.commands.less]\n{LESS}{RUN}", "assets/a.css": ""})
    assert list(load_config(start=str(tmp_path)).commands) == ["less"]


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        (f"{RUN}", "`commands.x` has neither `from` nor `output`", 'from = "less"'),
        (f'from = "less"\n{RUN}', "`commands.x` has no `to`", 'to = "css"'),
        (
            f'{LESS}output = "a.css"\n{RUN}',
            "`commands.x.output` cannot be combined with `from`",
            "take one of them out",
        ),
        (f'output = "a.css"\nto = "css"\n{RUN}', "`commands.x.to` cannot be combined with `output`", "take it out"),
        (f'output = "../a.css"\n{RUN}', "`commands.x.output` cannot be `../a.css`", "write a logical path"),
        (f'output = "a.css"\n{RUN}', "`commands.x.run[1]` has `{path}`, and no source", "name the files themselves"),
        (f'from = "a/b"\nto = "css"\n{RUN}', "`commands.x.from` cannot be `a/b`: that is not a suffix", "as in `less`"),
        (f'from = "Less"\nto = "css"\n{RUN}', "`commands.x.from` cannot be `Less`", "lower case"),
        (LESS, "`commands.x` has no `run`", 'run = ["lessc", "{path}"]'),
        (f"{LESS}run = []", "`commands.x.run` is empty", "name a program"),
        (f'{LESS}run = ["", "a"]', "`commands.x.run[0]` is empty", "name a program"),
        (f'{LESS}run = ["a", 1]', "`commands.x.run[1]` is an integer", "in quotes"),
        (f'{LESS}run = "lessc {{path}}"', "`commands.x.run` is a string", '`["lessc", "{path}"]`'),
        (f"{LESS}{RUN}timeout = 0", "`commands.x.timeout` is 0, which is out of range", "from 0.01"),
        (f"{LESS}{RUN}env = ['A=1']", "`commands.x.env[0]` cannot be `A=1`", "write the name alone"),
        (
            f"{LESS}{RUN}problem = '(?P<line'",
            "`commands.x.problem` is not a regular expression: missing >",
            "correct it",
        ),
        (f"{LESS}{RUN}problem = '(?P<msg>.*)'", "has a group `msg`, which means nothing", "did you mean `message`?"),
        (f"{LESS}{RUN}problem = '(?P<lines>.*)'", "has a group `lines`, which means nothing", "did you mean `line`?"),
        (f"{LESS}{RUN}depfiles = 'a'", "unknown key `commands.x.depfiles`", "did you mean `depfile`?"),
    ],
)
def test_invalid_commands_are_refused(tmp_path: Path, settings: str, message: str, hint: str) -> None:
    found = refusal(tmp_path, f"[commands.x]\n{settings}")
    assert message in found.split("\n")[0]
    assert hint in found.split("\n")[1]


def test_a_command_without_a_name(tmp_path: Path) -> None:
    assert "as in `[commands.less]`" in refusal(tmp_path, f"[commands]\n{LESS}{RUN}")


def test_two_commands_for_one_suffix(tmp_path: Path) -> None:
    found = refusal(tmp_path, f"[commands.a]\n{LESS}{RUN}[commands.b]\n{LESS}{RUN}")
    assert "`commands.b.from` cannot be `less`: `commands.a` makes the assets of `.less`" in found


def test_two_commands_for_one_asset(tmp_path: Path) -> None:
    one = 'output = "a.css"\nrun = ["make"]\n'
    found = refusal(tmp_path, f"[commands.a]\n{one}[commands.b]\n{one}")
    assert "`commands.b.output` cannot be `a.css`: `commands.a` makes the assets at that path" in found


def test_a_command_and_an_engine_for_one_suffix(tmp_path: Path) -> None:
    settings = f'[engines]\nless = "less"\n[commands.a]\n{LESS}{RUN}'
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, settings)
    assert any("`engines.less` compiles these" in one.message for one in caught.value.diagnostics)


def test_commands_that_make_what_others_compile(tmp_path: Path) -> None:
    settings = f'[commands.a]\nfrom = "a"\nto = "b"\n{RUN}[commands.b]\nfrom = "b"\nto = "a"\n{RUN}'
    found = refusal(tmp_path, settings)
    assert "`commands.a.to` cannot be `b`, which `commands.b` compiles" in found
    assert "not compiled again" in found


def test_a_command_next_to_one_for_unchanged_sheets(tmp_path: Path) -> None:
    settings = f'[commands.a]\n{LESS}{RUN}[commands.b]\nfrom = "css"\nto = "css"\n{RUN}'
    assert list(configured(tmp_path, settings).commands) == ["a", "b"]


def test_the_commands_next_to_a_watch(tmp_path: Path) -> None:
    found = configured(tmp_path, '[run]\nworker = ["python", "worker.py"]\nweb = ["flask", "run"]').run
    assert found == {"worker": ("python", "worker.py"), "web": ("flask", "run")}


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ('run = ["flask"]', "`run` is an array, not a table", "{ key = value }"),
        ('[run]\nweb = "flask run"', "`run.web` is a string, not an array", '`["flask", "run"]`'),
        ("[run]\nweb = []", "`run.web` is empty", "name a program"),
        ('[run]\n"a\\nb" = ["x"]', "cannot be a name", "write a word"),
    ],
)
def test_settings_that_a_watch_excludes_are_refused(tmp_path: Path, settings: str, message: str, hint: str) -> None:
    found = refusal(tmp_path, settings)
    assert message in found
    assert hint in found


def test_code_of_the_project_is_not_read_where_nothing_may_run(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'webassets = "bundles:env"', "bundles.py": "1 / 0", "assets/a.css": ""})
    (notice,) = load_config(start=str(tmp_path), permission=READING).notices
    assert (notice.code, notice.is_error) == ("config/not-run", False)
