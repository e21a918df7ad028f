"""Replaces the relative references in a text that is moved into a page by full URLs.

Takes a released text and the URLs of its targets. Pure; does not parse any language (see below for why).
"""

import re
from collections.abc import Mapping
from typing import Final

from buildassets.paths import LogicalPath, relative, to_url

# Characters that may not stand right before or after a reference: it would be part of a longer path.
_PATH: Final = r"[\w/.%~-]"
# Characters of a URL prefix that could end the string or the `url()` around a reference.
_CLOSERS: Final = str.maketrans({"'": "%27", "(": "%28", ")": "%29"})


def with_full_urls(text: str, name: str, urls: Mapping[str, str]) -> str:
    """`text`, the released content of the asset `name`, with each reference replaced by its URL.

    Query and fragment stay. `urls` maps the `file` of each target to its URL, in a form that an import accepts (`/…`,
    `./…`, `https://…`).

    A build writes each reference in one form: the relative path of the file, percent-encoded, for modules with `./`
    before it. It holds a fingerprint, or the hash that the file came with. So wherever this form stands and is not part
    of a longer path, it names that file, and no language has to be parsed. At worst a comment that quotes the release
    is changed.
    """
    base = LogicalPath(name)
    forms = {to_url(relative(base, file)): url.translate(_CLOSERS) for file, url in urls.items()}
    if not forms:
        return text
    longest_first = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!{_PATH})(?:\./)?({longest_first})(?!{_PATH})")
    return pattern.sub(lambda match: forms[match[1]], text)
