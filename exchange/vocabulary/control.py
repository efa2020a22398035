"""Control hashes of what passes between the cities: order-sensitive for trades, order-free for balances.

Plain integer arithmetic modulo 2^31-1 so that the kernel (int64) and Python give the same number.
"""

from typing import Final

MODULUS: Final = 2**31 - 1
FACTOR: Final = 1_000_003


def balance_term(account_id: int, contract_id: int, amount: int) -> int:
    """Term of one account's balance or change (contract 0 = cash); a set's hash is their sum mod MODULUS."""
    key = (account_id * 64 + contract_id) % MODULUS
    return ((key * FACTOR) % MODULUS * 31 + amount % MODULUS) % MODULUS * (1 + key % 8191) % MODULUS


def trade_step(
    control: int, match_id: int, buyer: int, seller: int, contract_id: int, amount_fen: int, lots: int
) -> int:
    """Next value of the running hash over the day's trades in match order; starts at 0."""
    for part in (match_id, buyer, seller, contract_id, amount_fen % MODULUS, lots):
        control = (control * FACTOR + part) % MODULUS
    return control
