"""Writes what one simulated listener leaves: the chosen exports, and in a folder apart the truth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ml.listeners.exports.export import Export
from ml.listeners.exports.export_format import ExportFormat
from ml.listeners.exports.files import CSV, JSON_ARRAY, write_export
from ml.listeners.exports.heard import Heard
from ml.listeners.exports.scrobblers import koito, lastfm, listenbrainz, maloja
from ml.listeners.exports.spotify import account_data, extended_history
from ml.listeners.exports.truth import RECORDS, TRUTH, plays_as_they_are, records_of

EXPORTS: Mapping[ExportFormat, Callable[[Heard], Export]] = {
    ExportFormat.SPOTIFY_EXTENDED: extended_history,
    ExportFormat.SPOTIFY_ACCOUNT: account_data,
    ExportFormat.LASTFM: lastfm,
    ExportFormat.LISTENBRAINZ: listenbrainz,
    ExportFormat.MALOJA: maloja,
    ExportFormat.KOITO: koito,
}


def write_listener(heard: Heard, formats: Collection[ExportFormat], folder: Path) -> Mapping[ExportFormat, int]:
    """Write what each format tells into a folder of the listener's below `folder`; the number of records by format.

    Of a service that knows of no play there is no file. Below `folder/truth` another folder of the listener's has every
    play in `truth.csv` and `truth.json`, and in `records.csv` which play each record of each export is of: apart,
    because it is nothing that could be imported.
    """
    of_services, of_truth = folder / heard.listener_id, folder / TRUTH / heard.listener_id
    of_services.mkdir(parents=True)
    of_truth.mkdir(parents=True)
    exports = {one: EXPORTS[one](heard) for one in formats}
    for export in exports.values():
        if export.records:
            members = [(member.name, member.rows) for member in export.members]
            write_export(of_services / export.name, export.layout, members)
    truth = plays_as_they_are(heard)
    write_export(of_truth / f"{TRUTH}.csv", CSV, [(TRUTH, truth)])
    write_export(of_truth / f"{TRUTH}.json", JSON_ARRAY, [(TRUTH, truth)])
    write_export(of_truth / RECORDS, CSV, [(RECORDS, records_of(exports))])
    return {one: export.records for one, export in exports.items()}
