"""The shape of the collector's file of state, as statements that make it. What they hold is in state.py."""

from __future__ import annotations

VERSION = 2
"""Of the shape of the file. Raised with every change of it: what is of another shape is made anew from landing."""
SCHEMA = (
    # What landing can tell again.
    "drop table if exists absorbed",
    "drop table if exists unreadable",
    "drop table if exists records",
    "create table absorbed (file text primary key)",
    """
    create table unreadable (
        file text not null, line integer not null, reason text not null, primary key (file, line)
    )
    """,
    # Without compression a year of four listeners would be two gigabytes.
    """
    create table records (
        stream text not null, subject text not null, key text not null, day text, status integer not null,
        requested_at text not null, file text not null, line integer not null, position integer not null,
        body blob not null,
        primary key (stream, subject, key)
    ) without rowid
    """,
    "create index records_by_day on records (stream, day) where day is not null",
    # What it cannot tell again stays.
    "create table if not exists calls (service text not null, purpose text not null, called_at text not null)",
    "create index if not exists calls_by_time on calls (service, called_at)",
    """
    create table if not exists parked (
        service text not null, stream text not null, subject text not null,
        retry_at text not null, reason text not null, parked_at text not null,
        primary key (service, stream, subject)
    )
    """,
    """
    create table if not exists closed (
        service text not null, is_simulated integer not null,
        retry_at text not null, reason text not null, closed_at text not null,
        primary key (service, is_simulated)
    )
    """,
    f"pragma user_version = {VERSION}",
)
