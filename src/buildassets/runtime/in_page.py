"""Texts that leave their place: their references, relative until then, as full URLs.

Takes a released text and the URLs of what it refers to. Pure; knows no language, and needs to know none (see below).
"""

import re
from collections.abc import Mapping
from typing import Final

from buildassets.paths import LogicalPath, relative, to_url

# What a reference neither begins behind nor goes on with: the rest of a longer path.
_PATH: Final = r"[\w/.%~-]"
# What of a URL prefix could end the string or the `url()` that a reference stands in.
_CLOSERS: Final = str.maketrans({"'": "%27", "(": "%28", ")": "%29"})


def with_full_urls(text: str, name: str, urls: Mapping[str, str]) -> str:
    """`text`, released for the asset `name`, with each reference replaced by its URL; query and fragment stay.

    `urls` are by the `file` of what is referred to, each as an import would take it (`/…`, `./…`, `https://…`).

    A build writes each reference in one form: the relative path of the file, percent-encoded, for modules with `./`
    before it. The form holds twelve hex digits that are made from content, or whatever else keeps the names of files
    apart that come with their hashes. So where it stands and is no part of a longer path, it names that file: no
    language has to be read for this. At worst a comment that quotes the release is changed.
    """
    base = LogicalPath(name)
    forms = {to_url(relative(base, file)): url.translate(_CLOSERS) for file, url in urls.items()}
    if not forms:
        return text
    longest_first = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!{_PATH})(?:\./)?({longest_first})(?!{_PATH})")
    return pattern.sub(lambda match: forms[match[1]], text)
