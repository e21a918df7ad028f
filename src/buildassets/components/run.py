"""The markup for components in a page: the mark of a component's root, and the elements that load its assets.

Takes a release and the name of a template, gives markup. Imports the vocabulary and `runtime`; Jinja's and Django's
tags call it.
"""

from buildassets.components.blocks import PAGE_KEY, component_id
from buildassets.foundation.nearest import nearest
from buildassets.runtime.assets import Assets, release_of
from buildassets.runtime.tags import Markup, element

__all__ = ["UnknownPageError", "assets_markup", "root_markup"]


class UnknownPageError(LookupError):
    """The release does not know the page: it was built without components, or of other templates."""

    def __init__(self, page: str, known: list[str]) -> None:
        near = nearest(page, known)
        hint = f"; did you mean `{near}`?" if near else ""
        if not known:
            hint = "; set `components = true` in the configuration, and build again"
        super().__init__(f"the release has no components of the page `{page}`{hint}")


def root_markup(template: str) -> Markup:
    """The attribute that marks the root element of the component in `template`."""
    return Markup(f'data-component="{component_id(template)}"')


def assets_markup(assets: Assets, page: str | None, *, nonce: object = None) -> Markup:
    """The elements that load the styles and behaviours of all components of `page`, the template that is rendered.

    Without a release there are none. Raises UnknownPageError for a page that the build has not seen.
    """
    release = release_of(assets)
    block = release.blocks.get(f"{PAGE_KEY}{page}")
    if block is None and release.is_unbuilt:
        return Markup()
    if block is None:
        known = [key.removeprefix(PAGE_KEY) for key in release.blocks if key.startswith(PAGE_KEY)]
        raise UnknownPageError(page or "(a template without a name)", known)
    sheets = [one["asset"] for one in block if one["element"] == "link"]
    scripts = [one["asset"] for one in block if one["element"] == "script"]
    given = {} if nonce is None else {"nonce": nonce}
    preloads = [element("link", release.modulepreload(name, dict(given))) for name in release.modules(scripts)]
    links = [assets.stylesheet(name, **given) for name in sheets]
    modules = [assets.script(name, type="module", nonce=nonce) for name in scripts]
    return Markup("\n".join((*preloads, *links, *modules)))
