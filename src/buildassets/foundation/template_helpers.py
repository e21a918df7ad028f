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
    - `gives`: its description, in Markdown.
    - `fits`: how the media types of the assets begin that it is for; an editor proposes these.
    - `needs_page`: whether it has to know what else of the same page it was asked for.
    - `is_common_word`: whether projects often have a tag or a function of that name themselves.
    - `yields`: whether a function of the project with that name stays, as projects had it before this helper existed.
    """

    name: str
    method: str
    takes: Takes
    gives: str
    fits: str = ""
    needs_page: bool = False
    is_common_word: bool = False
    yields: bool = False

    @property
    def shows_text(self) -> bool:
        """Whether it shows a text among its arguments, as `alt`."""
        return self.fits.startswith("image/")


TEMPLATE_HELPERS: Final = (
    TemplateHelper(name="asset", method="url", takes=Takes.ASSET, gives="the URL"),
    TemplateHelper(
        name="stylesheet",
        method="stylesheet",
        takes=Takes.ASSET,
        gives='`<link rel="stylesheet">`, after preloads of its [fonts](fonts.md#preloading) but with `preload=False`',
        fits="text/css",
    ),
    TemplateHelper(
        name="script",
        method="script",
        takes=Takes.ASSET,
        gives="`<script src>`; deferred unless `defer=False`, `async_=True` or a module; for a source that Vite built "
        "its sheets and preloads, too: [vite.md](vite.md)",
        fits="text/javascript",
        needs_page=True,
        is_common_word=True,
    ),
    TemplateHelper(
        name="vite_refresh",
        method="vite_refresh",
        takes=Takes.NOTHING,
        gives="what React's plugin for Vite needs, while its server runs: [vite.md](vite.md); nothing else",
    ),
    TemplateHelper(
        name="image",
        method="image",
        takes=Takes.ASSET,
        gives="`<img>` with width and height: [images.md](images.md); without `alt` it is decoration; `widths`, "
        "`sizes`: from several widths",
        fits="image/",
        is_common_word=True,
    ),
    TemplateHelper(
        name="icon",
        method="icon",
        takes=Takes.ICON,
        gives="`<svg>` with an [icon](icons.md) of a sprite; `class`, `width`, `inline=True`, `sprite`",
        is_common_word=True,
        yields=True,
    ),
    TemplateHelper(
        name="picture",
        method="picture",
        takes=Takes.ASSET,
        gives="`<picture>` with [all variants](images.md#in-pages) of the picture; `sizes`, `widths`; the rest are "
        "attributes of its `<img>`",
        fits="image/",
        is_common_word=True,
    ),
    TemplateHelper(
        name="preload",
        method="preload",
        takes=Takes.ASSET,
        gives='`<link rel="preload">` with the right `as`, `type` and `crossorigin`; `modulepreload` for `.mjs`, '
        '`type="module"` and a script that imports others',
        is_common_word=True,
    ),
    TemplateHelper(
        name="modulepreload",
        method="modulepreload",
        takes=Takes.ASSETS,
        gives='`<link rel="modulepreload">` for modules and all that they import, each once',
        fits="text/javascript",
    ),
    TemplateHelper(
        name="importmap",
        method="importmap",
        takes=Takes.NOTHING,
        gives='`<script type="importmap">`, before the first module and the first `modulepreload`; nothing where the '
        "release has none: [modules.md](modules.md); with `integrity=True` for [Integrity-Policy](#policies)",
    ),
    TemplateHelper(
        name="inline_asset", method="inline", takes=Takes.ASSET, gives="the content of the asset, in the page"
    ),
    TemplateHelper(
        name="css",
        method="css",
        takes=Takes.CSS_NAMES,
        gives="the names that a CSS module has in the release, for the attribute `class`: "
        "[bundles.md](bundles.md#css-modules)",
        is_common_word=True,
    ),
    TemplateHelper(
        name="release_watch",
        method="release_watch",
        takes=Takes.NOTHING,
        gives="the script by which an open page notices a newer release: "
        "[rolling-deploys.md](rolling-deploys.md#pages-that-are-open-for-long); nothing in development",
    ),
    TemplateHelper(
        name="livereload",
        method="livereload",
        takes=Takes.NOTHING,
        gives="the live reload client, in development: [livereload.md](livereload.md); nothing in a release",
    ),
)

BY_NAME: Final = {helper.name: helper for helper in TEMPLATE_HELPERS}
