"""Every bench of the project, one entry each: what it asks and which of its figures the table shows.

A bench is a package below benches/ that is run by `python -m benches.<name> --size …`, has its FLOORS in `__main__` and
ends with the line of JSON of benches/report.py; the target of the Makefile is `bench-<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A figure of a bench as the table shows it."""

    figure: str
    says: str
    unit: str = ""
    """Stands after the value; `share` is 0 to 1, `yes or no` is what it says."""
    ratio_to: str = ""
    """The peer or the limit to which the figure is a ratio, measured in the same run; empty for what is no ratio."""


@dataclass(frozen=True)
class Bench:
    name: str
    sentence: str
    size: str
    """How much was measured, with names of figures in brackets, which the values replace."""
    figures: tuple[Shown, ...]

    @property
    def target(self) -> str:
        return f"bench-{self.name}"

    @property
    def module(self) -> str:
        return f"benches.{self.name}"


BENCHES = (
    Bench(
        "simulate",
        "How fast are plays simulated, beside the common way, and in how much memory?",
        "{plays:,} plays in one range of {days:,} days; memory with {listeners:,} listeners",
        (
            Shown("plays_per_second", "simulated and written to Parquet", "plays/s"),
            Shown("seconds_of_30_million", "30 million plays", "s"),
            Shown("ratio_to_faker", "speed", "times", "a row-wise Faker loop over the same columns"),
            Shown("ratio_to_thrifty_loop", "speed", "times", "such a loop over songs made beforehand"),
            Shown("ratio_to_pyarrow", "speed", "times", "limit: pyarrow alone writing the same rows from memory"),
            Shown("peak_mb", "peak memory of a process", "MB"),
            Shown("memory_ratio", "peak memory of many days", "times", "few days of the same listeners"),
            Shown("plays", "in one range", "plays"),
            Shown("crowd_plays_per_second", "of all those listeners", "plays/s"),
            Shown("listeners_seconds", "making the listeners", "s"),
            Shown("bytes_per_play", "on the disk", "bytes"),
            Shown("rows_lost", "told and not in the files", "rows"),
        ),
    ),
    Bench(
        "realism",
        "Do simulated listeners listen like people?",
        "{listeners:,} listeners over {years} years, {plays:,} plays",
        (
            Shown("ranges_met", "medians within the ranges of three real histories", "figures"),
            Shown("ranges_total", "figures compared", "figures"),
            Shown("ranges_share", "of them within", "share"),
            Shown("differences_met", "figures in which listeners differ as the three do", "figures"),
            Shown("distributions_met", "distributions in which a real archive could be one of them", "distributions"),
            Shown("distributions_total", "distributions compared", "distributions"),
        ),
    ),
    Bench(
        "merge",
        "Is every play counted once, how fast, and what does a new day cost?",
        "{plays_true:,} plays that five sources saw, an archive of {archive_rows:,} rows, "
        "a history of {days_records:,} records",
        (
            Shown("precision", "of pairs put together, those that belong together", "share"),
            Shown("naive_within_60_s_and_track_precision", "the same names within 60 s, by the same measure", "share"),
            Shown("recall", "of pairs that belong together, those put together", "share"),
            Shown("naive_within_60_s_and_track_recall", "the same names within 60 s, by the same measure", "share"),
            Shown("loops_intact", "plays in loops that became one play each", "share"),
            Shown("order_independent", "any order of imports gives the same plays", "yes or no"),
            Shown("second_import_changes", "rows that a second import changes", "rows"),
            Shown("day_cost_ratio", "a new day", "times", "the same day into a history a tenth as long"),
            Shown("archive_250k_seconds", "the archive, from nothing to gold", "s"),
            Shown("peak_mb", "peak memory of that import", "MB"),
            Shown("reader_peak_mb", "peak memory of the reader, one member of 1 GB", "MB"),
        ),
    ),
    Bench(
        "collect",
        "Is live collection safe to leave alone?",
        "{polls:,} polls, {requests:,} requests, {kills:,} kills",
        (
            Shown("plays_shown", "that a poll could see", "plays"),
            Shown("plays_lost", "seen by no poll that could, and in no gap", "plays"),
            Shown("plays_doubled", "collected more often than heard", "plays"),
            Shown("plays_in_gaps", "missed, and told as a gap", "plays"),
            Shown("gaps", "told", "gaps"),
            Shown("gaps_false", "told where nothing was missed", "gaps"),
            Shown("scrobbles_lost", "of Last.fm", "scrobbles"),
            Shown("scrobbles_doubled", "of Last.fm", "scrobbles"),
            Shown("calls_over_budget", "calls beyond the daily budget", "calls"),
            Shown("budget_used", "calls in the fullest 24 hours", "share", "limit: the daily budget"),
            Shown("faults_share", "requests that were answered with a fault", "share"),
            Shown("fault_kinds", "kinds of faults that happened", "kinds"),
            Shown("kills", "processes killed in the middle", "kills"),
            Shown("quota_exhausted", "times the quota was exhausted", "times"),
            Shown("reauthorizations", "times a listener would have had to log in anew", "times"),
            Shown("state_rebuilt", "landing alone gives the same state", "yes or no"),
        ),
    ),
    Bench(
        "io",
        "How fast do rows go into DuckDB and out, beside DuckDB itself and the stock IO manager?",
        "{rows:,} rows of a year of days",
        (
            Shown("rows_per_second", "written in one run over the range", "rows/s"),
            Shown("ratio_to_duckdb", "writing", "times", "limit: DuckDB, create table as select from Parquet"),
            Shown("ratio_to_stock", "writing", "times", "DuckDBPandasIOManager of Dagster"),
            Shown("overwrite_ratio_to_stock", "writing again", "times", "DuckDBPandasIOManager of Dagster"),
            Shown("read_rows_per_second", "read by a step that follows", "rows/s"),
            Shown("read_ratio_to_duckdb", "reading", "times", "limit: DuckDB, select to Arrow"),
            Shown("read_ratio_to_stock", "reading", "times", "DuckDBPandasIOManager of Dagster"),
            Shown("files_rows_per_second", "written from files, one a day", "rows/s"),
            Shown(
                "files_ratio_to_duckdb",
                "writing from files",
                "times",
                "limit: DuckDB, create table as select from Parquet",
            ),
            Shown("files_peak_mb", "peak memory with the rows in files", "MB"),
            Shown("peak_mb", "peak memory with the rows in Arrow", "MB"),
            Shown("stock_peak_mb", "the stock one's, with the rows in pandas", "MB"),
            Shown("rows_lost", "written and not read", "rows"),
        ),
    ),
    Bench(
        "warehouse",
        "How fast is gold built from millions of plays, and what does a new day cost?",
        "{plays:,} plays",
        (
            Shown("rows_per_second", "plays from synthetic to gold", "plays/s"),
            Shown("ratio_to_copy", "speed", "times", "limit: DuckDB copying the plays once into another table"),
            Shown(
                "day_cost_ratio", "a new day in the longest history", "times", "the same day in the shortest history"
            ),
            Shown("day_seconds", "a new day, the models kept by day", "s"),
            Shown("whole_seconds", "the models built whole", "s"),
            Shown("peak_mb", "peak memory of a build", "MB"),
            Shown("database_mb", "of the warehouse", "MB"),
            Shown("plays_lost", "made and not in gold", "plays"),
        ),
    ),
    Bench(
        "genres",
        "How well are genres guessed where nobody tells them, and how fast?",
        "an invented world, and {scale_artists:,} artists",
        (
            Shown("invented_family_top1", "of hidden artists, those whose family is guessed", "share"),
            Shown("invented_majority_top1", "always the most common family", "share"),
            Shown("invented_knn_best_top1", "the best number of nearest neighbours", "share"),
            Shown("invented_calibration_error", "how far confidence is from being right", "share"),
            Shown("scale_seconds", "all artists without a genre", "s"),
            Shown("scale_peak_mb", "peak memory of that", "MB"),
        ),
    ),
    Bench(
        "recommender",
        "Does what is published beat its peers, and how fast does it answer?",
        "an invented world; {serving_listeners:,} listeners, {serving_tracks:,} tracks",
        (
            Shown("invented_ndcg10_published", "NDCG@10 of held-out artists", "share"),
            Shown("invented_ndcg10_hybrid", "the same of the LightFM hybrid alone", "share"),
            Shown("invented_ndcg10_best_peer", "the same of the best of its peers", "share"),
            Shown("invented_better_than_popularity", "published above popularity", "share"),
            Shown("invented_ndcg10_cold", "NDCG@10 among artists that nobody played", "share"),
            Shown("p99_ms", "one listener's ten, by the hybrid, 99 % within", "ms of the processor"),
            Shown("all_listeners_seconds", "every listener's ten, by the hybrid", "s of the processor"),
            Shown("fusion_p99_ms", "one listener's ten, read from what is published, 99 %", "ms of the processor"),
            Shown("fusion_recall", "of what would be worked out anew, what is read", "share"),
            Shown("fusion_anew_p99_ms", "the same worked out anew by what is published", "ms of the processor"),
            Shown("fusion_all_listeners_seconds", "every listener's list, by what is published", "s of the processor"),
            Shown("population_ndcg10_published", "NDCG@10 of what simulated listeners play next", "share"),
            Shown("population_better_than_popularity", "the same, published above popularity", "share"),
            Shown("train_overhead", "time of training above bare LightFM's", "share"),
            Shown("train_scale_interactions", "interactions of a training at scale"),
            Shown("train_scale_peak_mb", "its most memory", "MB"),
        ),
    ),
    Bench(
        "ask",
        "Are questions in plain English answered rightly, or refused?",
        "{questions:,} questions, {paraphrased:,} and {kept_aside:,} paraphrases, {refusable:,} to be refused, of "
        "{listeners} simulated listeners",
        (
            Shown("match", "questions with the rows that SQL of their own gives", "share"),
            Shown("paraphrase_match", "the same in other words", "share"),
            Shown("kept_aside_match", "in words that nobody saw who built the planner", "share"),
            Shown("silently_wrong", "of everything asked, answered and wrong", "share"),
            Shown("refusal", "of what must be refused, refused", "share"),
            Shown("refused_wrongly", "of what can be answered, refused", "share"),
            Shown("crashes", "questions that ended in an error", "questions"),
            Shown("hostile_leaks", "hostile texts that told more than they may, or took over 2 s", "texts"),
            Shown("same_again", "an assistant opened anew says the same", "yes or no"),
            Shown("p95_ms", "a question, 95 % within, of processor time", "ms"),
            Shown("median_ms", "a question, half of them within, of processor time", "ms"),
            Shown("fresh_seconds", "`tunegenie ask` as a process of its own, of processor time", "s"),
            Shown("skipped", "not asked, as nothing would come of them", "questions"),
        ),
    ),
    Bench(
        "faults",
        "After kills, damage, a full disk and more, does one command bring everything back?",
        "{faults:,} homes, {kills:,} of them killed in the middle of an import, {fault_kinds:,} kinds of faults",
        (
            Shown("kills", "imports killed with SIGKILL", "kills"),
            Shown("equal_after_restart", "of them, the same gold tables after the same command again", "kills"),
            Shown("equal_share", "of all homes, the same gold tables as undisturbed", "share"),
            Shown("lost", "plays that are gone", "plays"),
            Shown("leaked", "files, locks, processes and runs left over", "things"),
            Shown("fault_kinds", "kinds of faults that happened", "kinds"),
            Shown("one_command_share", "put right by one command", "share"),
            Shown("told_share", "of faults to tell of, told in a line", "share"),
            Shown("skipped", "that this machine does not allow", "homes"),
        ),
    ),
)
