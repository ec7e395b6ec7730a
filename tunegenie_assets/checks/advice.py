"""What to do where a check does not pass, and why the blocking ones block: one line for each kind of check.

By the name of the check, since checks of one name ask the same of several assets; tests of dbt by how their names
begin. A test holds that every check of the graph has its line, that no line is left over, and that nothing else blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dagster as dg

from ml.quality.standing import KnownCheck

ADVICE: Mapping[str, str] = {
    # What landed.
    "mostly_readable": (
        "Look at raw.rejected_records for the reasons; download the archive again where it is damaged, then import it"
    ),
    "add_up_to_archives": "Delete the folder `parsed` of the home, which is a cache, and import the archive again",
    "every_rejection_listed": "Run tunegenie rebuild; the archive itself is safe in landing",
    "known_listeners": "Import a history for that listener, or take back what was said under the wrong name",
    "readable": "Look at the named file in landing; where the service changed its answers, a stream has to learn it",
    "nothing_waits": "Nothing, unless it waits for days: then look at the quota of the app, with tunegenie doctor",
    "accounts_answer": "Run tunegenie doctor, which asks every account and says what to do",
    "plays_still_come": (
        "See with tunegenie doctor that the account is the right one, and with the service that it still counts plays"
    ),
    "export_is_recent": "Ask the service for a new export and import it, or connect the account with tunegenie login",
    "authorized": "Run tunegenie login for that listener",
    "fields_are_known": (
        "Nothing is lost, since landing keeps every byte; give a new field a column, or find out why one is gone"
    ),
    # Records and plays.
    "every_record_once": "Run tunegenie rebuild; if it fails again, report the archive's format",
    "every_item_once": "Run tunegenie rebuild; if it fails again, two pages tell of one item in a new way",
    "conserves_every_file": "Ask silver.play_ledger for the file's rows; then run tunegenie rebuild",
    "conserves_every_source": "Ask silver.play_ledger for the source's rows; then run tunegenie rebuild",
    "kept_records_only": "Run tunegenie rebuild: records and plays were built by different runs",
    "every_play_once": "Look for a key that stands twice in the tables that are joined; then run tunegenie rebuild",
    "every_row_typed": "Compare the view with its raw table; a filter or a join in bronze drops or doubles rows",
    "every_row_kept": "Compare the view with the table under it; a join drops or doubles rows",
    "latest_day_present": "Run tunegenie rebuild, or the job build_collected for the days that are missing",
    "usual_volume": (
        "See whether a source stopped or a file was cut short: tunegenie stats, then tunegenie doctor; a quiet day "
        "passes again by itself"
    ),
    "usual_distribution": "See what changed in the plays of that week: a new source, or a reader that lost a field",
    "people_rely_on": "See which source lacks the column, with tunegenie stats; import an archive that has it",
    "no_hole": "Take back the time zones that overlap: tunegenie timezone --list",
    "none_is_open": "Import the listener's extended history of that time, and poll more often",
    "sources_agree": "See which of the two sources is wrong in silver.source_agreement; a device's clock is usual",
    "made_of_plays": "Run tunegenie rebuild",
    "said_by_listeners": "Run tunegenie recount",
    "names_follow_playlists": "Run tunegenie run-once library, then tunegenie rebuild",
    # The simulated population.
    "every_play_of_a_listener": "Run tunegenie demo, which simulates the plays anew",
    "every_listener_once": "Run tunegenie demo, which simulates the population anew",
    "every_track_once": "Run tunegenie demo, which invents the catalogue anew",
    "no_overlap": "Run tunegenie demo, which simulates the plays anew",
    "simulated_tracks_known": "Run tunegenie demo, which simulates the plays with today's catalogue",
    "listens_like_people": "Nothing that listeners notice; look at the figures beside people's in the Dagster UI",
    # Descriptions and genres.
    "completeness": "Fill the columns of the catalogue file, or name a better one in TUNEGENIE_CATALOGUE",
    "played_tracks_are_complete": "Run tunegenie run-once enrichment, or name a catalogue in TUNEGENIE_CATALOGUE",
    "corrections_are_understood": "Correct the names in dbt/seeds/genre_corrections.csv",
    "weights_are_positive": "Run tunegenie enrich-artists; if it fails again, a source gives no weight",
    "every_genre_once": "Run tunegenie enrich-artists",
    "every_genre_has_a_place": "Add the genre to dbt/seeds/genre_aliases.csv, then run tunegenie enrich-artists",
    "every_artist": "Run tunegenie enrich-artists",
    "guesses_hold_for_known_artists": "Add evidence with tunegenie enrich-artists; guesses stay marked as such",
    "every_genre_once_with_its_strength": "Run tunegenie enrich-artists",
    # Gold.
    "every_play_finds_it": "Run tunegenie rebuild: facts and dimension were built by different runs",
    "both_ends_hold": "Run tunegenie rebuild: bridge and dimensions were built by different runs",
    "adds_up_to_all_plays": "Run tunegenie recount; if it fails again, a group of plays falls out of the table",
    "counts_as_silver_does": "Run tunegenie recount",
    "metrics_are_sums_of_gold": "Compare the metric's definition in dbt/models/semantic with the query of the check",
    # Recommender.
    "allowed_plays_only": "Train again with tunegenie train; nothing learnt from these plays may be published",
    "worth_publishing": "Nothing: the model in use stays. Import more listening, or wait for the next week",
    "features_of_known_rows": "Train again with tunegenie train",
    "model_is_kept": "Train again with tunegenie train; see that nobody deleted files under `models`",
    "model_is_recent": "Nothing where tunegenie run runs, which trains by itself; else run tunegenie train",
    "never_heard_before": "Train again with tunegenie train",
    "ranks_are_whole": "Train again with tunegenie train",
    "nothing_excluded": "Train again with tunegenie train, so that the exclusion is obeyed",
    "two_of_an_artist": "Train again with tunegenie train",
    "others_in_order": "Train again with tunegenie train",
    "only_recommended": "Train again with tunegenie train before pushing a playlist",
    # Reports and what is published.
    "has_published_fields": "Compare the file with Snowflake's specification of semantic models",
    "is_small_enough": "Leave out descriptions or samples in ml/assistant/cortex",
    "shows_nobody": "See whether a listener is called like an artist; if not, take the sample out",
    "page_is_whole": "Run tunegenie report, or the daily build, to write the page anew",
    "every_result_once": "Delete reports.check_results, and run tunegenie report: what the event log has comes back",
}

DBT_ADVICE: Mapping[str, str] = {
    "unique_together_": "Look for rows that stand twice in the model's inputs; then run tunegenie rebuild",
    "unique_": "Look for rows that stand twice in the model's inputs; then run tunegenie rebuild",
    "not_null_": "See which input lacks the key; then run tunegenie rebuild",
    "in_range_": "Look at the rows outside the range: a unit or a source has changed",
    "accepted_values_": "A new value came up: add it to the model's tests, once it is clear what it means",
    "weights_sum_to_one_": "See which artist or genre lacks a weight; then run tunegenie rebuild",
}
"""By how the name of a test begins, the longer first."""

BLOCKING: Mapping[str, str] = {
    "add_up_to_archives": "rows that are lost here are missing in every table after it",
    "every_record_once": "a record that stands twice is a play that counts twice",
    "every_item_once": "an item that stands twice doubles the rows of every join with it",
    "conserves_every_file": "every figure after a lost or doubled record is wrong",
    "conserves_every_source": "every figure after a lost or doubled record is wrong",
    "kept_records_only": "a play that is no kept record is invented or lost",
    "every_play_once": "a join that drops or doubles plays makes every sum wrong",
    "no_hole": "a moment with no zone or two loses or doubles the plays in it",
    "every_play_of_a_listener": "a play of nobody is in no listener's figures",
    "every_listener_once": "a listener that stands twice doubles all of their plays",
    "adds_up_to_all_plays": "shares of a whole that is not the whole are wrong",
    "allowed_plays_only": "the policy of a service forbids to learn from its plays",
    "worth_publishing": "a model that is no better than popularity must not replace one that is",
    # Tests of dbt.
    "unique_together_": "a key that stands twice doubles what is joined with it",
    "unique_": "a key that stands twice doubles what is joined with it",
    "not_null_": "a row without its key falls out of every join",
    "in_range_": "a figure outside its range is wrong, and so is every average of it",
    "accepted_values_": "a value that nobody knows is sorted into the wrong place by what follows",
    "weights_sum_to_one_": "weights that do not sum to 1 make plays out of nothing",
}
"""Why what follows waits for the check. A check that is not here must not block."""


def advice_for(check: str) -> str:
    """What to do where the check does not pass.

    Raises:
        KeyError: nobody has said so yet.
    """
    return ADVICE.get(check) or DBT_ADVICE[_beginning(check, DBT_ADVICE)]


def reason_for(check: str) -> str:
    """Why what follows waits for the check.

    Raises:
        KeyError: there is no reason for it to block.
    """
    return BLOCKING.get(check) or BLOCKING[_beginning(check, BLOCKING)]


def known_checks(specs: Iterable[dg.AssetCheckSpec]) -> list[KnownCheck]:
    """The checks of the graph, as the report tells of them."""
    return [
        KnownCheck(
            asset=spec.asset_key.to_user_string(),
            check=spec.name,
            description=" ".join((spec.description or "").split()),
            is_blocking=spec.blocking,
            advice=advice_for(spec.name),
        )
        for spec in specs
    ]


def _beginning(check: str, known: Mapping[str, str]) -> str:
    return next((name for name in known if name.endswith("_") and check.startswith(name)), check)
