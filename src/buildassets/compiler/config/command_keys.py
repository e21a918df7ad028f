"""Reads the keys of commands: `[commands.NAME]`, which make assets, and `[run]`, which go next to a watch."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from buildassets.compiler.config.toml_table import Table
from buildassets.compiler.config.values import ConfiguredCommand
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import normalise

_KEYS: Final = ("from", "to", "output", "run", "inputs", "depfile", "env", "problem", "timeout")
_GROUPS: Final = ("file", "line", "column", "message")
_SUFFIX: Final = lazy_pattern(r"[^A-Z./\\\s]+")
_VARIABLE: Final = lazy_pattern(r"[^=\0]+")
_LONGEST_SECONDS: Final = 86_400
_SCSS: Final = ("scss", "sass")


def commands(table: Table) -> dict[str, ConfiguredCommand]:
    """The commands that make assets, by name; faults are recorded."""
    given = table.table("commands")
    found = {}
    for name in given:
        faults = given.fault_count
        if isinstance(given.take(name), dict):
            command = _command(given.table(name))
            if given.fault_count == faults:
                found[name] = command
        elif name in _KEYS:
            hint = f"name the command, as in `[commands.less]`, and write `{name}` below that"
            given.refuse_key("is not a command, but a key of one", name, hint=hint)
        else:
            given.inner(given.peek(name), name)
    _refuse_pairs(given, found, table.peek("engines"))
    return found


def _command(table: Table) -> ConfiguredCommand:
    """One command."""
    command = ConfiguredCommand(
        run=arguments(table, "run", '["lessc", "{path}"]'),
        source_suffix=_suffix(table, "from"),
        suffix=_suffix(table, "to"),
        output=table.filled_text("output", ""),
        inputs=table.texts("inputs"),
        depfile=table.filled_text("depfile", ""),
        env=_variables(table),
        problem=_problem(table),
        timeout_seconds=table.number("timeout", (int, float), 60, 0.01, most=_LONGEST_SECONDS),
    )
    table.close()
    _refuse_contradictions(table, command)
    return command


def arguments(table: Table, key: str, example: str) -> tuple[str, ...]:
    """A program and its arguments, which may be empty texts; `example` shows the form."""
    given = table.take(key)
    if given is None:
        table.fault("config/value", f"`{table.name()}` has no `{key}`", hint=f"add `{key} = {example}`")
        return ()
    if isinstance(given, str):
        parts = ", ".join(f'"{part}"' for part in given.split()) or "…"
        table.is_one_of((list,), given, key, hint=f"write each argument by itself, as there is no shell: `[{parts}]`")
        return ()
    texts = [text for index, text in table.elements(key) if _is_argument(table, text, key, index)]
    if not texts and given == []:
        table.refuse("is empty", key, hint=f"name a program, as in `{example}`")
    elif texts and not texts[0]:
        table.refuse("is empty", key, 0, hint="name a program")
    return tuple(texts)


def _is_argument(table: Table, text: object, key: str, index: int) -> bool:
    if not table.is_one_of((str,), text, key, index):
        return False
    assert isinstance(text, str)
    if "\0" in text:
        table.refuse("holds a NUL character", key, index)
    return True


def _suffix(table: Table, key: str) -> str:
    """A suffix, without the dot that it may be written with."""
    given = table.filled_text(key, "").removeprefix(".")
    if given and not _SUFFIX.fullmatch(given):
        hint = "write the last suffix in lower case and without a dot, as in `less`"
        table.refuse(f"cannot be `{given}`: that is not a suffix", key, hint=hint)
        return ""
    return given


def _variables(table: Table) -> tuple[str, ...]:
    names = table.texts("env")
    for index, name in enumerate(names):
        if not _VARIABLE.fullmatch(name):
            hint = "write the name alone: the value is that of the environment in which a build runs"
            table.refuse(f"cannot be `{name}`", "env", index, hint=hint)
    return tuple(sorted(set(names)))


def _problem(table: Table) -> str:
    given = table.filled_text("problem", "")
    try:
        groups: Collection[str] = re.compile(given).groupindex
    except (re.error, RecursionError, OverflowError) as fault:
        hint = (
            "correct it, and write it in single quotes, in which a backslash is one: `'^(?P<file>.+):(?P<line>\\d+)'`"
        )
        table.refuse(f"is not a regular expression: {fault}", "problem", hint=hint)
        return ""
    for name in groups:
        if name not in _GROUPS and (meant := nearest(name, _GROUPS)):
            table.refuse(f"has a group `{name}`, which means nothing", "problem", hint=f"did you mean `{meant}`?")
    return given


def _refuse_contradictions(table: Table, command: ConfiguredCommand) -> None:
    """Record faults of keys that do not go together."""
    if "from" not in table and "output" not in table:
        hint = 'add `from`, the suffix of its sources, as in `from = "less"`; or `output`, the one asset that it makes'
        table.fault("config/value", f"`{table.name()}` has neither `from` nor `output`", hint=hint)
    elif "from" in table and "output" in table:
        hint = "take one of them out: with `from`, each source makes an asset"
        table.refuse("cannot be combined with `from`", "output", hint=hint)
    elif "from" in table and "to" not in table:
        hint = 'add the suffix of what it makes, as in `to = "css"`'
        table.fault("config/value", f"`{table.name()}` has no `to`", "from", hint=hint)
    elif "output" in table and "to" in table:
        table.refuse("cannot be combined with `output`, whose suffix counts", "to", hint="take it out")
    if command.output and normalise(command.output) != command.output:
        hint = "write a logical path, without a leading slash, `.` and `..`, as in `css/site.css`"
        table.refuse(f"cannot be `{command.output}`", "output", hint=hint)
    for index, text in enumerate(command.run):
        if "output" in table and "{path}" in text:
            hint = "name the files themselves, relative to the folder of the configuration"
            table.refuse("has `{path}`, and no source: it makes the asset of `output`", "run", index, hint=hint)


def _refuse_pairs(table: Table, found: Mapping[str, ConfiguredCommand], engines: object) -> None:
    """Record faults of commands that make the same, or of which one would have to compile what another makes."""
    first_of: dict[tuple[str, str], str] = {}
    names = {command.source_suffix: name for name, command in found.items() if command.source_suffix}
    for name, command in found.items():
        key = "from" if command.source_suffix else "output"
        mine = (key, command.source_suffix or command.output)
        first = first_of.setdefault(mine, name)
        inner = table.table(name)
        if first != name:
            what = f"of `.{mine[1]}`" if key == "from" else "at that path"
            hint = "take one of the two out, or put both into one script"
            inner.refuse(f"cannot be `{mine[1]}`: `commands.{first}` makes the assets {what}", key, hint=hint)
        elif key == "from" and isinstance(engines, dict) and mine[1] in engines and mine[1] not in ("css", "js"):
            hint = "take one of the two out"
            inner.refuse(f"cannot be `{mine[1]}`: `engines.{mine[1]}` compiles these", key, hint=hint)
        if command.suffix != command.source_suffix and _is_compiled(command.suffix, found, names):
            compiler = f"`commands.{names[command.suffix]}`" if command.suffix in names else "Sass"
            hint = (
                f"what a command makes is not compiled again: put both into one script, or name what {compiler} makes"
            )
            inner.refuse(f"cannot be `{command.suffix}`, which {compiler} compiles", "to", hint=hint)


def _is_compiled(suffix: str, found: Mapping[str, ConfiguredCommand], names: Mapping[str, str]) -> bool:
    """Whether files with `suffix` are sources that become something else."""
    if suffix in names:
        return found[names[suffix]].suffix != suffix
    return suffix in _SCSS


def commands_beside(table: Table) -> dict[str, tuple[str, ...]]:
    """The commands next to a watch, by name."""
    found = {}
    for name in table:
        command = arguments(table, name, '["python", "worker.py"]')
        if not name.strip() or any(not character.isprintable() for character in name):
            table.refuse_key("cannot be a name", name, hint="write a word, as its lines begin with it")
        elif command:
            found[name] = command
    return found
