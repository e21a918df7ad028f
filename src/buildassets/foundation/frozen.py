"""Makes classes of frozen values as `dataclasses` does, in a tenth of the time.

`dataclass(frozen=True, slots=True)` compiles six functions for each class, in 0.4 ms, and a command waits for all
classes that it imports. Here only the constructor is compiled, for classes with more than a few values; it makes values
twice as fast. `dataclasses` itself is not imported, which would take 10 ms. Pure; imports nothing of the package.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, dataclass_transform

__all__ = [
    "compile_now",
    "field",
    "frozen",
    "frozen_by_name",
    "is_frozen",
    "names_of_fields",
    "replace",
    "values_by_name",
]

_Value = TypeVar("_Value")
_MISSING: Final[Any] = object()
_FEW: Final = 8  # values that take less time to make, in all, than a constructor takes to compile


class _Field:
    """The declaration of one field, in place of a default."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(self, default: Any, default_factory: Any, *, is_shown: bool, is_compared: bool) -> None:
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
    return _Field(default, default_factory, is_shown=repr, is_compared=compare)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_Value]) -> type[_Value]:
    """The class as `dataclass(frozen=True, slots=True)` would make it; the functions of `dataclasses` accept it.

    `cls` must have no `__post_init__` and no base with fields.
    """
    return _made(cls, is_by_name=False)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen_by_name(cls: type[_Value]) -> type[_Value]:
    """The class as `frozen` makes it; its values are made of arguments with names only."""
    return _made(cls, is_by_name=True)


if TYPE_CHECKING:  # whose types of the changes mypy knows
    from dataclasses import replace
else:

    def replace(value: _Value, /, **changes: object) -> _Value:
        """A copy of `value`, which is frozen, with other values of some fields."""
        return type(value)(**values_by_name(value) | changes)


def compile_now(*classes: type[Any]) -> None:
    """Compile the constructors of frozen `classes`, which otherwise happens when many values were made."""
    for cls in classes:
        cls.__init__  # noqa: B018  # asking the class for it does so


def is_frozen(value: object) -> bool:
    """Whether `value` is one of a class that `frozen` or `frozen_by_name` made."""
    return type(value).__setattr__ is _set


def values_by_name(value: object) -> dict[str, Any]:
    """The fields of `value`, which is frozen; unlike in `dataclasses.asdict`, what they hold is not copied."""
    return {name: getattr(value, name) for name in names_of_fields(type(value))}


def names_of_fields(cls: type) -> tuple[str, ...]:
    """The names of the fields of `cls`, which is frozen, in order."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # mypy does not know it is frozen
    return names


def _made(cls: type[_Value], *, is_by_name: bool) -> type[_Value]:
    kept = dict(vars(cls))
    fields = {name: _declared(kept.pop(name, _MISSING)) for name in cls.__annotations__}
    del kept["__dict__"], kept["__weakref__"]
    names = tuple(fields)
    kept |= {"__slots__": names, "__match_args__": names, "__setattr__": _set, "__delattr__": _delete}
    kept |= {"__getstate__": _state, "__setstate__": _set_state, **_comparison(fields), **_shown(fields)}
    constructor = _Constructor(fields, is_by_name=is_by_name)
    kept |= {"__init__": constructor, "__dataclass_fields__": _DataclassFields(cls.__annotations__, fields)}
    metaclass: Any = type(cls)
    made: type[_Value] = metaclass(cls.__name__, cls.__bases__, kept)
    made.__qualname__ = cls.__qualname__
    constructor.home = made  # by `__set_name__` Ctrl-C would become a RuntimeError, up to Python 3.11
    return made


def _declared(default: Any) -> _Field:
    return default if isinstance(default, _Field) else _Field(default, _MISSING, is_shown=True, is_compared=True)


class _Constructor:
    """`__init__` of the class `home`, until it is compiled."""

    def __init__(self, fields: Mapping[str, _Field], *, is_by_name: bool) -> None:
        self.home: type[Any]
        self._fields = fields
        self._is_by_name = is_by_name
        self._left = _FEW

    def __get__(self, value: object, owner: type) -> Callable[..., None]:
        self._left -= 1
        if value is None or self._left < 0:
            return self._compiled().__get__(value, owner)  # type: ignore[no-any-return]  # it is a function
        return lambda *given, **named: self._fill(value, given, named)

    def _fill(self, value: object, given: tuple[object, ...], named: dict[str, object]) -> None:
        left = dict(zip(self._fields, given, strict=False)) | named
        is_wrong = len(left) < len(given) + len(named) or (given and self._is_by_name)
        for name, declared in self._fields.items():
            has_factory = declared.default_factory is not _MISSING and name not in left
            found = declared.default_factory() if has_factory else left.pop(name, declared.default)
            is_wrong = is_wrong or found is _MISSING
            object.__setattr__(value, name, found)
        if is_wrong or left:
            self._compiled()(value, *given, **named)  # raises TypeError

    def _compiled(self) -> Any:
        constructor = _constructor(self.home, "self, *" if self._is_by_name else "self", self._fields)
        setattr(self.home, "__init__", constructor)  # noqa: B010  # mypy would take it for a mistake
        return constructor


class _DataclassFields:
    """The fields as the functions of `dataclasses` look for them, made when one does."""

    def __init__(self, types: Mapping[str, Any], fields: Mapping[str, _Field]) -> None:
        self._types = types
        self._fields = fields

    def __get__(self, _: object, owner: type) -> object:
        import dataclasses

        specifications = []
        for name, declared in self._fields.items():
            options = {option: getattr(declared, option) for option in _Field.__slots__}
            given = {option: found for option, found in options.items() if found is not _MISSING}
            specifications.append((name, self._types[name], dataclasses.field(**given)))
        like: Any = dataclasses.make_dataclass(owner.__name__, specifications, init=False, repr=False, eq=False)
        setattr(owner, "__dataclass_fields__", like.__dataclass_fields__)  # noqa: B010  # mypy knows no such attribute
        return like.__dataclass_fields__


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
    _refuse(f"cannot assign to field {name!r}")


def _delete(self: object, name: str) -> None:
    _refuse(f"cannot delete field {name!r}")


def _refuse(message: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(message)


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__slots__]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)
