"""Makes frozen slotted dataclasses in half the time their constructor takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ParamSpec, TypeVar, cast

_Fields = ParamSpec("_Fields")
_Node = TypeVar("_Node")
_Setter = Callable[[Any, Any], None]


def quick_make(cls: Callable[_Fields, _Node]) -> Callable[_Fields, _Node]:
    """Return what makes an object of a frozen slotted dataclass of one to four fields.

    The constructor that `dataclasses` writes looks every slot up by its name, because the class refuses assignments;
    here the slots are known. A parser makes some forty objects a declaration. All fields have to be given, by position.

    Args:
        cls: the class; one that has a `__post_init__` is refused.

    Raises:
        TypeError: the class is none of those.
    """
    names = [field.name for field in fields(cast("type[Any]", cls)) if field.init]
    makers: dict[int, Callable[..., Callable[..., Any]]] = {1: _of_one, 2: _of_two, 3: _of_three, 4: _of_four}
    if len(names) not in makers or hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls} is not a dataclass of one to four fields")
    return cast("Callable[_Fields, _Node]", makers[len(names)](cls, *(getattr(cls, name).__set__ for name in names)))


def _of_one(cls: type[Any], set_a: _Setter) -> Callable[..., Any]:
    new = object.__new__

    def make(a: Any) -> Any:
        made = new(cls)
        set_a(made, a)
        return made

    return make


def _of_two(cls: type[Any], set_a: _Setter, set_b: _Setter) -> Callable[..., Any]:
    new = object.__new__

    def make(a: Any, b: Any) -> Any:
        made = new(cls)
        set_a(made, a)
        set_b(made, b)
        return made

    return make


def _of_three(cls: type[Any], set_a: _Setter, set_b: _Setter, set_c: _Setter) -> Callable[..., Any]:
    new = object.__new__

    def make(a: Any, b: Any, c: Any) -> Any:
        made = new(cls)
        set_a(made, a)
        set_b(made, b)
        set_c(made, c)
        return made

    return make


def _of_four(cls: type[Any], set_a: _Setter, set_b: _Setter, set_c: _Setter, set_d: _Setter) -> Callable[..., Any]:
    new = object.__new__

    def make(a: Any, b: Any, c: Any, d: Any) -> Any:
        made = new(cls)
        set_a(made, a)
        set_b(made, b)
        set_c(made, c)
        set_d(made, d)
        return made

    return make
