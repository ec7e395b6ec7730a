"""What `tunegenie ask` prints where: the answer before its chart, a reason once, errors in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from ml.assistant.assistant import Assistant, Refusal
from ml.assistant.compiling import Compiler, Dialect
from ml.assistant.executing import Executor
from ml.assistant.names.index import NameIndex
from ml.assistant.planning.planner import Planner
from ml.assistant.planning.reading import Reader
from ml.assistant.query import Value
from tests.unit.ml.assistant.listener import TAXONOMY, names
from tunegenie_assets.cli import asking
from tunegenie_assets.cli.asking import Request
from tunegenie_assets.cli.errors import CommandError

COUNTRY = "Who is my top country artist and how many times have I played them?"


@dataclass(frozen=True)
class Plays:
    """A warehouse whose every day, month or whole has five plays; nothing is incomplete."""

    def read(self, sql: str, parameters: Sequence[Value]) -> pa.Table:  # noqa: ARG002  # nothing depends on whose
        if "incomplete_days" in sql:
            return pa.table(
                {"metric_time__day": pa.array([], pa.date32()), "incomplete_days": pa.array([], pa.int64())}
            )
        if "metric_time__month" in sql:
            return pa.table({"metric_time__month": [date(2024, 1, 1), date(2024, 3, 1)], "plays": [5, 5]})
        return pa.table({"plays": [5]})


@pytest.fixture(scope="module")
def compiler(manifest: str) -> Compiler:
    return Compiler.of(manifest, Dialect.DUCKDB)


def assistant_of(compiler: Compiler, heard: dict[tuple[str, str], str]) -> Assistant:
    return Assistant(
        planner=Planner(Reader.of(compiler.vocabulary, NameIndex.of(names(), TAXONOMY))),
        executor=Executor(compiler, Plays(), "ada"),
        timezone="UTC",
        names=heard,
        first_date=date(2020, 1, 1),
        last_date=date(2025, 1, 1),
    )


@pytest.fixture(autouse=True)
def opened(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "opened", lambda _: assistant_of(compiler, {}))


def ask(question: str, chart: Path | None = None, *, as_json: bool = False) -> None:
    asking.ask(Request(question, "ada", date(2025, 1, 1), chart, with_sql=False), as_json=as_json)


@pytest.mark.parametrize("kind", ["png", "svg", "html"])
def test_a_chart_over_time_is_written_beside_the_answer(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("plays per month in 2024", tmp_path / f"x.{kind}")
    assert (tmp_path / f"x.{kind}").stat().st_size > 1000
    assert "Plays by month, 2024" in capsys.readouterr().out


def test_an_answer_without_a_chart_is_printed_before_the_command_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="there is no chart of this answer"):
        ask("how many plays in 2024", tmp_path / "x.png")
    assert "5 plays" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_made_for_a_chart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="there is no folder"):
        ask("plays per month in 2024", tmp_path / "missing" / "x.png")
    assert "Plays by month" in capsys.readouterr().out
    assert not (tmp_path / "missing").exists()


def test_a_refusal_prints_suggestions_and_leaves_the_reason_to_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"not answered: .*weather") as error:
        ask("what is the weather")
    printed = capsys.readouterr()
    assert "I can answer, for example:" in printed.out
    assert str(error.value).removeprefix("not answered: ") not in printed.out + printed.err


def test_a_refusal_for_machines_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        ask("what is the weather", as_json=True)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_only_families_that_were_heard_are_suggested(compiler: Compiler) -> None:
    heard = {("artist__genre_family", "country"): "country"}
    with_country, without = (
        assistant_of(compiler, names).ask(f"{COUNTRY} qwerty", as_of=date(2025, 1, 1)) for names in (heard, {})
    )
    assert isinstance(with_country, Refusal)
    assert isinstance(without, Refusal)
    assert COUNTRY in with_country.suggestions
    assert COUNTRY not in without.suggestions
    assert len(without.suggestions) == len(with_country.suggestions)
