"""The health of the exchange in one record: what operators and the console ask for."""

import time

from exchange.engine.engine import Engine
from exchange.engine.journal import Durability
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, new_records
from exchange.vocabulary.units import trading_day_number


def status(engine: Engine, sessions: int) -> Records:
    """One REPLY_STATUS; `sessions` is the number of logins connected."""
    measured = engine.metrics.status(time.monotonic_ns())
    counters = engine.state.counters[0]
    record = new_records(Kind.REPLY_STATUS)
    record["time_ns"] = engine.market_time_ns()
    record["last_sequence"] = engine.last_sequence
    record["durable_sequence"] = engine.durable_sequence
    record["commands_per_second"] = measured.commands_per_second
    record["sessions"] = sessions
    record["latency_p50_us"] = measured.latency_p50_us
    record["latency_p99_us"] = measured.latency_p99_us
    record["latency_p999_us"] = measured.latency_p999_us
    record["is_halted"] = counters["is_halted"]
    record["durability"] = engine.settings.durability is Durability.SYNC
    record["trading_day"] = trading_day_number(engine.trading_day)
    record["live_orders"] = counters["live_orders"]
    record["caught_at_close"] = engine.day.caught_at_close
    return record
