"""Writes the folder of one simulated listener: the chosen exports, and the truth beside them."""

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
    """Write what each format tells of the listener into `folder`, which is made; the number of records by format.

    Of a service that knows of no play there is no file. `truth.csv` and `truth.json` hold every play, and
    `records.csv` says which play each record of each export is of.
    """
    folder.mkdir(parents=True)
    exports = {one: EXPORTS[one](heard) for one in formats}
    for export in exports.values():
        if export.records:
            members = [(member.name, member.rows) for member in export.members]
            write_export(folder / export.name, export.layout, members)
    truth = plays_as_they_are(heard)
    write_export(folder / f"{TRUTH}.csv", CSV, [(TRUTH, truth)])
    write_export(folder / f"{TRUTH}.json", JSON_ARRAY, [(TRUTH, truth)])
    write_export(folder / RECORDS, CSV, [(RECORDS, records_of(exports))])
    return {one: export.records for one, export in exports.items()}
