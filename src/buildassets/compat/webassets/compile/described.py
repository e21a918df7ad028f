"""The bundles of a project, as values that one process can hand to another: trees of bundles, settings, folders.

Takes Bundle objects, gives frozen values, and these as JSON has them. Pure.
"""

from collections.abc import Mapping
from typing import Any, Final

from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.foundation.frozen import field, frozen

_DEEPEST: Final = 100  # bundles in bundles
_MOST: Final = 200_000  # bundles and files, each counted in every bundle that contains it


class BundleTooLargeError(ValueError):
    """A bundle that contains itself, or bundles that contain too much."""


@frozen
class FilterUse:
    """A filter as a bundle names it. `is_own` where it is code of the project, `given` are its options."""

    name: str
    is_own: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Tree:
    """A bundle. `contents` are files, globs, URLs and trees; `place` the file and the line where it is defined."""

    contents: tuple[Any, ...] = ()
    output: str | None = None
    filters: tuple[FilterUse, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    debug: bool | str | None = None
    merge: bool = True
    place: tuple[str, int] = ("", 0)
    name: str | None = None

    @property
    def is_of_template(self) -> bool:
        """Whether a tag defines it."""
        return self.name is None and not self.place[0].endswith((".py", ".yml", ".yaml"))

    @property
    def is_named_in_template(self) -> bool:
        """Whether it represents the files of a template tag, without an asset of its own."""
        return self.is_of_template and not self.output

    @property
    def is_container(self) -> bool:
        """Whether it only holds other bundles, which are built each by itself."""
        return not self.output and all(isinstance(one, Tree) for one in self.contents)


@frozen
class Static:
    """A folder of static files: `prefix` is before the names of its files in bundles. Both paths are absolute."""

    path: str
    prefix: str = ""


@frozen
class Described:
    """A project: registered bundles by name, those without, its settings and folders.

    `folders` are looked in as the resolver of Flask or of webassets does: with `is_searched`, one after the other, as a
    load path; else the one whose prefix a name has. `directory` is where outputs belong, `url` where they are found.
    `beside` has the folder, by YAML file, in which its bundles look, too. `files` are the absolute paths of what
    decided this.
    """

    bundles: Mapping[str, Tree] = field(default_factory=dict)
    anonymous: tuple[Tree, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    folders: tuple[Static, ...] = ()
    is_searched: bool = False
    directory: str = ""
    url: str | None = None
    static_url: str | None = None
    has_deep_globs: bool = False
    templates: tuple[str, ...] = ()
    beside: Mapping[str, Static] = field(default_factory=dict)
    files: tuple[str, ...] = ()


class Trees:
    """Makes the trees of the bundles of one project."""

    def __init__(self) -> None:
        self._count = 0

    def tree_of(self, bundle: Bundle, depth: int = 0) -> Tree:
        """The tree of `bundle`. Raises TooLargeError if it contains itself, or all trees together too much."""
        if depth > _DEEPEST:
            raise BundleTooLargeError(f"the bundle `{bundle.name or repr(bundle.output)}` holds itself")
        self._count += 1 + len(bundle.contents)
        if self._count > _MOST:
            raise BundleTooLargeError(f"bundles in bundles repeat more than {_MOST:,} files and bundles")
        contents = tuple(
            self.tree_of(one, depth + 1) if isinstance(one, Bundle) else str(one) for one in bundle.contents
        )
        return Tree(
            contents,
            bundle.output,
            filters=tuple(map(_filter_use, bundle.filters)),
            extra=_plain(bundle.extra),
            debug=bundle.debug if isinstance(bundle.debug, bool | str) else None,
            merge=bool(bundle.merge),
            place=bundle.place,
            name=bundle.name,
        )


def _filter_use(one: Any) -> FilterUse:
    if isinstance(one, str):
        return FilterUse(one)
    name = getattr(one, "name", None) or getattr(one, "__name__", None) or type(one).__name__
    function = getattr(one, "function", None)
    is_own = not type(one).__module__.startswith("buildassets.") or function is not None
    return FilterUse(str(name), is_own, _plain(getattr(one, "given", {})))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that JSON has."""
    return {str(key): _value(value) for key, value in values.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | bool | int | float)


def _value(value: Any) -> Any:
    return [_value(one) for one in value] if isinstance(value, list | tuple) else value


plain_settings: Final = _plain


def document_of(found: Described) -> dict[str, Any]:
    """The JSON values of `found`, which `described_of` reads."""
    fields = {name: getattr(found, name) for name in Described.__slots__}  # type: ignore[attr-defined]  # frozen's
    return {
        **fields,
        "bundles": {name: _tree_json(tree) for name, tree in found.bundles.items()},
        "anonymous": [_tree_json(tree) for tree in found.anonymous],
        "folders": [[one.path, one.prefix] for one in found.folders],
    }


def described_of(document: Mapping[str, Any]) -> Described:
    """The bundles that `document_of` wrote as `document`."""
    lists = {name: tuple(document[name]) for name in ("templates", "files")}
    return Described(
        **{
            **document,
            **lists,
            "bundles": {name: _tree_of_json(tree) for name, tree in document["bundles"].items()},
            "anonymous": tuple(map(_tree_of_json, document["anonymous"])),
            "folders": tuple(Static(*one) for one in document["folders"]),
        }
    )


def _tree_json(tree: Tree) -> dict[str, Any]:
    fields = {name: getattr(tree, name) for name in Tree.__slots__}  # type: ignore[attr-defined]  # frozen's
    contents = [_tree_json(one) if isinstance(one, Tree) else one for one in tree.contents]
    filters = [[one.name, one.is_own, one.given] for one in tree.filters]
    return {**fields, "contents": contents, "filters": filters}


def _tree_of_json(document: Mapping[str, Any]) -> Tree:
    contents = tuple(_tree_of_json(one) if isinstance(one, dict) else one for one in document["contents"])
    filters = tuple(FilterUse(*one) for one in document["filters"])
    return Tree(**{**document, "contents": contents, "filters": filters, "place": tuple(document["place"])})
