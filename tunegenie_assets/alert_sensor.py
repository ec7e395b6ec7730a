"""The sensor that tells somebody when something is wrong, once, and once more when it works again.

What counts as an incident, and how it is sent, is in alerts/. It is a sensor of its own making and not a
`run_failure_sensor`: that one forgets a message that could not be sent, and knows neither checks nor freshness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import dagster as dg

from tunegenie_assets.alerts.alerting import Addresses, State, step
from tunegenie_assets.alerts.incidents import Message, Observed
from tunegenie_assets.alerts.observing import ended_runs, failing_checks, stale_assets
from tunegenie_assets.instance.check_log import latest_evaluations
from tunegenie_assets.instance.left_over import process_of
from tunegenie_assets.jobs import DAILY_BUILD

Clock = Callable[[], datetime]


def build_alert_sensor(addresses: Addresses, clock: Clock, *, is_collecting: bool) -> dg.SensorDefinition:
    """On where somebody can be told, or where the platform works by the clock.

    Assets that are out of date are told of only while collecting: elsewhere nobody promised to build them. `clock`
    tells the time with its zone.
    """
    can_tell = bool(addresses.senders() or addresses.heartbeat)
    running = can_tell or is_collecting

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING if running else dg.DefaultSensorStatus.STOPPED,
        description=(
            "Tells of runs that failed, of checks that fail and of assets out of date, by e-mail and webhook: once, "
            "again after three days, and once when it works again. After a daily build it sends the heartbeat."
        ),
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = clock()
        state = State.of(context.cursor, now, context.log.warning)
        runs, place = ended_runs(context.instance, state.place, now, is_watched=lambda run: process_of(run) is not None)
        graph = context.repository_def.asset_graph if context.repository_def else None
        checks = graph.asset_check_keys if graph else ()
        failing, unknown = failing_checks(latest_evaluations(context.instance, checks))
        observed = Observed(
            runs=runs,
            failing_checks=failing,
            unknown_checks=frozenset(unknown),
            stale=stale_assets(context.instance, graph.get_all_asset_keys())
            if graph and is_collecting
            else frozenset(),
        )
        after, told = step(
            state, observed, place, addresses, beats_for=DAILY_BUILD, now=now, complain=context.log.warning
        )
        return dg.SensorResult(
            skip_reason=dg.SkipReason(_says(can_tell=can_tell, told=told, after=after)), cursor=after.cursor()
        )

    return alerts


def _says(*, can_tell: bool, told: Sequence[Message], after: State) -> str:
    if not told and not after.waiting:
        return f"nothing new; {len(after.incidents)} incidents go on"
    titles = "; ".join(message.title for message in told) or "nothing new"
    if not can_tell:
        return f"{titles}. Nobody is told: set TUNEGENIE_ALERT_EMAIL or TUNEGENIE_ALERT_WEBHOOK"
    return f"{titles}. {len(after.waiting)} messages wait" if after.waiting else titles
