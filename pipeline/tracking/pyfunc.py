"""How MLflow loads a net that it keeps and asks it: `_load_pyfunc` is the name that it calls.

Asked is a table of one or both columns, description and count, as `pipeline/write/asking.py` has them; params are the
fields of its Manner. The answer is its table. What cannot be answered is an MlflowException of one plain line, which
`mlflow models serve` sends as it is.
"""

from dataclasses import fields
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.write.asking import COLUMNS, Answerer, Asked, AskingError, Manner
from pipeline.write.writer import Writer

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

INPUTS = ("description", "count")


def _load_pyfunc(path: str) -> "Served":
    return Served(Answerer(Writer.of(Path(path))))


class Served:
    """A net behind MLflow's `predict`."""

    def __init__(self, answerer: Answerer):
        self.answerer = answerer

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """A row for each drawing. Raises MlflowException, INVALID_PARAMETER_VALUE: what cannot be answered."""
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

        try:
            drawn = self.answerer.answer(rows(model_input), Manner(**(params or {})))
        except ValueError as error:
            if type(error) is ValueError:
                raise
            raise MlflowException(str(error), INVALID_PARAMETER_VALUE) from None
        return pd.DataFrame(drawn, columns=list(COLUMNS))


def rows(table: pd.DataFrame) -> list[Asked]:
    """Missing values are those of Asked; cells that hold lists, as MLflow makes them of a dict of lists, are rows each.
    Raises AskingError: neither column is there, a value of another kind, lists of unequal length."""
    names = [name for name in INPUTS if name in table]
    if not names:
        raise AskingError(f"the table has none of the columns {', '.join(INPUTS)}, so it asks for nothing")
    try:
        long = table[names].explode(names, ignore_index=True)
    except ValueError:  # pandas' own words are of "columns" and "matching element counts"
        raise AskingError(
            "the lists of description and count are not equally long; give one count a description"
        ) from None
    columns = [long[name] if name in long else [None] * len(long) for name in INPUTS]
    return [Asked(_text(text), _count(count)) for text, count in zip(*columns, strict=True)]


def signature() -> "ModelSignature":
    """What MLflow checks and shows of a table that is asked, of its params, and of the answer."""
    from mlflow.models import ModelSignature
    from mlflow.types.schema import AnyType, Array, ColSpec, DataType, ParamSchema, ParamSpec, Schema

    kinds = {"int": DataType.long, "bool": DataType.boolean, "float | None": DataType.double}
    # pandas has no whole number that may be missing, so MLflow would refuse a table where some counts are
    asked = Schema([ColSpec("string", "description", False), ColSpec(AnyType(), "count", False)])
    point = Array(DataType.double)
    answered: tuple[Any, ...] = ("long", "string", "string", "boolean", "string", Array(Array(point)))
    return ModelSignature(
        asked,
        Schema([ColSpec(kind, name) for name, kind in zip(COLUMNS, answered, strict=True)]),
        ParamSchema([ParamSpec(one.name, kinds[_kind(one.type)], one.default) for one in fields(Manner)]),
    )


def _kind(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _text(value: Any) -> str:
    if pd.isna(value):
        return Asked.description
    if not isinstance(value, str):
        raise AskingError(f"a description is {value}; it must be a text, such as ⿰木食")
    return value


def _count(value: Any) -> int:
    if pd.isna(value):
        return Asked.count
    if not isinstance(value, Real) or not float(value).is_integer():
        raise AskingError(f"a count is {value}; it must be a whole number")
    return int(float(value))
