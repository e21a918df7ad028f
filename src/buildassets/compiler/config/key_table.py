"""The keys of the configuration: one row for each, from which parsing, JSON Schema, reference and manifest are made.

A key is added here, with its field in `Config` and the function that reads it in `keys.py` or beside.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from buildassets.compiler.config import keys
from buildassets.compiler.config import schema_forms as forms
from buildassets.compiler.config.cache_keys import cache_settings
from buildassets.compiler.config.command_keys import commands, commands_beside
from buildassets.compiler.config.font_keys import fonts
from buildassets.compiler.config.foreign import READERS, SEVERAL
from buildassets.compiler.config.schema_forms import Schema
from buildassets.compiler.config.toml_table import Table
from buildassets.compiler.config.values import HIDDEN, ModuleBundle
from buildassets.foundation.frozen import field, frozen_by_name


@frozen_by_name
class Reading:
    """The input of a row: our `table`, in a configuration whose paths are relative to the absolute `folder`.

    `locked` are the versions of the tools in the lock, `fields` the fields of `Config` that earlier rows gave.
    """

    table: Table
    folder: str
    locked: Mapping[str, str]
    fields: dict[str, Any] = field(default_factory=dict)


@frozen_by_name
class Key:
    """A key at the top of the configuration.

    - `sentence`: what it is for, as an editor shows it; `example`: a line of TOML that sets it to another value.
    - `read`: gives the fields of `Config` that it sets. Notes faults in the document of the table.
    - `schema`: its JSON Schema, with its default; it takes the names of the engines of installed packages.
    - `deciding`: those of its fields that decide the contents of assets, as the manifest shows them. Whether there is
      something to do depends on all fields; the keys of kept drafts have those that drafts use (`KeptDrafts.step_of`).
    - `excludes`: keys that cannot be set together with it.
    - `pages`: the pages of the documentation that describe it, perhaps with a section, as in `sass.md#places`.
    """

    name: str
    sentence: str
    example: str
    read: Callable[[Reading], Mapping[str, Any]]
    schema: Callable[[Sequence[str]], Schema]
    deciding: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


def _integrity(given: Reading) -> Mapping[str, Any]:
    found = given.table.choice("integrity", keys.INTEGRITY, "sha384")
    return {"integrity": None if found == "none" else found, "sets_integrity": given.table.has("integrity")}


def _bundles(given: Reading) -> Mapping[str, Any]:
    found = keys.bundles(given.table.table("bundles"), NAMES)
    return {
        "bundles": {name: one for name, one in found.items() if isinstance(one, tuple)},
        "module_bundles": {name: one for name, one in found.items() if isinstance(one, ModuleBundle)},
    }


def _importmap(given: Reading) -> Mapping[str, Any]:
    table = given.table.table("importmap")
    return {"importmap": keys.specifiers(table, besides="scopes"), "scopes": keys.scopes(table)}


def _images(given: Reading) -> Mapping[str, Any]:
    images = given.table.table("images")
    found = {
        "image_warn_bytes": keys.image_warn_bytes(images),
        "image_variants": keys.image_variants(images),
        "image_strip": images.flag("strip", default=True),
    }
    images.close()
    return found


def _foreign(name: str, example: str, sentence: str, *, pages: tuple[str, ...]) -> Key:
    """The key of another system's file, which was read before our own keys."""

    def taken(given: Reading) -> Mapping[str, Any]:
        given.table.take(name)
        return {}

    others = tuple(other for other in READERS if other != name)
    return Key(
        name=name,
        sentence=sentence,
        example=example,
        read=taken,
        schema=lambda _: forms.foreign(takes_several=name == SEVERAL),
        excludes=others,
        pages=pages,
    )


def _globs(name: str, sentence: str, example: str, *, decides: bool = False, pages: tuple[str, ...] = ()) -> Key:
    """A key with globs on paths below a root."""
    return Key(
        name=name,
        sentence=sentence,
        example=example,
        read=lambda given: {name: keys.path_globs(given.table, name)},
        schema=lambda _: {**forms.ref("texts"), "default": []},
        deciding=(name,) if decides else (),
        pages=pages,
    )


