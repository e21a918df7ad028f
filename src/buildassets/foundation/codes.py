"""The table of all codes of diagnostics, by families: whether each is reported as an error or as a warning.

A code is `family/name`. docs/errors has a page for each family, and on it a section for each code, with an example.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from buildassets.foundation.diagnostics import Severity

_ERRORS: Final = (Severity.ERROR,)
_WARNINGS: Final = (Severity.WARNING,)
_EITHER: Final = (Severity.ERROR, Severity.WARNING)  # as a setting decides, or how much depends on it
_FAMILIES: Final[Mapping[str, Mapping[tuple[Severity, ...], str]]] = {
    "archive": {_ERRORS: "bomb damaged form manifest member name zstd"},
    "asset": {_ERRORS: "unknown"},
    "budget": {_ERRORS: "exceeded unknown"},
    "bundle": {
        _ERRORS: "crash duplicate empty entry kind missing module namespace order redeclared strict unclosed",
        _EITHER: "esbuild import",
    },
    "cache": {_ERRORS: "key", _WARNINGS: "remote trust"},
    "carry": {_ERRORS: "absent file"},
    "clean": {_ERRORS: "damaged foreign refused"},
    "command": {_ERRORS: "absent depfile failed problem timeout", _EITHER: "output"},
    "companion": {_ERRORS: "name"},
    "compressor": {
        _ERRORS: "ambiguous charset external missing name precompiler type",
        _WARNINGS: "relative",
        _EITHER: "setting template unknown",
    },
    "config": {
        _ERRORS: (
            "encoding no-sources no-table output owner plan source syntax type unavailable unknown-key unreadable value"
        ),
        _WARNINGS: "ignored unmatched",
        _EITHER: "cache entries not-run",
    },
    "css": {_ERRORS: "unavailable", _WARNINGS: "no-source-map refused syntax unproven", _EITHER: "cycle inline"},
    "data-url": {_ERRORS: "refused"},
    "directive": {_ERRORS: "argument missing unknown", _WARNINGS: "ignored"},
    "doctor": {
        _ERRORS: (
            "app-order cache config django-check entries environment files helpers installed-apps lock manifest "
            "manifest-path no-assets output python root settings static-root tag-library "
            "tool tool-changed tool-platform vendor"
        ),
        _WARNINGS: (
            "cache-shared case case-folder clock collectstatic dependency development git image inotify "
            "installations load-path no-release polling proxy serving stale watchers wiring"
        ),
        _EITHER: "engine static-url storage template wheel",
    },
    "engine": {_ERRORS: "crash failed unloadable"},
    "environment": {_ERRORS: "date locale lsp requirement", _EITHER: "native"},
    "executor": {_ERRORS: "name unavailable", _WARNINGS: "failed unfit"},
    "fingerprinted": {_ERRORS: "reference", _WARNINGS: "empty name"},
    "font": {_ERRORS: "collection damaged empty forbidden mislabelled too-large"},
    "icon": {_ERRORS: "reference script style unreadable", _WARNINGS: "computed unused", _EITHER: "folder"},
    "importmap": {_ERRORS: "conflict host missing", _WARNINGS: "preload versions"},
    "init": {_ERRORS: "by-hand django not-asked other question terminal write", _WARNINGS: "tool"},
    "jammit": {_ERRORS: "syntax value", _WARNINGS: "ruby", _EITHER: "empty"},
    "js": {_ERRORS: "asset-url crash no-export unavailable", _WARNINGS: "unproven warn", _EITHER: "syntax tsconfig"},
    "json": {_WARNINGS: "syntax"},
    "jst": {_ERRORS: "syntax"},
    "lock": {_ERRORS: "invalid"},
    "manifest": {_ERRORS: "file invalid missing schema unreadable"},
    "migrate": {_ERRORS: "access exists none settings"},
    "npm": {_ERRORS: "exports", _WARNINGS: "commonjs package"},
    "output": {_ERRORS: "stderr stdout unwritable"},
    "package": {_ERRORS: "damaged member"},
    "packages": {_ERRORS: "unwritable", _WARNINGS: "deprecated young"},
    "picture": {_ERRORS: "damaged mislabelled too-large", _WARNINGS: "moving"},
    "pipeline": {_ERRORS: "load", _WARNINGS: "compiler package setting uncompiled", _EITHER: "empty"},
    "publish": {_ERRORS: "damaged failed maps target unavailable"},
    "reference": {
        _WARNINGS: "damaged-map missing-map no-module prefix string unmapped worker",
        _EITHER: "chunks missing",
    },
    "registry": {_ERRORS: "failed missing none"},
    "release": {_ERRORS: "unreadable unwritable"},
    "retain": {_ERRORS: "unreadable"},
    "scss": {
        _ERRORS: (
            "asset-path crash error import import-ambiguous import-loop syntax timeout unavailable uncalled "
            "unreadable unsupported"
        ),
        _WARNINGS: "deprecated order package-deprecated warn",
    },
    "signature": {_ERRORS: "key missing unavailable wrong"},
    "source": {
        _ERRORS: "changed unreadable",
        _WARNINGS: "case hidden large link-dangling link-loop part release special unnamed",
        _EITHER: "duplicate encoding link-outside template uncompiled",
    },
    "svg": {_WARNINGS: "syntax"},
    "tailwind": {_ERRORS: "failed unavailable", _WARNINGS: "old-rule sources", _EITHER: "not-compiled"},
    "template": {_ERRORS: "folder", _WARNINGS: "syntax unreadable", _EITHER: "component missing unavailable width"},
    "tools": {_ERRORS: "absent changed unknown", _EITHER: "platform"},
    "unpack": {_ERRORS: "exists foreign"},
    "vendor": {_ERRORS: "advisory changed conflict foreign importmap unfit unknown", _WARNINGS: "import"},
    "verify": {_ERRORS: "changed copy manifest missing none rebuilt", _EITHER: "extra"},
    "vite": {_ERRORS: "base manifest"},
    "watch": {_WARNINGS: "limit livereload mount port watchdog"},
    "webassets": {_ERRORS: "load missing syntax", _WARNINGS: "empty filter name remote setting uncompiled"},
    "wheel": {_ERRORS: "build file manifest name unknown"},
    "workspace": {_ERRORS: "git no-projects none output project since"},
}
CODES: Final[Mapping[str, Sequence[Severity]]] = {
    f"{family}/{name}": severities
    for family, rows in _FAMILIES.items()
    for severities, names in rows.items()
    for name in names.split()
}
"""The severities of each code."""


def section_of(code: str) -> str:
    """The section of `code`, as a link from docs/errors: `css.md#cycle`."""
    return code.replace("/", ".md#")
