"""One worker of a consumer group: handle every trade of the day once, and take over what a dead worker left.

Start as many as there is work for, each with a name of its own:

    python examples/redis_trades.py redis://127.0.0.1:6379 two-city:SEEE:trades desk worker-1

A worker that dies between reading a trade and acknowledging it leaves it pending; another one claims it after
IDLE_MS. So a trade may be handled twice, by its id: keep the id with what you make of it.
"""

import sys
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

IDLE_MS = 5_000  # a trade that has been pending for so long belongs to a worker that is dead
AT_ONCE = 100


def join(redis: Redis, stream: str, group: str) -> None:
    """Make the group, once; it begins with the oldest trade that Redis keeps."""
    try:
        redis.xgroup_create(stream, group, id="0", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def work(redis: Redis, stream: str, group: str, worker: str, idle_ms: int) -> None:
    """Handle trades for ever: first what others left, then what is new."""
    while True:
        left: Any = redis.xautoclaim(stream, group, worker, idle_ms, count=AT_ONCE)
        new: Any = redis.xreadgroup(group, worker, {stream: ">"}, count=AT_ONCE, block=1_000)
        for trade_id, trade in [*left[1], *(entry for _, entries in new for entry in entries)]:
            handle(trade_id, trade)
            redis.xack(stream, group, trade_id)


def handle(trade_id: str, trade: dict[str, str]) -> None:
    """What the work is: here, a line."""
    if trade["kind"] == "TRADE_BUSTED":
        print(trade_id, trade["contract"], "trade", trade["match_id"], "undone or corrected", flush=True)
    else:
        price = f"{int(trade['price_ticks']) // 100}.{int(trade['price_ticks']) % 100:02d}"
        print(trade_id, trade["contract"], trade["quantity_lots"], "t at", price, flush=True)


def main(url: str, stream: str, group: str, worker: str, idle_ms: str = str(IDLE_MS)) -> None:
    with Redis.from_url(url, decode_responses=True) as redis:
        join(redis, stream, group)
        work(redis, stream, group, worker, int(idle_ms))


if __name__ == "__main__":
    main(*sys.argv[1:])
