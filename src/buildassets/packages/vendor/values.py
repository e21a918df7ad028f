"""What the parts of vendoring hand to one another. Frozen. Pure."""

from collections.abc import Callable, Collection, Mapping

from buildassets.frozen import field, frozen


@frozen
class Unpacked:
    """A package of which all files lie in the absolute `folder`; `files` are their names below it."""

    name: str
    folder: str
    files: tuple[str, ...]


@frozen
class Needed:
    """What browsers need of packages.

    `files` are names by package, `modules` are files (`NAME/PATH`) by the specifier that an import map gives them.
    `imports` are, by package, the packages that its files import; `absent` those of them that are not there, with the
    specifier. `unfit` is, by package, why no browser can load it.
    """

    files: Mapping[str, tuple[str, ...]]
    modules: Mapping[str, str]
    imports: Mapping[str, frozenset[str]]
    absent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)


# Gives what is needed of packages by name; the collection are those that somebody asked for.
Chooser = Callable[[Mapping[str, Unpacked], Collection[str]], Needed]
