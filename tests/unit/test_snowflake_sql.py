"""The judge of Snowflake's SQL finds what it is for, and lets pass what Snowflake knows."""

import pytest

from tests.snowflake_sql import inexact, offences

SCHEMA = {"DB": {"silver": {"t": {"whole": "BIGINT", "share": "DOUBLE", "name": "VARCHAR", "day": "DATE"}}}}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select strftime(day, '%Y') as year from t", "strftime"),
        ("select isodow(day) as weekday from t", "isodow"),
        ("select unnest(generate_series(1, 2)) as number", "unnest"),
        ("select list(name) as names from t", "list"),
        ("select day::varchar as day from t", "::"),
        ("select whole // 60 as minutes from t", "//"),
        ("select count(*) filter (where whole > 1) as plays from t", "filter"),
        ("select day + interval 1 day as next_day from t", "interval"),
        ("select day as start from t", "START|start"),
        ("select date_trunc('WEEK', day) as monday from t", "week"),
        ("select cast(whole as hugeint) as whole from t", "not a type"),
        ("select name from t where", "does not parse"),
    ],
)
def test_what_snowflake_would_refuse_is_found(sql: str, found: str) -> None:
    assert any(word in offence for offence in offences(sql) for word in found.split("|")), offences(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 'a::b // c filter (' as text, \"epoch\" from t -- strftime(x)::y",
        "create or replace transient table db.silver.t (play_id varchar not null, plays number(38,0)) as (select 1)",
        "insert into db.silver.t (play_id, plays) select play_id, plays from s",
        """
        with days as (select dateadd(day, 1, day) as day_after, left(name, 4) as year_text from t)
        select max_by(name, whole) as name, date_trunc('month', day) as month from t
        qualify row_number() over (partition by name order by whole desc nulls last, day) = 1
        """,
        "select cast(listed.value as varchar) as text from t, lateral flatten(input => parse_json(name)) as listed",
    ],
)
def test_what_snowflake_knows_passes(sql: str) -> None:
    assert offences(sql) == []


@pytest.mark.parametrize(
    ("expression", "is_inexact"),
    [
        ("avg(whole)", True),
        ("avg(case when whole > 1 then 1.0 else 0.0 end)", True),
        ("100.0 * whole / sum(whole) over ()", True),
        ("avg(cast(whole as double))", False),
        ("avg(share)", False),
        ("cast(whole as double) / sum(whole) over ()", False),
        ("whole / 2.0", False),
        ("floor(whole / 12)", False),
    ],
)
def test_digits_that_snowflake_would_cut_off_are_found(expression: str, is_inexact: bool) -> None:
    sql = f"with rows_of as (select * from db.silver.t) select {expression} as value from rows_of"
    assert bool(inexact(sql, SCHEMA)) is is_inexact
