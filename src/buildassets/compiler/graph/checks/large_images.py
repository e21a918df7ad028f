"""Warns of images that are too large for pages. They are released all the same.

Takes drafts, gives warnings: one for each image in the project's own roots, and one for each root of others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.body import size_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Draft
from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.measures import size_text
from buildassets.foundation.media import media_of

LARGE: Final = "source/large"
_SMALLER = "make it smaller: no more pixels than pages show, as WebP or AVIF; "
_ALLOWED = "`warn` under `[tool.buildassets.images]` sets what is too large"


def is_large_image(config: Config, draft: Draft) -> bool:
    """Whether `draft` is an image so large that `config` asks for a warning."""
    limit_bytes = config.image_warn_bytes
    return limit_bytes > 0 and is_image(draft) and not draft.failed and size_of(draft.body) > limit_bytes


def is_image(draft: Draft) -> bool:
    """Whether `draft` is an image according to its suffix."""
    return media_of(draft.source.logical).type.startswith("image/")


def large_images(config: Config, drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
    """A warning for each of `drafts`, which are large images, but only one for each root of others."""
    of_others: defaultdict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        root = draft.source.root
        if 0 <= root < len(config.sources) and (config.sources[root].vendored or config.sources[root].npm):
            of_others[root].append(draft)
            continue
        message = f"`{draft.source.logical}` is {size_text(size_of(draft.body))}, which pages wait for"
        yield warning(LARGE, message, Location(draft.source.shown), hint=_SMALLER + _ALLOWED)
    for root, images in of_others.items():
        yield _of_root(config, root, images)


def _of_root(config: Config, root: int, images: list[Draft]) -> Diagnostic:
    largest = max(images, key=lambda draft: (size_of(draft.body), draft.source.logical))
    count = "1 image" if len(images) == 1 else f"{len(images)} images"
    message = f"{count} of `{config.sources[root].shown}/` of more than {size_text(config.image_warn_bytes)}"
    notes = [f"the largest is `{largest.source.logical}`: {size_text(size_of(largest.body))}"]
    where = config.place("sources", root)
    found = warning(LARGE, message, where, notes=notes, hint="`exclude` them if no page shows them; " + _ALLOWED)
    return replace(found, others=tuple(Location(shown) for shown in sorted(draft.source.shown for draft in images)))
