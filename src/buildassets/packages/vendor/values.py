"""The values that the modules of vendoring exchange. Frozen. Pure."""

from collections.abc import Callable, Collection, Mapping

from buildassets.foundation.frozen import field, frozen


@frozen
class Unpacked:
    """An unpacked package in the absolute `folder`; `files` are the names of its files below that.

    `versions` are the keys of the packages that it imports in another version than the rest, by their names.
    """

    name: str
    folder: str
    files: tuple[str, ...]
    versions: Mapping[str, str] = field(default_factory=dict)


@frozen
class Unfit:
    """Why a package cannot be vendored, as the rest of a sentence, and the hint."""

    complaint: str
    hint: str


@frozen
class Needed:
    """The files that browsers need of packages.

    `files` are names by package; `modules` are files (`NAME/PATH`) by their specifiers in an import map; `scopes` are
    such modules for the files of one folder only. `imports` are, by package, the names of packages that its files
    import; `absent` are the missing ones of these, with the specifier. `unfit` is, by package, why it cannot be
    vendored. `plain` are, by package, those of the files that need their own names, since scripts make their URLs at
    run time.
    """

    files: Mapping[str, tuple[str, ...]]
    modules: Mapping[str, str]
    imports: Mapping[str, frozenset[str]]
    absent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unfit: Mapping[str, Unfit] = field(default_factory=dict)
    plain: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# Returns the files needed of packages by name. The collections are the packages that browsers load, as the user asked
# for them, and those whose Sass sources are needed; the last mapping has those of the first that are to import no
# other, if they can, and whether a script may be in the place of their modules then.
Chooser = Callable[[Mapping[str, Unpacked], Collection[str], Collection[str], Mapping[str, bool]], Needed]
