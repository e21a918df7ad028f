"""Names that engines of other packages import."""

import buildassets.engines
from tests.runtime.test_imports import loaded_by


def test_importing_it_loads_no_engine_and_nothing_slow() -> None:
    loaded = loaded_by("buildassets.engines")
    ours = {name for name in loaded if name.startswith("buildassets.compiler.engines.")}
    assert ours == {f"buildassets.compiler.engines.{name}" for name in ("protocol", "reader")}
    assert not {"sass", "rjsmin", "click", "importlib.metadata", "subprocess", "tomllib"} & loaded


def test_every_public_name_is_there() -> None:
    assert [name for name in buildassets.engines.__all__ if not hasattr(buildassets.engines, name)] == []
