"""What a dbt test asks, in a sentence for the Dagster UI: dbt itself describes none of the tests of columns.

What to do where one fails is in checks/advice.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _in_range(asked: Mapping[str, Any]) -> str:
    low, high = asked.get("minimum"), asked.get("maximum")
    bounds = f"{low} to {high}"
    if low is None:
        bounds = f"at most {high}"
    elif high is None:
        bounds = f"at least {low}"
    return f"`{asked['column_name']}` is {bounds}, where there is one."


def _accepted_values(asked: Mapping[str, Any]) -> str:
    values = ", ".join(f"`{value}`" for value in asked["values"])
    return f"`{asked['column_name']}` is one of {values}, where there is one."


def _unique_together(asked: Mapping[str, Any]) -> str:
    columns = [f"`{column}`" for column in asked["columns"]]
    return f"No two rows have the same {', '.join(columns[:-1])} and {columns[-1]}."


SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "unique": lambda asked: f"No two rows have the same `{asked['column_name']}`.",
    "unique_together": _unique_together,
    "not_null": lambda asked: f"Every row has a `{asked['column_name']}`.",
    "in_range": _in_range,
    "accepted_values": _accepted_values,
    "weights_sum_to_one": lambda asked: f"The weights of each `{asked['key']}` sum to 1.",
}
"""By the name of the generic test, from its arguments."""


def description_of(test: Mapping[str, Any]) -> str:
    """The sentence of a test node of the manifest; what its file says of it comes first.

    Raises:
        KeyError: a generic test has no sentence and its file says nothing.
    """
    if test.get("description"):
        return str(test["description"])
    asked = test["test_metadata"]
    return SENTENCES[asked["name"]](asked["kwargs"])
