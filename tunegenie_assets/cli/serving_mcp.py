"""`tunegenie mcp`: the tools of one listener's assistant, served to another program over standard input and output.

What the tools do is in tunegenie_assets/assistant/tools.py. Standard output holds the protocol and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field, ValidationError

from ml.assistant.query import MOST_ROWS, SemanticQuery
from tunegenie_assets.assistant.naming import LONGEST_SHOWN
from tunegenie_assets.assistant.tools import MOST_SUGGESTED, Dimensions, Metrics, Told, ToolFailedError, Tools
from tunegenie_assets.cli.asking import opened

INSTRUCTIONS = """\
The listening history of one person, {listener}: every play once, in the zone {timezone}. \
Use `ask` for a question in plain English; it refuses what it does not understand and says what can be asked. \
Use `query` for figures that you put together yourself, from the names that list_metrics and list_dimensions tell. \
Figures come from the warehouse as they are: do not make up others.\
"""
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
AsOf = Annotated[date | None, Field(description="The day on which it is asked; today without it.")]
Count = Annotated[int, Field(ge=1, le=MOST_SUGGESTED, description="Rows at most.")]
KindOf = Annotated[Literal["track", "artist"], Field(description="Whether tracks or artists are wanted.")]
Query = Annotated[
    SemanticQuery,
    Field(
        description="Metrics by dimensions, for example: "
        '{"metrics": ["plays"], "group_by": ["artist__name"], "filters": [{"dimension": "artist__genre_family", '
        '"values": ["rock"]}], "window": {"start": "2024-01-01", "end": "2025-01-01"}, "order": [{"by": "plays"}], '
        f'"limit": 10}}. Windows are half-open; `grain` gives a row for each period; at most {MOST_ROWS} rows.'
    ),
]


def run(*, listener: str | None) -> None:
    """Serve until the other program hangs up.

    Raises:
        CommandError: nothing has been built, or there is no such listener.
    """
    server_for(Tools(opened(listener), now=lambda: datetime.now(UTC))).run("stdio")


class Server(MCPServer[Any]):
    """A server whose errors are one line each."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        known = {tool.name: tool.input_schema.get("properties", {}) for tool in await self.list_tools()}
        if name in known and (unknown := [one for one in arguments if one not in known[name]]):
            takes = ", ".join(known[name]) or "none"
            raise ToolError(f"{name}: there is no argument {_shown(unknown[0])}; there are: {takes}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(f"{name}: {_first(error.__cause__)}") from error
            raise


def server_for(tools: Tools) -> MCPServer[Any]:
    """A server with the tools, bound to no transport yet."""
    assistant = tools.assistant
    server = Server(
        "tunegenie",
        instructions=INSTRUCTIONS.format(listener=assistant.executor.listener, timezone=assistant.timezone),
        version=version("tunegenie"),
        log_level="WARNING",
    )

    @server.tool(annotations=READS)
    def list_metrics() -> Metrics:
        """The metrics that can be asked for, each with its meaning, unit and the words people use for it."""
        return tools.metrics()

    @server.tool(annotations=READS)
    def list_dimensions() -> Dimensions:
        """What metrics can be grouped and filtered by, each with its meaning."""
        return tools.dimensions()

    @server.tool(annotations=READS)
    def ask(question: Annotated[str, Field(description="In plain English.")], as_of: AsOf = None) -> Told:
        """Answer a question about this person's listening, such as: who was my top artist last summer?"""
        return _or_tool_error(lambda: tools.ask(question, as_of))

    @server.tool(annotations=READS)
    def query(query: Query, as_of: AsOf = None) -> Told:
        """Answer a query of metrics by dimensions; names that do not exist are an error."""
        return _or_tool_error(lambda: tools.query(query, as_of))

    @server.tool(annotations=READS)
    def recommend(kind: KindOf = "track", count: Count = 10) -> Told:
        """Say what this person should listen to next, and why."""
        return _or_tool_error(lambda: tools.recommend(kind, count))

    @server.tool(annotations=READS)
    def similar(
        name: Annotated[str, Field(description="Of a track or artist that this person has heard.")],
        kind: KindOf = "track",
        by: Annotated[str, Field(description="The artist of the track, where several have one of the name.")] = "",
        count: Count = 10,
    ) -> Told:
        """Say what is most like a track or an artist, and why."""
        return _or_tool_error(lambda: tools.similar(name, kind, by, count))

    return server


def _or_tool_error(answer: Callable[[], Told]) -> Told:
    try:
        return answer()
    except ToolFailedError as error:
        raise ToolError(str(error)) from error


def _shown(argument: str) -> str:
    return repr(argument[:LONGEST_SHOWN])


def _first(error: ValidationError) -> str:
    """The first thing that is wrong with the arguments, and where."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    says = first["msg"].removeprefix("Value error, ")
    return f"{place}: {says}" if place else says
