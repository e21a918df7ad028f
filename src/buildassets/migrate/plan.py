"""The result of a migration: an account of each line of the other system, and our configuration. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from buildassets.compat.meaning import Outcome
from buildassets.compiler.config.values import SourceRoot
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Location, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission
from buildassets.foundation.toml_values import basic_string

# Called with the name of a module of the project before that is imported, which runs code of the project.
Announce: TypeAlias = Callable[[str], None]

# The outcome, and the reason or what to do instead.
Answer: TypeAlias = tuple[Outcome, str]

FILE: Final = "buildassets.toml"
_YAML_KEY: Final = re.compile(r"\s*(?:-\s+)*(:?[\w.%-]+|<<|\"[^\"]*\"|'[^']*')\s*:(?!\S)")
OUTCOMES: Final[tuple[Outcome, ...]] = ("taken over", "changed", "not possible")


@frozen
class ProjectToMigrate:
    """The project in `folder`; `settings` is the module of Django's settings, None where none is given.

    `is_with_django` is whether a plan for Django's static files is made, too.
    """

    folder: str
    settings: str | None
    permission: Permission
    announce: Announce
    is_with_django: bool = False


@frozen
class Accounted:
    """A line of the other system, its outcome, and the reason or what to do instead."""

    file: str
    line: int
    text: str
    outcome: Outcome
    note: str


@frozen
class Plan:
    """The migration of a project: `lines` of its files, and `settings`, our configuration.

    `collected` are further source roots, which Django finds; `absent` has the names of applications that are not
    installed here, in which it would look. `commands` make what a server serves, after those `before`; without one it
    is a build.
    `templates` are folders of templates, as the command line takes them.
    """

    lines: tuple[Accounted, ...]
    settings: Mapping[str, Any]
    templates: tuple[str, ...] = ()
    collected: tuple[SourceRoot, ...] = ()
    absent: str = ""
    before: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def merged(plans: Mapping[str, Plan]) -> Plan:
    """The migrations of several systems, by their names, as one: each line once, and the settings of all.

    Lists and tables have the elements of all. Any other key keeps the value of the first system that has it; a line
    names a different one.
    """
    answers: dict[tuple[str, int, str], list[Answer]] = {}
    settings: dict[str, Any] = {}
    owners: dict[str, str] = {}
    for system, plan in plans.items():
        for line in plan.lines:
            answers.setdefault((line.file, line.line, line.text), []).append((line.outcome, line.note))
        for key, value in plan.settings.items():
            joined = _joined(settings.setdefault(key, value), value)
            if joined is None:
                note = f"it is that of {owners[key]}, and {system} has another: see which is right"
                answers[FILE, 1, f"{key} = {_value(value)}"] = [("not possible", note)]
            else:
                settings[key] = joined
            owners.setdefault(key, system)
    order = {file: number for number, file in enumerate(dict.fromkeys(file for file, _, _ in answers))}
    lines = [Accounted(*line, *together(every)) for line, every in answers.items()]
    return Plan(
        tuple(sorted(lines, key=lambda line: (order[line.file], line.line))),
        settings,
        templates=tuple(dict.fromkeys(one for plan in plans.values() for one in plan.templates)),
        collected=tuple(dict.fromkeys(one for plan in plans.values() for one in plan.collected)),
        absent=", or of ".join(dict.fromkeys(plan.absent for plan in plans.values() if plan.absent)),
        before=tuple(dict.fromkeys(one for plan in plans.values() for one in plan.before)),
        commands=tuple(dict.fromkeys(one for plan in plans.values() for one in plan.commands)),
    )


def _joined(first: Any, second: Any) -> Any:
    """Two values of one key as one; None where they contradict each other."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {**second, **first}
    if not isinstance(first, list) or not isinstance(second, list):
        return first if first == second else None
    tables = {one["path"]: one for one in (*first, *second) if isinstance(one, dict) and "path" in one}
    every = [tables.get(one, one) if isinstance(one, str) else one for one in (*first, *second)]
    return [one for number, one in enumerate(every) if one not in every[:number]]


def counts(lines: Sequence[Accounted]) -> str:
    """The numbers of lines and of each outcome."""
    counted = Counter(line.outcome for line in lines)
    each = ", ".join(f"{counted[outcome]:,} {outcome}" for outcome in OUTCOMES)
    return f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}: {each}"


def by_line(answers: Iterable[tuple[int, Answer]]) -> dict[int, Answer]:
    """The answer for each line: the outcome of all on it that requires the most work, and all their notes."""
    found: dict[int, list[Answer]] = {}
    for line, answer in answers:
        found.setdefault(line, []).append(answer)
    return {line: together(every) for line, every in found.items()}


def together(answers: Sequence[Answer]) -> Answer:
    """Several answers as one: the outcome that requires the most work, and all the notes, each part of them once."""
    outcome = max((outcome for outcome, _ in answers), key=OUTCOMES.index)
    parts = [part for _, note in answers for part in note.split("; ")]
    return outcome, "; ".join(dict.fromkeys(parts))


def nothing_there(system: str, files: Sequence[str]) -> ConfigError:
    """The error for a folder without a project of `system`, which would have one of `files`."""
    listed = " or ".join(f"`{file}`" for file in files)
    hint = "run it in the folder of the project"
    return ConfigError([error("migrate/none", f"there is no {listed}, which {system} would have", hint=hint)])


def written(settings: Mapping[str, Any]) -> str:
    """`settings` as TOML: values and lists first, then a table for each mapping; longer lists one element a line."""
    plain = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in settings.items() if isinstance(value, dict) and value}
    lines = [*_lines(plain)]
    for name, values in tables.items():
        lines += ["", f"[{name}]", *_lines(values)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, list) and len(value) > 1:
            yield from (f"{_key(key)} = [", *(f"  {_value(one)}," for one in value), "]")
        else:
            yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "a").replace("-", "a").isalnum() else basic_string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return basic_string(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())} }}"
    return str(value)


def lines_of(text: str, comment: str = "#") -> Iterable[tuple[int, str]]:
    """The lines of `text` that are neither empty nor a comment, with their numbers."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith(comment):
            yield number, line.rstrip()


def keyed_lines(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """The lines of YAML that are neither empty nor a comment, with the keys that hold there, the outermost first."""
    around: list[tuple[int, str]] = []
    for number, line in lines_of(text):
        key = _YAML_KEY.match(line)
        if key:
            around = [*(one for one in around if one[0] < key.start(1)), (key.start(1), key[1].strip("\"':"))]
        else:
            column = len(line) - len(line.lstrip()) + line.lstrip().startswith("-")
            around = [one for one in around if one[0] < column]
        yield number, line.strip(), tuple(name for _, name in around)


def exists(file: str) -> ConfigError:
    """The error for an existing configuration, which would be overwritten."""
    hint = "put what is printed without `--write` into it, or rename it"
    return ConfigError([error("migrate/exists", f"`{file}` is there already", Location(file), hint=hint)])


def hides(file: str, other: str) -> ConfigError:
    """The error for a configuration in `other`, which would no longer be read beside `file`."""
    hint = f"put what is printed without `--write` into `{other}`"
    message = f"`{other}` has a configuration, which is not read in addition to a `{file}`"
    return ConfigError([error("migrate/exists", message, Location(other), hint=hint)])
