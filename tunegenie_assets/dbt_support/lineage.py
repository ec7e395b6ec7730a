"""Which columns of other tables the columns of a model are made of, read from the SQL that dbt compiled.

Told are the columns that a value comes from, not those that only decide which rows there are. A column that cannot be
followed to a table is left out: no lineage is better than a wrong one. How it reaches Dagster is in reporting.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

Origin = tuple[str, str, str]
"""Schema, table and column."""
Origins = frozenset[Origin]
Tables = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Types of columns by schema, table and column."""


FILE = "lineage.json"
"""Its name in dbt's target folder: what was worked out before, by the SQL it was worked out from."""
_TEXTS = re.compile(r"'(?:[^']|'')*'")


class UnknownOriginError(Exception):
    """A column of the query cannot be followed to a table."""


def tables_of(manifest: Mapping[str, Any]) -> Tables:
    """What a manifest declares of its models, seeds and sources."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for node in (*nodes, *manifest["sources"].values()):
        columns = {name: column["data_type"] or "varchar" for name, column in node["columns"].items()}
        tables.setdefault(node["schema"], {})[node.get("alias") or node["identifier"]] = columns
    return tables


@dataclass(frozen=True)
class _Kept:
    """The origins of one model, and which SQL and columns they are of."""

    form: str
    origins: Mapping[str, Origins]

    def written(self) -> dict[str, object]:
        return {"form": self.form, "columns": {name: sorted(map(list, held)) for name, held in self.origins.items()}}

    @classmethod
    def read(cls, held: Mapping[str, Any]) -> _Kept:
        columns = {
            name: frozenset((schema, table, column) for schema, table, column in places)
            for name, places in held["columns"].items()
        }
        return cls(held["form"], columns)


@dataclass
class KnownOrigins:
    """The origins of the columns of models, worked out once for the SQL of each and kept in a file.

    `project` says which dbt project the file is of, and what another one left there is forgotten.
    """

    path: Path
    project: str
    tables: Tables
    dialect: str

    def of(self, models: Mapping[str, str]) -> dict[str, dict[str, Origins]]:
        """By the name of each model (`schema.table`), from its compiled SQL, and by column."""
        kept = self._kept()
        found: dict[str, dict[str, Origins]] = {}
        is_new = False
        for name, sql in models.items():
            schema, table = name.split(".")
            columns = list(self.tables.get(schema, {}).get(table, {}))
            # The days of a window and the like are texts: they change with each run, and no column comes from them.
            told = f"{self.dialect} {columns} {_TEXTS.sub('', sql)}"
            form = hashlib.sha256(told.encode()).hexdigest()
            if name not in kept or kept[name].form != form:
                # One form of each model is kept: what its SQL was before is of no use any more.
                kept[name] = _Kept(form, origins_of(sql, columns, self.tables, self.dialect))
                is_new = True
            found[name] = dict(kept[name].origins)
        if is_new:
            self._keep(kept)
        return found

    def _kept(self) -> dict[str, _Kept]:
        """What the file holds of this project; nothing where it cannot be read, or is of another shape."""
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            if held["project"] != self.project:
                return {}
            return {name: _Kept.read(model) for name, model in held["models"].items()}
        except (FileNotFoundError, AttributeError, KeyError, TypeError, ValueError):
            return {}

    def _keep(self, models: Mapping[str, _Kept]) -> None:
        beside = self.path.with_suffix(".new")
        held = {name: model.written() for name, model in models.items()}
        beside.write_text(json.dumps({"project": self.project, "models": held}), encoding="utf-8")
        beside.replace(self.path)


def origins_of(sql: str, columns: list[str], tables: Tables, dialect: str) -> dict[str, Origins]:
    """Of each column of a query where its values come from; a constant and a count of rows come from none.

    Empty where the query cannot be read, and without the columns that cannot be followed.
    """
    try:
        query = parse_one(sql, dialect=dialect)
        for table in query.find_all(exp.Table):
            table.set("catalog", None)
        scope = build_scope(qualify(query, schema=_as_dict(tables), dialect=dialect, validate_qualify_columns=False))
    except SqlglotError:
        return {}
    if scope is None:
        return {}
    follow = Follow(tables)
    found: dict[str, Origins] = {}
    for column in columns:
        try:
            found[column] = follow.column(scope, column)
        except UnknownOriginError:
            continue
    return found


@dataclass
class Follow:
    """Follows columns through the parts of one query, each part and column once.

    sqlglot's own `lineage` reads the query again for each column: a minute for all models, where this takes seconds.
    """

    tables: Tables
    _found: dict[tuple[int, str], Origins | None] = field(default_factory=dict)

    def column(self, scope: Scope, name: str) -> Origins:
        """Where the values of a column of this part come from.

        Raises:
            UnknownOriginError: it cannot be told.
        """
        key = id(scope), name.lower()
        if key not in self._found:
            self._found[key] = None
            self._found[key] = self._followed(scope, name.lower())
        found = self._found[key]
        if found is None:
            raise UnknownOriginError(f"{name} is made of itself")
        return found

    def _followed(self, scope: Scope, name: str) -> Origins:
        if isinstance(scope.expression, exp.SetOperation):
            place = _place(scope.expression, name)
            return frozenset[Origin]().union(*(self._at(part, place) for part in scope.set_operation_scopes))
        if isinstance(scope.expression, exp.Query):
            return self._at(scope, _place(scope.expression, name))
        # Rows made on the spot, such as unnest(…): all that they are made of.
        return self._of_expression(scope.parent or scope, scope.expression)

    def _at(self, scope: Scope, place: int) -> Origins:
        """The column at this place: parts of a union agree in the order of columns, not in names."""
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            return self.column(scope, query.named_selects[place])
        if isinstance(query, exp.Query):
            return self._of_expression(scope, query.selects[place])
        raise UnknownOriginError(query.sql())

    def _of_expression(self, scope: Scope, expression: exp.Expr) -> Origins:
        origins: set[Origin] = set()
        for node in _own_nodes(expression):
            if isinstance(node, exp.Column):
                origins |= self._of_column(scope, node)
            elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
                raise UnknownOriginError(node.sql())
            elif isinstance(node, exp.Query) and node is not expression:
                inner = next((s for s in scope.subquery_scopes if s.expression is node.unnest()), None)
                if inner is None:
                    raise UnknownOriginError(node.sql())
                for name in node.named_selects:
                    origins |= self.column(inner, name)
        return frozenset(origins)

    def _of_column(self, scope: Scope, column: exp.Column) -> Origins:
        """A subquery sees the tables around it too."""
        around: Scope | None = scope
        while around is not None and column.table not in around.sources:
            around = around.parent
        source = around.sources[column.table] if around else None
        if isinstance(source, Scope):
            return self.column(source, column.name)
        if isinstance(source, exp.Table):
            place = source.db.lower(), source.name.lower(), column.name.lower()
            if place[2] in self.tables.get(place[0], {}).get(place[1], {}):
                return frozenset({place})
        raise UnknownOriginError(column.sql())


def _place(query: exp.Query, name: str) -> int:
    names = [select.lower() for select in query.named_selects]
    if name not in names:
        raise UnknownOriginError(name)
    return names.index(name)


def _own_nodes(expression: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of an expression, down to the queries in it but not into them."""
    yield from expression.walk(prune=lambda node: isinstance(node, exp.Query) and node is not expression)


def _as_dict(tables: Tables) -> dict[str, object]:
    return {schema: {name: dict(columns) for name, columns in held.items()} for schema, held in tables.items()}
