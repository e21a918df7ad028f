"""The configuration with the import maps that installed applications declare. Imported where one declares any."""

from collections.abc import Iterable

from buildassets.compiler.config import keys
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.config.values import Config
from buildassets.features.import_map.merged import Declared, Names, declared_by, merged
from buildassets.foundation.frozen import replace


def with_declared(config: Config, texts: Iterable[str], document: Document) -> Config:
    """Return `config` with what `texts` declare, values of `--also`; faults are noted in `document`."""
    declared = []
    for declaration in map(declared_by, texts):
        values, owner = Document({"importmap": declaration["importmap"]}), f"application `{declaration['application']}`"
        table = values.table.table("importmap")
        names = Names(keys.specifiers(table, besides="scopes"), keys.scopes(table))
        document.faults += [replace(fault, notes=(*fault.notes, f"{owner} declares it")) for fault in values.faults]
        declared.append(Declared(owner, tuple(declaration["places"]), names))
    names, faults = merged(Names(config.importmap, config.scopes), declared)
    document.faults += [fault for fault in faults if fault.is_error]
    notices = (*config.notices, *(fault for fault in faults if not fault.is_error))
    return replace(config, importmap=names.imports, scopes=names.scopes, notices=notices)