def _flag(
    name: str, sentence: str, example: str, *, default: bool, decides: bool = True, pages: tuple[str, ...] = ()
) -> Key:
    """A key that is true or false."""
    return Key(
        name=name,
        sentence=sentence,
        example=example,
        read=lambda given: {name: given.table.flag(name, default=default)},
        schema=lambda _: {"type": "boolean", "default": default},
        deciding=(name,) if decides else (),
        pages=pages,
    )


KEYS: Final[Sequence[Key]] = (
    Key(
        name="browsers",
        sentence="The oldest browsers to support, as in `safari 16.4`; esbuild and lightningcss translate for them",
        example='browsers = ["safari 16.4"]',
        pages=("explain/minification.md#browsers",),
        read=lambda given: {"browsers": keys.browsers(given.table)},
        schema=lambda _: {"type": "array", "items": {"type": "string", "pattern": forms.browser()}, "default": []},
        deciding=("browsers",),
    ),
    Key(
        name="budgets",
        sentence="Logical path or glob → the largest size of an asset after gzip, as in `60 kB`",
        example='budgets = { "css/site.css" = "60 kB" }',
        pages=("guides/budgets.md",),
        read=lambda given: {"budgets": keys.budgets(given.table.table("budgets"))},
        schema=lambda _: {
            "type": "object",
            "propertyNames": forms.logical(),
            "additionalProperties": forms.ref("size"),
        },
    ),
    Key(
        name="bundles",
        sentence="Logical path → the sources of the bundle: names and globs, or `{ files, bundle = true }`",
        example='bundles = { "js/site.js" = ["js/*.js"] }',
        pages=("guides/bundles.md",),
        read=_bundles,
        schema=lambda _: forms.bundles(NAMES),
    ),
    Key(
        name="cache",
        sentence="A cache that machines share, and the keys whose records are accepted",
        example='cache = { remote = "https://cache.example.com/site" }',
        pages=("deploy/remote-cache.md",),
        read=lambda given: {"cache": cache_settings(given.table.table("cache"))},
        schema=lambda _: forms.cache(),
    ),
    Key(
        name="commands",
        sentence="The project's own compilers: programs that make assets",
        example='commands = { less = { from = "less", to = "css", run = ["lessc", "{path}"] } }',
        pages=("guides/commands.md",),
        read=lambda given: {"commands": commands(given.table) if given.table.has("commands") else {}},
        schema=lambda _: {"type": "object", "additionalProperties": forms.command()},
        deciding=("commands",),
    ),
    _flag(
        "components",
        "Whether templates have components: blocks `{% style %}` and `{% behaviour %}`, and files next to templates",
        "components = true",
        default=False,
        decides=False,
        pages=("guides/components.md",),
    ),
    Key(
        name="compress",
        sentence="The codings of precompressed copies, kept if they are smaller; a table also sets levels",
        example='compress = ["gzip"]',
        pages=("deploy/rolling-deploys.md#only-what-has-changed", "explain/caching.md#precompressed-copies"),
        read=lambda given: {"compress": keys.compress(given.table)},
        schema=lambda _: forms.compress(),
    ),
    Key(
        name="data_urls",
        sentence="Which small files are inlined into style sheets",
        example='data_urls = { limit = "2 kB" }',
        pages=("reference/references.md#data-urls",),
        read=lambda given: {
            "data_urls": keys.data_urls(given.table.table("data_urls")) if given.table.has("data_urls") else None
        },
        schema=lambda _: forms.data_urls(),
        deciding=("data_urls",),
    ),
    Key(
        name="define",
        sentence="Names in modules and bundles, and the values that replace them",
        example='define = { VERSION = "1" }',
        pages=("guides/typescript.md#values-for-names",),
        read=lambda given: {"define": keys.definitions(given.table.table("define"))},
        schema=lambda _: forms.ref("definitions"),
        deciding=("define",),
    ),
    _flag(
        "directives",
        "Whether to read Sprockets directives in the first comments of scripts and style sheets",
        "directives = true",
        default=False,
        pages=("guides/bundles.md",),
    ),
    Key(
        name="engines",
        sentence="The compilers and minifiers, by kind",
        example='engines = { css = "none" }',
        pages=("guides/sass.md", "explain/minification.md", "reference/engines.md"),
        read=lambda given: {"engines": keys.engines(given.table.table("engines"), given.locked)},
        schema=lambda installed: forms.engines(tuple(installed)),
    ),
    _globs(
        "entries",
        "Globs on logical paths; if given, only these assets and what they refer to are released",
        'entries = ["css/site.css"]',
        pages=("reference/globs.md",),
    ),
    Key(
        name="env",
        sentence="Names of environment variables to put into `import.meta.env`",
        example='env = ["API_URL"]',
        pages=("guides/typescript.md#values-for-names",),
        read=lambda given: {"env": keys.env_names(given.table)},
        schema=lambda _: {"type": "array", "items": forms.env_name(), "default": []},
        deciding=("env",),
    ),
    _globs(
        "exclude", "Globs on logical paths to leave out, in addition to the built-in ones", 'exclude = ["**/*.psd"]'
    ),
    Key(
        name="external",
        sentence="Globs on the text of references to leave unchanged",
        example='external = ["/media/**"]',
        read=lambda given: {"external": given.table.texts("external")},
        schema=lambda _: {**forms.ref("texts"), "default": []},
        deciding=("external",),
    ),
    _globs(
        "fingerprinted",
        "Globs on logical paths of files whose names already contain a hash",
        'fingerprinted = ["app/**"]',
        decides=True,
        pages=("reference/references.md#names-that-carry-a-hash",),
    ),
    Key(
        name="fonts",
        sentence="Glob on logical paths → the characters of a font to keep, and its formats",
        example='fonts = { "fonts/*.ttf" = { unicode_range = ["U+0-7F"] } }',
        pages=("guides/fonts.md",),
        read=lambda given: {"fonts": fonts(given.table.table("fonts"))},
        schema=lambda _: {"type": "object", "additionalProperties": forms.font()},
        deciding=("fonts",),
    ),
    Key(
        name="icons",
        sentence="Logical path of a sprite → the folder of its icons",
        example='icons = { "img/icons.svg" = { dir = "icons" } }',
        pages=("guides/icons.md",),
        read=lambda given: {"icons": keys.icons(given.table.table("icons"), given.folder)},
        schema=lambda _: forms.icons(),
        deciding=("icons",),
    ),
    Key(
        name="images",
        sentence="Size limits and variants of images",
        example='images = { warn = "2 MB", variants = { "photos/**" = { widths = [480] } } }',
        pages=("guides/images.md#variants",),
        read=_images,
        schema=lambda _: forms.images(),
        deciding=("image_strip", "image_variants"),
    ),
    Key(
        name="importmap",
        sentence="Bare module specifiers → logical paths or absolute URLs",
        example='importmap = { lib = "https://cdn.example.com/lib.js" }',
        pages=("guides/modules.md#bare-names",),
        read=_importmap,
        schema=lambda _: forms.importmap(),
    ),
    Key(
        name="importmap_integrity",
        sentence="Name in the import map → the integrity of its URL",
        example='importmap = { lib = "https://cdn.example.com/lib.js" }\n'
        f'importmap_integrity = {{ lib = "sha384-{"A" * 64}" }}',
        read=lambda given: {
            "importmap_integrity": keys.pinned_integrity(
                given.table.table("importmap_integrity"), given.fields["importmap"]
            )
        },
        schema=lambda _: forms.pinned_integrity(),
    ),
    Key(
        name="importmap_preload",
        sentence="Name in the import map → `false` if it is not preloaded",
        example="importmap_preload = { lib = false }",
        pages=("guides/modules.md#bare-names",),
        read=lambda given: {"importmap_preload": keys.preloads(given.table.table("importmap_preload"))},
        schema=lambda _: {"type": "object", "additionalProperties": {"type": "boolean"}},
    ),
    _flag(
        "inline_imports",
        "Whether production builds inline style sheets into those that `@import` them",
        "inline_imports = true",
        default=False,
        pages=("guides/bundles.md#imported-sheets",),
    ),
    Key(
        name="integrity",
        sentence="The digest of Subresource Integrity",
        example='integrity = "sha256"',
        read=_integrity,
        schema=lambda _: forms.choice(keys.INTEGRITY, "sha384"),
    ),
    _foreign(
        "jammit",
        "jammit = false",
        "The configuration file of Jammit; `false` ignores it",
        pages=("coming-over/jammit.md",),
    ),
    Key(
        name="load_paths",
        sentence="Folders in which Sass and other compilers also look for files; not released",
        example='load_paths = ["lib"]',
        read=lambda given: {
            "load_paths": tuple(keys.absolute(given.folder, path) for path in given.table.texts("load_paths"))
        },
        schema=lambda _: {**forms.ref("texts"), "default": []},
    ),
    _flag(
        "minify",
        "Whether to minify CSS, JavaScript, SVG, HTML and JSON, except files named `*.min.*`",
        "minify = false",
        default=True,
        pages=("explain/minification.md",),
    ),
    Key(
        name="missing",
        sentence="How to report a reference to an asset that does not exist",
        example='missing = "warn"',
        read=lambda given: {"missing": given.table.choice("missing", keys.MISSING, "error")},
        schema=lambda _: forms.choice(keys.MISSING, "error"),
    ),
    Key(
        name="modules",
        sentence="How imports get fingerprinted names: `rewrite` changes the files, `importmap` leaves it to the page",
        example='modules = "importmap"',
        pages=("guides/modules.md",),
        read=lambda given: {"modules": given.table.choice("modules", keys.MODULES, "rewrite")},
        schema=lambda _: forms.choice(keys.MODULES, "rewrite"),
        deciding=("modules",),
    ),
    Key(
        name="output",
        sentence="The release directory",
        example='output = "public"',
        read=lambda given: {"output": keys.absolute(given.folder, given.table.filled_text("output", "build"))},
        schema=lambda _: {**forms.ref("text"), "default": "build"},
    ),
    Key(
        name="packages",
        sentence="Names of installed packages whose releases are merged; a table also has rules for new packages",
        example="packages = { min_age_days = 3 }",
        pages=("guides/wheels.md", "guides/tools.md#not-too-new"),
        read=lambda given: {"packages": keys.package_rules(given.table)},
        schema=lambda _: {
            "anyOf": [
                forms.ref("texts"),
                forms.closed_table({"installed": forms.ref("texts"), "min_age_days": forms.number("number", 0)}),
            ]
        },
    ),
    _foreign(
        "pipeline",
        "pipeline = false",
        "The module of Django's settings whose `PIPELINE` is read",
        pages=("coming-over/django-pipeline.md",),
    ),
    _globs(
        "plain",
        "Globs on logical paths of files that keep their own names, such as `index.html` and `robots.txt`",
        'plain = ["robots.txt"]',
        decides=True,
        pages=("deploy/plain-names.md",),
    ),
    Key(
        name="precache",
        sentence="The name, below `assets/`, of a list of all files for a service worker",
        example='precache = "precache.json"',
        pages=("deploy/companions.md#a-list-for-service-workers",),
        read=lambda given: {"precache": keys.precache(given.table)},
        schema=lambda _: {"type": "string", "pattern": r"\.json$"},
    ),
    _globs(
        "raw",
        "Globs on logical paths of files in source languages that are released unchanged",
        'raw = ["a.ts"]',
        pages=("reference/references.md#source-languages",),
    ),
    Key(
        name="registry",
        sentence="The URL of the registry of packages",
        example='registry = "https://npm.example.com/"',
        pages=("guides/tools.md#the-registry",),
        read=lambda given: {"registry": keys.registry(given.table)},
        schema=lambda _: forms.registry(),
    ),
    Key(
        name="resolve",
        sentence="How imports find files: `browser` by whole names, `bundler` also without a suffix",
        example='resolve = "bundler"',
        pages=("guides/modules.md#names-without-a-suffix",),
        read=lambda given: {"resolve": given.table.choice("resolve", keys.RESOLVE, "browser")},
        schema=lambda _: forms.choice(keys.RESOLVE, "browser"),
        deciding=("resolve",),
    ),
    Key(
        name="retain",
        sentence="How many earlier releases to keep, and for how long",
        example="retain = { releases = 2 }",
        pages=("deploy/rolling-deploys.md",),
        read=lambda given: {"retain": keys.retain(given.table.table("retain")) if given.table.has("retain") else None},
        schema=lambda _: forms.closed_table(
            {"releases": forms.number("integer", 3), "hours": forms.number("number", 24)}
        ),
    ),
    Key(
        name="run",
        sentence="Name → a command that `watch` also runs",
        example='run = { web = ["flask", "run"] }',
        pages=("guides/watch.md#several-commands",),
        read=lambda given: {"run": commands_beside(given.table.table("run")) if given.table.has("run") else {}},
        schema=lambda _: {
            "type": "object",
            "propertyNames": {"pattern": r"\S"},
            "additionalProperties": forms.ref("arguments"),
        },
    ),
    Key(
        name="source_maps",
        sentence="Whether to write source maps of style sheets and scripts; `hidden`: next to the release",
        example="source_maps = true",
        pages=("reference/source-maps.md",),
        read=lambda given: {"source_maps": keys.source_maps(given.table)},
        schema=lambda _: {"enum": [True, False, HIDDEN], "default": False},
        deciding=("source_maps",),
    ),
    Key(
        name="sources",
        sentence="The source roots in order of precedence",
        example='sources = ["static"]',
        pages=("guides/vite.md",),
        read=lambda _: {},  # `roots.configured_roots` has read it
        schema=lambda _: forms.sources(),
    ),
    _flag(
        "sources_content",
        "Whether source maps contain the texts of the sources",
        "sources_content = false",
        default=True,
    ),
    Key(
        name="templates",
        sentence="The templates that `check` reads",
        example='templates = { dirs = ["views"] }',
        pages=("guides/templates.md",),
        read=lambda given: {"templates": keys.templates(given.table.table("templates"), given.folder)},
        schema=lambda _: forms.templates(),
    ),
    Key(
        name="types",
        sentence="Media types by suffix, with its dot",
        example='types = { ".foobar" = "application/x-foobar" }',
        pages=("deploy/serving.md#media-types",),
        read=lambda given: {"types": keys.types(given.table.table("types"))},
        schema=lambda _: forms.types(),
        deciding=("types",),
    ),
    Key(
        name="url",
        sentence="The URL prefix of assets in pages",
        example='url = "/static/"',
        read=lambda given: {"url": keys.url(given.table)},
        schema=lambda _: {"type": "string", "minLength": 1, "pattern": forms.url(), "default": "/assets/"},
    ),
    Key(
        name="url_prefixes",
        sentence="URL prefixes: references below them name assets if such assets exist",
        example='url_prefixes = ["/static/"]',
        pages=("reference/references.md#other-prefixes",),
        read=lambda given: {
            "url_prefixes": keys.url_prefixes(given.table) if given.table.has("url_prefixes") else None
        },
        schema=lambda _: {"type": "array", "items": forms.url_prefix()},
        deciding=("url_prefixes",),
    ),
    _foreign(
        "webassets",
        "webassets = false",
        "The bundles of webassets: a YAML file, a list of them, or `module:attribute`",
        pages=("coming-over/webassets.md",),
    ),
)
"""In alphabetical order, in which diagnostics at one place and the schema have them."""

NAMES: Final[frozenset[str]] = frozenset(key.name for key in KEYS)
"""The names of all keys."""

DECIDING: Final = tuple(name for key in KEYS for name in key.deciding)
"""The fields of `Config` that decide the contents of assets."""


def fields_of(given: Reading) -> Mapping[str, Any]:
    """The fields of `Config` that the keys of the table set; faults are noted in its document."""
    for key in KEYS:
        given.fields.update(key.read(given))
    given.table.close(keys.ELSEWHERE)
    return given.fields
