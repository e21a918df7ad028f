"""Makes classes of frozen values as `dataclasses` does, in a tenth of the time.

`dataclass(frozen=True, slots=True)` compiles six functions for each class, in 0.4 ms, and a command waits for all
classes that it imports. Here only the constructor is compiled, when the first value is made, and it makes values twice
as fast. `dataclasses` itself is not imported, which would take 10 ms. Pure; imports nothing of the package.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar, dataclass_transform

__all__ = ["field", "frozen", "frozen_by_name", "replace"]

_Value = TypeVar("_Value")
_MISSING: Final[Any] = object()


class _Field:
    """What a class declares of one field, in place of a default."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(self, default: Any, default_factory: Any, is_shown: bool, is_compared: bool) -> None:
        self.default = default
        self.default_factory = default_factory
        self.repr = is_shown
        self.compare = is_compared


def field(
    *,
    default: Any = _MISSING,
    default_factory: Any = _MISSING,
    repr: bool = True,  # noqa: A002  # the name in `dataclasses`
    compare: bool = True,
) -> Any:
    """A field with options; they mean what they do in `dataclasses.field`."""
    return _Field(default, default_factory, repr, compare)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_Value]) -> type[_Value]:
    """The class as `dataclass(frozen=True, slots=True)` would make it; the functions of `dataclasses` accept it.

    `cls` must have no `__post_init__` and no base with fields.
    """
    return _made(cls, "self")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen_by_name(cls: type[_Value]) -> type[_Value]:
    """The class as `frozen` makes it; its values are made of arguments with names only."""
    return _made(cls, "self, *")


if TYPE_CHECKING:  # whose types of the changes mypy knows
    from dataclasses import replace
else:

    def replace(value: _Value, /, **changes: object) -> _Value:
        """A copy of `value`, which is frozen, with other values of some fields."""
        cls: Any = type(value)
        return cls(**{name: getattr(value, name) for name in cls.__match_args__} | changes)


def _made(cls: type[_Value], parameters: str) -> type[_Value]:
    kept = dict(vars(cls))
    fields = {name: _declared(kept.pop(name, _MISSING)) for name in cls.__annotations__}
    del kept["__dict__"], kept["__weakref__"]
    names = tuple(fields)
    kept |= {"__slots__": names, "__match_args__": names, "__setattr__": _set, "__delattr__": _delete}
    kept |= {"__getstate__": _state, "__setstate__": _set_state, **_comparison(fields), **_shown(fields)}
    kept["__init__"] = _AtFirstUse(lambda made: _constructor(made, parameters, fields))
    kept["__dataclass_fields__"] = _AtFirstUse(lambda made: _fields(made, fields))
    metaclass: Any = type(cls)
    made: type[_Value] = metaclass(cls.__name__, cls.__bases__, kept)
    made.__qualname__ = cls.__qualname__
    return made


def _declared(default: Any) -> _Field:
    return default if isinstance(default, _Field) else _Field(default, _MISSING, True, True)


class _AtFirstUse:
    """An attribute of a class that is made when somebody asks for it first."""

    def __init__(self, make: Callable[[type], object]) -> None:
        self._make = make

    def __set_name__(self, home: type, name: str) -> None:
        self._home = home
        self._name = name

    def __get__(self, value: object, owner: type) -> Any:
        setattr(self._home, self._name, self._make(self._home))
        return getattr(owner if value is None else value, self._name)


def _constructor(cls: type, parameters: str, fields: Mapping[str, _Field]) -> Callable[..., None]:
    lines = ["pass"]
    known: dict[str, Any] = {"_missing": _MISSING}
    for name, declared in fields.items():
        known[f"_set_{name}"] = vars(cls)[name].__set__
        has_factory = declared.default_factory is not _MISSING
        known[f"_default_{name}"] = declared.default_factory if has_factory else declared.default
        default = "_missing" if has_factory else f"_default_{name}"
        is_required = declared.default is _MISSING and not has_factory
        parameters += f", {name}" if is_required else f", {name}={default}"
        value = f"_default_{name}() if {name} is _missing else {name}" if has_factory else name
        lines.append(f"_set_{name}(self, {value})")
    exec(f"def __init__({parameters}):\n " + "\n ".join(lines), known)  # noqa: S102  # of names in a class body
    constructor: Callable[..., None] = known["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    return constructor


def _fields(cls: type, fields: Mapping[str, _Field]) -> object:
    """The fields as the functions of `dataclasses` look for them."""
    import dataclasses

    given = {
        name: {option: value for option in _Field.__slots__ if (value := getattr(declared, option)) is not _MISSING}
        for name, declared in fields.items()
    }
    types = cls.__annotations__
    specified = [(name, types[name], dataclasses.field(**options)) for name, options in given.items()]
    like: Any = dataclasses.make_dataclass(cls.__name__, specified, kw_only=True, frozen=True)
    return like.__dataclass_fields__


def _comparison(fields: Mapping[str, _Field]) -> dict[str, Any]:
    compared = [name for name, declared in fields.items() if declared.compare]
    values = attrgetter(*compared) if compared else lambda _: ()

    def equals(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return {"__eq__": equals, "__hash__": lambda self: hash(values(self))}


def _shown(fields: Mapping[str, _Field]) -> dict[str, Any]:
    names = [name for name, declared in fields.items() if declared.repr]

    def shown(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return {"__repr__": shown}


def _set(self: object, name: str, value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__slots__]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)
