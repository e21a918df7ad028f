"""The helpers that templates call: one table, from which each template language, check and page of the docs is made."""

from enum import Enum
from typing import Final

from buildassets.foundation.frozen import frozen_by_name


class Takes(Enum):
    """What the positional arguments of a helper name."""

    ASSET = "an asset, by its logical path"
    ASSETS = "any number of assets"
    CSS_NAMES = "a CSS module and names in it"
    ICON = "an icon of a sprite"
    NOTHING = "nothing"


@frozen_by_name
class TemplateHelper:
    """A helper, by its name in templates.

    - `method`: the method of `Assets` that it calls.
    - `takes`: what a constant argument names, so that it can be checked when a template is compiled or read.
    - `result`: what it gives, in Markdown.
    - `media_prefix`: the first part of the media types that it is for, as in `image/`; an editor proposes such assets.
    - `needs_page`: whether it has to know what else of the same page it was asked for.
    - `is_common_word`: whether projects often have a tag or a function of that name themselves.
    - `gives_way`: whether a function of the project with that name stays: projects had it before this helper existed.
    """

    name: str
    method: str
    takes: Takes
    result: str
    media_prefix: str = ""
    needs_page: bool = False
    is_common_word: bool = False
    gives_way: bool = False

    @property
    def shows_text(self) -> bool:
        """Whether it shows a text among its arguments, as `alt`."""
        return self.media_prefix.startswith("image/")


TEMPLATE_HELPERS: Final = (
    TemplateHelper(name="asset", method="url", takes=Takes.ASSET, result="the URL"),
    TemplateHelper(
        name="stylesheet",
        method="stylesheet",
        takes=Takes.ASSET,
        result='`<link rel="stylesheet">`, after [fonts](../guides/fonts.md#preloading) (not with `preload=False`)',
        media_prefix="text/css",
    ),
    TemplateHelper(
        name="script",
        method="script",
        takes=Takes.ASSET,
        result="`<script src>`; deferred unless `defer=False`, `async_=True` or a module; for a source that Vite built "
        "also its style sheets and preloads: [vite](../guides/vite.md)",
        media_prefix="text/javascript",
        needs_page=True,
        is_common_word=True,
    ),
    TemplateHelper(
        name="vite_refresh",
        method="vite_refresh",
        takes=Takes.NOTHING,
        result="the script for Vite's React plugin while Vite's server runs, else nothing: [vite](../guides/vite.md)",
    ),
    TemplateHelper(
        name="image",
        method="image",
        takes=Takes.ASSET,
        result="`<img>` with width and height: [images](../guides/images.md); without `alt` it is decorative; "
        "`widths`, `sizes`: from several widths",
        media_prefix="image/",
        is_common_word=True,
    ),
    TemplateHelper(
        name="icon",
        method="icon",
        takes=Takes.ICON,
        result="`<svg>` with an [icon](../guides/icons.md) of a sprite; `class`, `width`, `inline=True`, `sprite`",
        is_common_word=True,
        gives_way=True,
    ),
    TemplateHelper(
        name="picture",
        method="picture",
        takes=Takes.ASSET,
        result="`<picture>` with [all variants](../guides/images.md#in-pages) of the picture; `sizes`, `widths`; "
        "other arguments are attributes of its `<img>`",
        media_prefix="image/",
        is_common_word=True,
    ),
    TemplateHelper(
        name="preload",
        method="preload",
        takes=Takes.ASSET,
        result='`<link rel="preload">` with the right `as`, `type` and `crossorigin`; `modulepreload` for `.mjs`, '
        '`type="module"` and a script that imports others',
        is_common_word=True,
    ),
    TemplateHelper(
        name="modulepreload",
        method="modulepreload",
        takes=Takes.ASSETS,
        result='`<link rel="modulepreload">` for modules and their imports, each once',
        media_prefix="text/javascript",
    ),
    TemplateHelper(
        name="importmap",
        method="importmap",
        takes=Takes.NOTHING,
        result='`<script type="importmap">`, before the first module and the first `modulepreload`; nothing if the '
        "release has none: [modules](../guides/modules.md); with `integrity=True` for [Integrity-Policy](#policies)",
    ),
    TemplateHelper(
        name="inline_asset", method="inline", takes=Takes.ASSET, result="the content of the asset, in the page"
    ),
    TemplateHelper(
        name="css",
        method="css",
        takes=Takes.CSS_NAMES,
        result="the released names of a [CSS module](../guides/bundles.md#css-modules), for the attribute `class`",
        is_common_word=True,
    ),
    TemplateHelper(
        name="release_watch",
        method="release_watch",
        takes=Takes.NOTHING,
        result="the script that notices a newer release in an open page: "
        "[rolling-deploys](../deploy/rolling-deploys.md#pages-that-are-open-for-long); nothing in development",
    ),
    TemplateHelper(
        name="livereload",
        method="livereload",
        takes=Takes.NOTHING,
        result="the live reload client, in development: [livereload](../guides/livereload.md); nothing in a release",
    ),
)

BY_NAME: Final = {helper.name: helper for helper in TEMPLATE_HELPERS}
