"""`exchange serve`: Shanghai with the follower that writes its snapshots beside it."""

from exchange.assembly import ServeOptions, run_exchange
from exchange.commands.processes import Child
from exchange.commands.snapshot import follower_arguments
from exchange.config import kept_config
from exchange.kernel import warm_up


def run_serve(options: ServeOptions, *, snapshots: bool) -> int:
    """Serve until the last day is settled or until told to stop; the follower ends with it in any case."""
    kept_config(options.data)  # says at once that there is no season
    if not snapshots:
        return run_exchange(options)
    (options.data / "shanghai" / "journal").mkdir(parents=True, exist_ok=True, mode=0o700)
    warm_up()  # before the follower needs the same kernel
    follower = Child("snapshots", follower_arguments(options.data), options.data / "log" / "snapshots.log")
    follower.start()
    try:
        return run_exchange(options)
    finally:
        follower.stop()
