"""Names of bundles: the keys of their blocks in the manifest, and the assets that they become. Pure."""

import re
from typing import Final

_VERSION: Final = "%(version)s"
# With what divides it from the rest: the slash behind it, where it is a whole folder.
_PLACEHOLDER: Final = re.compile(r"(?:(?<=/)|^)%\(version\)s/|[-._]?%\(version\)s")
_URL: Final = re.compile(r"(?:[A-Za-z][\w+.-]*:)?//")


def bundle_key(name: str) -> str:
    """The key of a registered bundle: what its `urls()` are."""
    return f"webassets bundle {name}"


def output_key(asset: str) -> str:
    """The key of the members that stand for the asset of a bundle, where pages are debugged."""
    return f"webassets output {asset}"


def source_key(item: str) -> str:
    """The key of what a bundle has for contents: a glob, or a file whose asset is called otherwise."""
    return f"webassets source {item}"


def is_url(item: str) -> bool:
    """Whether an item of a bundle is on another host."""
    return _URL.match(item) is not None


def asset_of(output: str) -> str:
    """The logical path of the asset for an `output`: without the version, as every name has a fingerprint.

    Empty where nothing else names it.
    """
    name = _PLACEHOLDER.sub("", output) if _VERSION in output else output
    stem = name.rpartition("/")[2].partition(".")[0]
    return name.removeprefix("./") if stem else ""
