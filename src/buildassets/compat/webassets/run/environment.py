"""The environment of webassets: bundles by their names, settings, and the release that answers for them.

Takes an application of Flask, or a folder and a URL. Imports the vocabulary and `runtime`; Flask is what is given.
"""

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from types import ModuleType
from typing import Any, Final

from buildassets.compat.webassets.run.bundle import Bundle, bundle_key, caller
from buildassets.compat.webassets.run.settings import DEFAULTS, Settings
from buildassets.errors import ManifestError
from buildassets.foundation.permission import IMPORTING
from buildassets.runtime.assets import Assets, release_of
from buildassets.runtime.static_files import nearest_manifest

__all__ = ["Environment", "LoaderError", "PythonLoader", "YAMLLoader"]

_EXTENSION: Final = "buildassets.compat.webassets.AssetsExtension"
_OF_FLASK: Final = "buildassets"  # the key of the release in `app.extensions`


def _setting(name: str) -> Any:
    def get(self: "Environment") -> Any:
        return self.config.get(name, DEFAULTS.get(name))

    def put(self: "Environment", value: Any) -> None:
        self.config[name] = value

    return property(get, put, doc=f"The setting `{name}`.")


class Environment:
    """`Environment(app)` as Flask-Assets has it, `Environment("static", "/static")` as webassets has it.

    `assets` is the release: that of the application's FlaskAssets, what is assigned, or else the nearest
    `build/manifest.json`, opened when it is first asked for. Settings are accepted as they are; in a web process only
    `debug` decides anything.
    """

    auto_build = _setting("auto_build")
    cache = _setting("cache")
    cache_file_mode = _setting("cache_file_mode")
    debug = _setting("debug")
    directory = _setting("directory")
    manifest = _setting("manifest")
    resolver = _setting("resolver")
    updater = _setting("updater")
    url = _setting("url")
    url_expire = _setting("url_expire")
    versions = _setting("versions")

    def __init__(self, app: Any = None, url: str | None = None, *, directory: Any = None, **config: Any) -> None:
        is_folder = isinstance(app, str | os.PathLike)
        self.app = None if is_folder else app
        self._equipped: Any = None
        self._bundles: dict[str, Bundle] = {}
        self._anonymous: list[Bundle] = []
        self._assets: Assets | None = None
        self.config = Settings(self._config_of_app)
        given = {"directory": app if is_folder else directory, "url": url}
        self.config.update({**{key: value for key, value in given.items() if value is not None}, **config})
        if self.app is not None:
            self.init_app(self.app)

    def init_app(self, app: Any) -> None:
        """Equip `app`: its templates have `{% assets %}`."""
        self._equipped = app
        app.jinja_env.add_extension(_EXTENSION)
        app.jinja_env.assets_environment = self

    def _config_of_app(self) -> MutableMapping[str, Any] | None:
        config: MutableMapping[str, Any] | None = None if self.application is None else self.application.config
        return config

    @property
    def application(self) -> Any:
        """The application that it belongs to, or else the one that it equipped last; None without one."""
        return self.app if self.app is not None else self._equipped

    @property
    def load_path(self) -> list[str]:
        """The folders in which sources are looked for; it may be added to."""
        return self.config.setdefault("load_path", [])  # type: ignore[no-any-return]  # settings are anything

    @load_path.setter
    def load_path(self, paths: list[str]) -> None:
        self.config["load_path"] = paths

    @property
    def url_mapping(self) -> dict[str, str]:
        """URLs of folders; it may be added to."""
        return self.config.setdefault("url_mapping", {})  # type: ignore[no-any-return]  # settings are anything

    @url_mapping.setter
    def url_mapping(self, mapping: dict[str, str]) -> None:
        self.config["url_mapping"] = mapping

    def append_path(self, path: str, url: str | None = None) -> None:
        """Look for sources in `path`, too."""
        self.load_path.append(path)
        if url:
            self.url_mapping[path] = url

    # Bundles.

    def register(self, name: Any, *contents: Any, **options: Any) -> Any:
        """Register a bundle as `name`, or each bundle of a mapping by its key.

        Without a Bundle, one is made of `contents` and `options`. Raises ValueError if the name has another bundle.
        """
        if isinstance(name, Mapping) and not contents and not options:
            for each, bundle in name.items():
                self.register(each, bundle)
            return None
        if not contents:
            raise TypeError("at least two arguments are required")
        is_made = len(contents) == 1 and not options and isinstance(contents[0], Bundle)
        bundle = contents[0] if is_made else Bundle(*contents, **options)
        bundle.place = bundle.place if is_made else caller(2)
        before = self._bundles.get(name)
        if before is not None and before is not bundle and _parts(before) != _parts(bundle):
            raise ValueError(f'Another bundle is already registered as "{name}": {before!r}')
        self._bundles[name] = bundle
        bundle.name = bundle.name or name
        self._own(bundle)
        return bundle

    def add(self, *bundles: Bundle) -> None:
        """Take bundles without names."""
        for bundle in bundles:
            self._anonymous.append(bundle)
            self._own(bundle)

    def _own(self, bundle: Bundle) -> None:
        bundle.env = self
        for one in bundle.contents:
            if isinstance(one, Bundle) and one.env is None:
                self._own(one)

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """Those that are registered, by their names."""
        return self._bundles

    def __iter__(self) -> Iterator[Bundle]:
        return iter((*self._bundles.values(), *self._anonymous))

    def __len__(self) -> int:
        return len(self._bundles) + len(self._anonymous)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: str) -> bool:
        try:
            return self._found(name) is not None
        except ManifestError:  # before the first build
            return False

    def __getitem__(self, name: str) -> Bundle:
        """The bundle that is registered as `name`, here or in a file that the build has read. Raises KeyError."""
        found = self._found(name)
        if found is None:
            raise KeyError(name)
        return found

    def _found(self, name: str) -> Bundle | None:
        known = self._bundles.get(name)
        if known is not None:
            return known
        blocks = release_of(self.assets).blocks
        if bundle_key(name) in blocks:
            bundle = Bundle(env=self)
            bundle.name = name
            return bundle
        return self._part(name, blocks)

    def _part(self, name: str, blocks: Mapping[str, Any]) -> Bundle | None:
        """The file that a bundle without `merge` has, by the name that webassets gives it: `bundle/file.js`."""
        above, _, file = name.rpartition("/")
        whole = self._bundles.get(above)
        if whole is None or whole.merge:
            return None
        names = [str(one.get("asset")) for one in blocks.get(bundle_key(above), ())]
        found = next((one for one in names if one.rpartition("/")[2] == file), None)
        return None if found is None else Bundle(found, env=self)

    def from_yaml(self, path: Any) -> None:
        """Register the bundles of a YAML file. A web process does not read it: the manifest has them."""
        self.register(YAMLLoader(path).load_bundles())

    def from_module(self, path: Any) -> None:
        """Register the bundles of a module, under the names of its variables."""
        self.register(PythonLoader(path).load_bundles())

    # The release.

    @property
    def assets(self) -> Assets:
        """The release that answers. Raises ManifestError where there is none."""
        app = self.application
        of_app: Assets | None = None if app is None else app.extensions.get(_OF_FLASK)
        if self._assets is None and of_app is not None:
            return of_app
        if self._assets is None:
            self._assets = _read(app)
        return self._assets

    @assets.setter
    def assets(self, assets: Assets) -> None:
        self._assets = assets


