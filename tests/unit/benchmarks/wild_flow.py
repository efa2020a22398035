"""Random flows without manners: replaces of every sort, cancels of orders long gone, prices all over."""

import random

import numpy as np

from benchmarks.flows_format import CANCEL, FLOW, NEW, REPLACE, Flow


def wild_flow(seed: int, messages: int) -> Flow:
    """New, cancel and replace at random over nine prices, so that everything meets everything."""
    rng = random.Random(seed)
    rows = []
    sent = 0
    for _ in range(messages):
        kind = rng.choice((NEW, NEW, CANCEL, REPLACE)) if sent else NEW
        sent += kind == NEW
        order_id = sent if kind == NEW else rng.randint(1, sent)
        price, quantity = rng.randint(4_996, 5_004), rng.randint(1, 9)
        rows.append((kind, rng.randint(0, 1), 0, price, quantity, order_id))
    return np.array(rows, FLOW)
