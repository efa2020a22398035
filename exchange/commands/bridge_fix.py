"""`exchange bridge fix`: the FIX 4.4 gateway of a data folder."""

import logging
import sys
from pathlib import Path

from exchange.bridge.fix.gateway import run_bridge
from exchange.config import kept_config


def run_bridge_fix(data: Path, port: int) -> int:
    """Serve until told to stop; the exit code."""
    kept_config(data)  # says at once that there is no season
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    run_bridge(data, port)
    return 0
