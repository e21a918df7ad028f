"""The configuration with the import maps of installed applications and packages. Imported where there are any."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from buildassets.compiler.config import keys
from buildassets.compiler.config.named_settings import hinted
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.config.values import Config
from buildassets.features.import_map.merged import Declared, Names, declared_by, merged
from buildassets.foundation.frozen import replace
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.wheels.contents import import_map_of


def with_declared(config: Config, texts: Iterable[str], document: Document) -> Config:
    """Return `config` with what `texts` declare, values of `--also`, and the maps in the releases of packages.

    Faults are noted in `document`.
    """
    declarations = [(f"application `{one['application']}`", one) for one in map(declared_by, texts)]
    declarations += _of_packages(config)
    declared = []
    for owner, declaration in declarations:
        values = Document({"importmap": declaration["importmap"]})
        table = values.table.table("importmap")
        names = Names(keys.specifiers(table, besides="scopes"), keys.scopes(table))
        document.faults += [replace(fault, notes=(*fault.notes, f"{owner} declares it")) for fault in values.faults]
        declared.append(Declared(owner, tuple(declaration["places"]), names))
    names, owners, faults = merged(Names(config.importmap, config.scopes), declared)
    document.faults += hinted(config, tuple(fault for fault in faults if fault.is_error))
    notices = (*config.notices, *(fault for fault in faults if not fault.is_error))
    read = (os.path.join(os.path.dirname(root.path), MANIFEST_NAME) for root in config.sources if root.package)
    return replace(
        config,
        importmap=names.imports,
        scopes=names.scopes,
        declared_by=owners,
        notices=notices,
        read=(*config.read, *read),
    )


def _of_packages(config: Config) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for root in config.sources:
        if root.package and (names := import_map_of(os.path.dirname(root.path), root.prefix)):
            yield f"package `{root.prefix}`", {"places": [f"{root.prefix}/"], "importmap": names}
