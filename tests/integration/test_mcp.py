"""`tunegenie mcp` as other programs use it: started by the SDK's own client, which talks to it over stdio."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult, ListToolsResult, TextContent

from ml.assistant.compiling import CannotCompileError
from ml.assistant.query import MOST_ROWS, SemanticQuery
from tests.integration.conftest import Home
from tunegenie_assets.assistant.opening import open_assistant
from tunegenie_assets.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
LISTENER = "ada"
ARCHIVE = {"window": {"start": "2019-03-01", "end": "2019-04-01"}}
TOP = {"metrics": ["plays"], "group_by": ["artist", "artist__name"], "limit": 1, **ARCHIVE}
OF_ANOTHER = {"metrics": ["plays"], "filters": [{"dimension": "listener", "values": ["sim-00001"]}]}
COMMAND = ["-m", "tunegenie_assets.cli.app", "mcp", "--listener", LISTENER]
HOUR = "play__local_hour"
PLAYS = "gold.fct_counted_plays"

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "metrics": ("list_metrics", {}),
    "dimensions": ("list_dimensions", {}),
    "ask": ("ask", {"question": "who was my top artist in March 2019?"}),
    "refused": ("ask", {"question": "what did sim-00001 listen to yesterday?"}),
    "query": ("query", {"query": TOP}),
    "everything": ("query", {"query": {"metrics": ["plays"]}}),
    "of another": ("query", {"query": OF_ANOTHER}),
    "unknown metric": ("query", {"query": {"metrics": ["spins"]}}),
    "bad limit": ("query", {"query": {"metrics": ["plays"], "limit": 0}}),
    "unknown field": ("query", {"query": {"metrics": ["plays"], "listener": "sim-00001"}}),
    "recommend": ("recommend", {"count": 2}),
    "similar to nothing": ("similar", {"name": 'nobody "at all"\n', "kind": "artist"}),
    "too many": ("similar", {"name": "x", "count": 500}),
    "unknown argument": ("ask", {"question": "who was my top artist?", "listener": "sim-00001"}),
    "no end of dates": ("query", {"query": {"metrics": ["plays"], "window": {"end": "0001-01-01"}}}),
    "no hour": ("query", {"query": {"metrics": ["plays"], "filters": [{"dimension": HOUR, "values": [24]}]}}),
    "ignored": ("query", {"query": {"intent": "streak", "grain": "week"}}),
    "all of them": ("query", {"query": {"metrics": ["plays"], "group_by": ["play"]}}),
    "no such tool": ("drop_tables", {}),
    "again": ("ask", {"question": "who was my top artist in March 2019?"}),
}


async def talk(home: Home, calls: Sequence[tuple[str, dict[str, Any]]]) -> tuple[ListToolsResult, list[CallToolResult]]:
    server = StdioServerParameters(command=sys.executable, args=COMMAND, env=home.environment, cwd=ROOT)
    async with Client(stdio_client(server)) as client:
        tools = await client.list_tools()
        return tools, [await client.call_tool(name, arguments) for name, arguments in calls]


@pytest.fixture(scope="module")
def conversation(built: dict[str, Any]) -> tuple[ListToolsResult, dict[str, CallToolResult]]:
    tools, results = asyncio.run(talk(built["home"], list(CALLS.values())))
    return tools, dict(zip(CALLS, results, strict=True))


@pytest.fixture(scope="module")
def results(conversation: tuple[ListToolsResult, dict[str, CallToolResult]]) -> dict[str, CallToolResult]:
    return conversation[1]


def told(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def error(result: CallToolResult) -> str:
    assert result.is_error
    [content] = result.content
    assert isinstance(content, TextContent)
    assert "\n" not in content.text
    return content.text


def test_the_tools_say_what_they_take_and_give(conversation: tuple[ListToolsResult, dict[str, CallToolResult]]) -> None:
    tools = {tool.name: tool for tool in conversation[0].tools}
    assert set(tools) == {"list_metrics", "list_dimensions", "ask", "query", "recommend", "similar"}
    for tool in tools.values():
        assert tool.description
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    assert "SemanticQuery" in json.dumps(tools["query"].input_schema)
    assert not [name for name, tool in tools.items() if "listener" in tool.input_schema.get("properties", {})]


def test_what_can_be_asked_is_told(results: dict[str, CallToolResult]) -> None:
    metrics = {one["name"]: one for one in told(results["metrics"])["metrics"]}
    assert {"plays", "minutes_listened", "skip_rate"} <= set(metrics)
    assert metrics["plays"]["description"] == "Number of plays that count."
    dimensions = {one["name"] for one in told(results["dimensions"])["dimensions"]}
    assert {"artist__name", "play__local_hour"} <= dimensions
    assert not [name for name in dimensions if name == "listener" or name.startswith("listener__")]


def test_a_question_and_its_query_have_the_same_answer(home: Home, results: dict[str, CallToolResult]) -> None:
    [(name, plays)] = home.rows(
        f"""
        select artists.artist_name, count(*) as plays
        from {PLAYS} as plays
        inner join gold.dim_artist as artists on plays.artist_id = artists.artist_id
        where plays.listener_id = '{LISTENER}' and plays.date_key between date '2019-03-01' and date '2019-03-31'
        group by all order by plays desc, artists.artist_name limit 1
        """
    )
    assert told(results["ask"])["rows"] == told(results["query"])["rows"] == [[name, plays]]
    assert told(results["ask"])["begins"] == "2019-03-01"
    assert told(results["ask"])["timezone"] == "Asia/Kolkata"
    assert told(results["again"]) == told(results["ask"])


def test_only_the_listener_of_the_server_is_told_of(home: Home, results: dict[str, CallToolResult]) -> None:
    [(own,)] = home.rows(f"select count(*) from {PLAYS} where listener_id = '{LISTENER}'")
    [(all_of_them,)] = home.rows(f"select count(*) from {PLAYS}")
    assert told(results["everything"])["rows"] == [[own]]
    assert own < all_of_them
    for call in ("refused", "of another", "unknown field"):
        assert error(results[call])


def test_errors_are_one_line_that_says_what_is_wrong(results: dict[str, CallToolResult]) -> None:
    assert "what can be asked: " in error(results["refused"])
    assert "there is no metric 'spins'" in error(results["unknown metric"])
    assert error(results["bad limit"]) == "query: query.limit: Input should be greater than or equal to 1"
    assert "Extra inputs are not permitted" in error(results["unknown field"])
    assert "no artist 'nobody" in error(results["similar to nothing"])
    assert "less than or equal to 50" in error(results["too many"])
    assert "there is no argument 'listener'; there are: question, as_of" in error(results["unknown argument"])
    assert "a whole number from 0 to 23, not 24" in error(results["no hour"])
    assert "a query of intent streak has no grain" in error(results["ignored"])
    assert "out of range" in error(results["no end of dates"])
    assert "drop_tables" in error(results["no such tool"])


def test_an_answer_has_so_many_rows_at_most_and_says_so(home: Home, results: dict[str, CallToolResult]) -> None:
    [(own,)] = home.rows(f"select count(*) from {PLAYS} where listener_id = '{LISTENER}'")
    answer = told(results["all of them"])
    assert len(answer["rows"]) == min(own, MOST_ROWS)
    assert any(note.startswith("the first 1,000 of") for note in answer["notes"]) == (own > MOST_ROWS)


def test_recommendations_have_reasons_or_the_way_to_them(results: dict[str, CallToolResult]) -> None:
    if results["recommend"].is_error:
        assert "tunegenie train" in error(results["recommend"])
    else:
        rows = told(results["recommend"])["rows"]
        assert 1 <= len(rows) <= 2
        assert all(row[-1] for row in rows)


def test_standard_output_holds_the_protocol_and_nothing_else(home: Home) -> None:
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_metrics", "arguments": {}}},
    ]
    with subprocess.Popen(
        [sys.executable, *COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **home.environment},
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        lines: list[str] = []
        for message in messages:
            server.stdin.write(json.dumps(message) + "\n")
            server.stdin.flush()
            if "id" in message:
                lines.append(server.stdout.readline())
        server.stdin.close()
        lines += server.stdout.readlines()
        assert server.wait(30) == 0
    answers = [json.loads(line) for line in lines]
    assert [answer["id"] for answer in answers if "id" in answer] == [1, 2]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)


def test_a_listener_whom_nobody_knows_ends_it_at_once(home: Home) -> None:
    result = home.run("mcp", "--listener", "nobody")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "there is no listener nobody" in result.stderr


def test_every_dimension_that_is_offered_has_figures(built: dict[str, Any]) -> None:
    home: Home = built["home"]
    home.apply()
    executor = open_assistant(load_settings(), LISTENER).executor
    vocabulary = executor.compiler.vocabulary
    metrics = ["plays", *(metric.name for metric in vocabulary.asked_for if metric.name != "plays")]

    def is_answered(dimension: str, metric: str) -> bool:
        query = SemanticQuery(metrics=(metric,), group_by=(dimension,), limit=1)
        try:
            executor.run(query, as_of=date(2025, 1, 1))
        except CannotCompileError:
            return False
        return True

    for dimension in vocabulary.dimensions:
        assert any(is_answered(dimension, metric) for metric in metrics), dimension
