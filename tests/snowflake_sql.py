"""What Snowflake would refuse or understand differently, found in the text of a statement.

The stand-in of Snowflake works through DuckDB, so it lets pass what only DuckDB knows. Functions are held against a
list of those that Snowflake's documentation has; it grows by looking them up there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

_FUNCTION_NAMES = """
abs array_agg atan2 avg cast ceil coalesce concat convert_timezone cos count current_role current_warehouse
date_part date_trunc dateadd datediff dayofweekiso dense_rank editdistance exp extract first_value flatten floor
generator get_path greatest iff lag last_day last_value lead least left length listagg ln lower ltrim max max_by
md5 median min min_by mod ntile nullif parse_json percent_rank percentile_cont pi power rank regexp_count
regexp_instr regexp_replace regexp_substr replace right round row_number rtrim sin split split_part sqrt stddev
substr sum table timestampadd to_char to_date to_varchar translate trim trunc try_cast upper weekiso yearofweekiso
"""
_TYPE_NAMES = "bigint boolean date decimal double float number text timestamp timestamp_ntz timestampntz varchar"
_RESERVED_WORDS = """
account all alter and any as between by case check column connect connection constraint create cross current
current_date current_time current_timestamp current_user database delete distinct drop else exists following for
from full grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left
like localtime localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike
row rows sample schema select set some start table tablesample then to trigger union unique update using values
view when whenever where with
"""
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
TYPES = frozenset(_TYPE_NAMES.split())
RESERVED = frozenset(_RESERVED_WORDS.split())
Schema = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]
"""Types of columns by database, schema and table."""

_NAMING = frozenset({"table", "into", "view", "exists", "schema"})
"""What stands before the name of an object, whose list of columns looks like a call."""
_BY_WEEK = re.compile(r"\bdate_trunc\s*\(\s*'?week'?\s*,", re.IGNORECASE)
_NOT_CODE = re.compile(r"'(?:[^']|'')*'|\$\$.*?\$\$|\"(?:[^\"]|\"\")*\"|/\*.*?\*/|--[^\n]*", re.DOTALL)


def offences(sql: str) -> list[str]:
    """What is wrong with one statement, in words."""
    tokens = Tokenizer(dialect="snowflake").tokenize(sql)
    found = [*_unknown_functions(tokens), *_foreign_syntax(sql, tokens)]
    try:
        statement = parse_one(sql, read="snowflake")
    except SqlglotError as error:
        return [*found, f"does not parse: {' '.join(str(error).split())[:200]}"]
    found += [
        f"the name {name.name} is reserved"
        for name in statement.find_all(exp.Identifier)
        if not name.quoted and name.name.lower() in RESERVED
    ]
    found += [
        f"{cast.sql('snowflake')[:80]}: not a type of this project"
        for cast in statement.find_all(exp.Cast)
        if cast.to.sql("snowflake").partition("(")[0].lower() not in TYPES
    ]
    return sorted(set(found))


def inexact(sql: str, schema: Schema) -> list[str]:
    """Averages and quotients that are decimals of a few digits on Snowflake, and doubles on DuckDB.

    Division by a number written out is exact enough: six digits more than the dividend has.
    """
    statement = parse_one(sql, read="snowflake")
    query = statement.find(exp.Query)
    if query is None or isinstance(statement, exp.Command):
        return []
    for number in list(query.find_all(exp.Literal)):
        if not number.is_string and "." in number.name and "e" not in number.name.lower():
            number.replace(exp.cast(number.copy(), "decimal(20, 10)"))
    qualified = qualify(query, schema=dict(schema), dialect="snowflake", validate_qualify_columns=False)
    typed = annotate_types(qualified, schema=dict(schema), dialect="snowflake")
    found = [f"{node.sql('snowflake')[:120]}: the average of whole numbers or decimals" for node in _averages(typed)]
    found += [f"{node.sql('snowflake')[:120]}: the quotient of whole numbers or decimals" for node in _quotients(typed)]
    return found


def _averages(query: exp.Expr) -> Iterator[exp.Expr]:
    return (node for node in query.find_all(exp.Avg) if not _is_double(node.this))


def _quotients(query: exp.Expr) -> Iterator[exp.Expr]:
    for node in query.find_all(exp.Div):
        divisor = node.expression.unnest()
        is_constant = isinstance(divisor, exp.Literal) or (
            isinstance(divisor, exp.Cast) and isinstance(divisor.this, exp.Literal)
        )
        if not is_constant and not _is_double(node.this) and not _is_double(divisor):
            yield node


def _is_double(node: exp.Expr) -> bool:
    return node.type is not None and node.type.is_type(exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)


def _unknown_functions(tokens: list[Token]) -> Iterator[str]:
    before = [None, None, *tokens]
    for (token, following), earlier in zip(pairwise(tokens), before[1:], strict=False):
        name = token.text.lower()
        if following.token_type is not TokenType.L_PAREN or not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            continue
        if token.token_type not in (TokenType.VAR, *_FUNCTION_TOKENS) or name in FUNCTIONS | TYPES:
            continue
        if earlier is not None and (earlier.token_type is TokenType.DOT or earlier.text.lower() in _NAMING):
            continue
        yield f"the function {name} is not in the list of Snowflake's"


def _foreign_syntax(sql: str, tokens: list[Token]) -> Iterator[str]:
    if _BY_WEEK.search(sql):
        yield "date_trunc to a week, which begins on the day that the reader's session says"
    code = _NOT_CODE.sub("''", sql)
    if "//" in code:
        yield "// begins a comment on Snowflake"
    if "::" in code:
        yield ":: instead of cast"
    if any(one.text.lower() == "filter" and two.token_type is TokenType.L_PAREN for one, two in pairwise(tokens)):
        yield "filter (where …) is unknown to Snowflake"
    if any(one.text.lower() == "interval" and two.token_type is TokenType.NUMBER for one, two in pairwise(tokens)):
        yield "an interval without quotes"


_FUNCTION_TOKENS = (TokenType.STRUCT, TokenType.LIST, TokenType.MAP, TokenType.UNNEST, TokenType.ARRAY)
"""Functions of DuckDB that the tokenizer knows as words of the language."""