def _read(app: Any) -> Assets:
    """The release for `app`, or for the working directory."""
    if app is None:
        return Assets(nearest_manifest(os.getcwd()))
    given = app.config.get("BUILDASSETS_MANIFEST") or nearest_manifest(app.root_path)
    return Assets(os.path.join(app.root_path, given), url=app.config.get("BUILDASSETS_URL"), reload=bool(app.debug))


def _parts(bundle: Bundle) -> tuple[Any, ...]:
    return bundle.contents, bundle.output, bundle.filters


class LoaderError(Exception):
    """A module or file cannot be loaded."""


class _Named(dict[str, Bundle]):
    """Bundles that the manifest knows by their names."""

    def __missing__(self, name: str) -> Bundle:
        bundle = Bundle()
        bundle.name = name
        return bundle


class YAMLLoader:
    """The bundles of a YAML file, by their names."""

    def __init__(self, file_or_filename: Any) -> None:
        self.file_or_filename = file_or_filename

    def load_bundles(self, _: Any = None) -> dict[str, Bundle]:
        """The bundles, each asked for by its name."""
        return _Named()

    def load_environment(self) -> Environment:
        """An environment that knows them."""
        return Environment()


class PythonLoader:
    """The bundles and the environment of a module; `module_name` may be `module:environment`."""

    environment = "environment"

    def __init__(self, module_name: str | ModuleType) -> None:
        if isinstance(module_name, ModuleType):
            self.module = module_name
            return
        from buildassets.programs.project_python import project_module  # most environments load no module

        name, _, environment = module_name.partition(":")
        self.environment = environment or self.environment
        sys.path.insert(0, "")
        try:
            self.module = project_module(name, permission=IMPORTING)
        except ImportError as fault:
            raise LoaderError(fault) from fault
        finally:
            sys.path.remove("")

    def load_bundles(self) -> dict[str, Bundle]:
        """The bundles of the module, by the names of its variables."""
        return {name: one for name, one in sorted(vars(self.module).items()) if isinstance(one, Bundle)}

    def load_environment(self) -> Environment:
        """The environment of the module. Raises LoaderError where there is none."""
        found = getattr(self.module, self.environment, None)
        if not isinstance(found, Environment):
            raise LoaderError(f"{self.module.__name__} has no environment `{self.environment}`")
        return found
