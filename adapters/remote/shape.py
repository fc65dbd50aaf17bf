"""The shape of what servers answer with: what is read of it, open to everything else.

Every field may be missing or null, because servers of different versions leave out different ones; one that is there
has to be of its type.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

_Item = TypeVar("_Item")
_Shape = TypeVar("_Shape", bound=BaseModel)
Text = Annotated[str, BeforeValidator(lambda given: "" if given is None else given)]
Items = Annotated[list[_Item], BeforeValidator(lambda given: [] if given is None else given)]
Texts = Annotated[dict[str, str], BeforeValidator(lambda given: {} if given is None else given)]

OPEN = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)
"""Of a mapping of which some keys are known."""


class NotReadableError(Exception):
    """An answer is not what it should be; the text says where."""


def read(shape: type[_Shape], data: object) -> _Shape:
    """Return an object of which everything has the right type.

    Raises:
        NotReadableError: when it is something else.
    """
    try:
        return shape.model_validate(data)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise NotReadableError(f"`{where}`: {first['msg'].lower()}") from wrong
