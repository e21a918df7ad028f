"""Whether browsers refuse a regular expression: its patterns are part of a script's syntax. Pure.

After ECMA-262, section 22.2.1, with annex B.1.2. What needs tables (names of Unicode properties) or is new in some
browsers (modifiers, the sets of the flag `v`) is not looked at, so that nothing is refused that runs. Two groups may
have one name in different alternatives only (ECMA-262, 16th edition).
"""

from typing import Final

from buildassets.foundation.lazy_pattern import lazy_pattern

_QUANTIFIER: Final = lazy_pattern(r"(?:[*+?]|\{([0-9]++)(?:,([0-9]*+))?\})\??")
_GROUP: Final = lazy_pattern(r"\((?:\?(?:([=!])|(<[=!])|:|<([^>]++)>|[imsx]*+(?:-[ims]*+)?:|()))?")
_NAMED_GROUP: Final = lazy_pattern(r"\(\?<(?![=!])([^>]++)>")
_NAME_REFERENCE: Final = lazy_pattern(r"k<([^>]++)>")
_HEX: Final = lazy_pattern(r"x([0-9a-fA-F]{2})")
_UNICODE: Final = lazy_pattern(r"u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]++)\})")
_OCTAL: Final = lazy_pattern(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_DECIMAL: Final = lazy_pattern(r"[1-9][0-9]*+")
_PROPERTY: Final = lazy_pattern(r"[pP]\{[^}]*+\}")
_TRAIL: Final = lazy_pattern(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SYNTAX: Final = "^$\\.*+?()[]{}|/"
_CONTROL: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_LARGEST: Final = 0x10FFFF


class _RefusedError(Exception):
    """Browsers refuse the pattern; the text is why."""


def refusal(pattern: str, flags: str) -> str | None:
    """The fault of the regular expression; None if browsers accept it."""
    try:
        _Reading(pattern, flags).read()
    except _RefusedError as reason:
        return str(reason)
    return None


def _size(digits: str) -> tuple[int, str]:
    """The order of a number of any length, which `int` has not."""
    significant = digits.lstrip("0")
    return len(significant), significant


class _GroupNames:
    """The names of groups so far, by the alternatives around the place that is read."""

    def __init__(self) -> None:
        self._open: list[tuple[set[str], set[str]]] = [(set(), set())]  # of this alternative, and of those before it

    def open(self, name: str | None) -> None:
        """Begin a group; raises _RefusedError if its name can be that of another that matches, too."""
        if name is not None:
            if any(name in current for current, _ in self._open):
                raise _RefusedError(f"two groups have the name `{name}`")
            self._open[-1][0].add(name)
        self._open.append((set(), set()))

    def next_alternative(self) -> None:
        """Begin the next alternative."""
        current, before = self._open[-1]
        before |= current
        current.clear()

    def close(self) -> None:
        """End a group."""
        current, before = self._open.pop()
        self._open[-1][0].update(current, before)


class _Reading:
    """One walk over a pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._text = pattern
        self._has_sets = "v" in flags
        self._is_unicode = "u" in flags or self._has_sets
        self._names = frozenset(match[1] for match in _NAMED_GROUP.finditer(pattern))
        self._place = 0
        self._named = _GroupNames()

    def read(self) -> None:
        """Read the pattern; raises _RefusedError."""
        groups: list[bool] = []  # those open: whether each may be repeated
        may_repeat = False
        while self._place < len(self._text):
            character = self._text[self._place]
            if character == "(":
                groups.append(self._opened())
                may_repeat = False
            elif character == ")":
                if not groups:
                    raise _RefusedError("`)` closes nothing")
                may_repeat = groups.pop()
                self._named.close()
                self._place += 1
            elif character in "*+?{" and (quantifier := _QUANTIFIER.match(self._text, self._place)):
                self._repeat(quantifier[1], quantifier[2], may_repeat=may_repeat)
                self._place = quantifier.end()
                may_repeat = False
            else:
                may_repeat = self._atom(character)
        if groups:
            raise _RefusedError("a group is never closed")

    def _opened(self) -> bool:
        """Read what opens a group; whether that may be repeated."""
        group = _GROUP.match(self._text, self._place)
        assert group
        if group[4] is not None:
            raise _RefusedError("no group begins with `(?` like this")
        self._place = group.end()
        self._named.open(group[3])
        return group[2] is None and not (group[1] is not None and self._is_unicode)

    def _repeat(self, least: str | None, most: str | None, *, may_repeat: bool) -> None:
        if not may_repeat:
            raise _RefusedError("there is nothing to repeat")
        if least and most and _size(least) > _size(most):
            raise _RefusedError(f"`{{{least},{most}}}` counts down")

    def _atom(self, character: str) -> bool:
        """Read one atom or assertion; whether that may be repeated."""
        if character == "[":
            self._set()
            return True
        if character == "\\":
            self._place += 1
            return self._escape()
        self._place += 1
        if character == "|":
            self._named.next_alternative()
        if self._is_unicode and character in "{}]":
            raise _RefusedError(f"`{character}` is alone")
        return character not in "^$|"

    def _escape(self) -> bool:
        """Read what follows a backslash outside of sets; whether that may be repeated."""
        character = self._text[self._place : self._place + 1]
        if character in ("b", "B"):
            self._place += 1
            return False
        if character == "k" and (self._is_unicode or self._names):
            named = _NAME_REFERENCE.match(self._text, self._place)
            if not named or named[1] not in self._names:
                raise _RefusedError("`\\k` names no group")
            self._place = named.end()
            return True
        if self._is_unicode and (number := _DECIMAL.match(self._text, self._place)):
            if _size(number[0]) > _size(str(self._count_of_groups())):
                raise _RefusedError(f"`\\{number[0]}` is not a group")
            self._place = number.end()
            return True
        self._value()
        return True

    def _count_of_groups(self) -> int:
        """The number of groups that keep what they match."""
        count = place = 0
        is_in_set = False
        while place < len(self._text):
            character = self._text[place]
            if character == "(" and not is_in_set:
                count += not self._text.startswith("(?", place) or bool(_NAMED_GROUP.match(self._text, place))
            is_in_set = character == "[" or (is_in_set and character != "]")
            place += 2 if character == "\\" else 1
        return count

    def _value(self) -> int | None:
        """Read the escape of one character, and return its code; None for a set such as `\\d`."""
        text, place = self._text, self._place
        character = text[place : place + 1]
        self._place += 1
        if character in ("d", "D", "s", "S", "w", "W"):
            return None
        if character in _CONTROL:
            return _CONTROL[character]
        if character in ("p", "P") and self._is_unicode:
            found = _PROPERTY.match(text, place)
            if not found:
                raise _RefusedError(f"`\\{character}` names no property")
            self._place = found.end()
            return None
        if (code := self._code(character)) is not None:
            return code
        if self._is_unicode:
            return self._unicode_escape(character)
        if found := _OCTAL.match(text, place):
            self._place = found.end()
            return int(found[0], 8)
        if character == "c":
            self._place -= 1  # then the backslash stands for itself
            return ord("\\")
        return ord(character) if character else None

    def _code(self, character: str) -> int | None:
        """The code of an escape with digits or a letter behind it, of which `character` is read already."""
        if found := _HEX.match(self._text, self._place - 1):
            self._place = found.end()
            return int(found[1], 16)
        if character == "u":
            return self._code_point()
        letter = self._text[self._place : self._place + 1]
        if character == "c" and letter.isascii() and letter.isalpha():
            self._place += 1
            return ord(letter) % 32
        return None

    def _unicode_escape(self, character: str) -> int:
        """The code of an escape that the flag `u` allows."""
        if character == "0" and not self._text[self._place : self._place + 1].isdigit():
            return 0
        if character == "" or character not in _SYNTAX:
            raise _RefusedError(f"`\\{character}` escapes nothing")
        return ord(character)

    def _code_point(self) -> int | None:
        """The code of an escape that begins with `u`, if it is one."""
        found = _UNICODE.match(self._text, self._place - 1)
        if found is None or (found[2] and not self._is_unicode):
            return None
        self._place = found.end()
        code = int(found[1] or found[2], 16)
        if code > _LARGEST:
            raise _RefusedError(f"`\\u{{{found[2]}}}` is not a character")
        trail = _TRAIL.match(self._text, self._place) if self._is_unicode and found[1] else None
        if trail and 0xD800 <= code < 0xDC00:
            self._place = trail.end()
            return 0x10000 + ((code - 0xD800) << 10) + int(trail[1], 16) - 0xDC00
        return code

    def _set(self) -> None:
        """Read a set in brackets. Of those of the flag `v` only the brackets are looked at."""
        self._place += 1
        if self._has_sets:
            self._nested_set()
            return
        self._place += self._text.startswith("^", self._place)
        while not self._text.startswith("]", self._place):
            first = self._member()
            if not self._text.startswith("-", self._place) or self._text.startswith("-]", self._place):
                continue
            self._place += 1
            last = self._member()
            if first is None or last is None:
                if self._is_unicode:
                    raise _RefusedError("a range begins or ends with a set")
            elif first > last:
                raise _RefusedError("a range in brackets counts down")
        self._place += 1

    def _member(self) -> int | None:
        """Read one member of a set, and return its code; None for a set such as `\\d`."""
        if self._place >= len(self._text):
            raise _RefusedError("`[` is never closed")
        character = self._text[self._place]
        self._place += 1
        if character != "\\":
            return self._unit(character)
        if self._text.startswith("b", self._place):
            self._place += 1
            return 8
        if self._is_unicode and self._text.startswith("-", self._place):
            self._place += 1
            return ord("-")
        return self._value()

    def _unit(self, character: str) -> int:
        """The code of `character`; without the flag `u` one beyond the first plane counts as two."""
        code = ord(character)
        if code <= 0xFFFF or self._is_unicode:
            return code
        is_last = not self._text.startswith("-", self._place) or self._text.startswith("-", self._place - 2)
        return 0xDC00 + (code - 0x10000) % 0x400 if not is_last else 0xD800 + ((code - 0x10000) >> 10)

    def _nested_set(self) -> None:
        depth = 1
        while depth:
            if self._place >= len(self._text):
                raise _RefusedError("`[` is never closed")
            character = self._text[self._place]
            depth += (character == "[") - (character == "]")
            self._place += 2 if character == "\\" else 1
