"""The control hash of trades in the kernel: the number of vocabulary.control, without a division."""

from typing import Final

from exchange.kernel.compiled import hot, signed
from exchange.vocabulary.control import FACTOR
from exchange.vocabulary.control import MODULUS as MODULUS_UNIT

#: 2^31 - 1: a number has the remainder of the sum of its halves above and below bit 31
MODULUS: Final = signed(MODULUS_UNIT)
BITS: Final = signed(31)
FACTOR_1: Final = signed(FACTOR)
FACTOR_2: Final = signed(pow(FACTOR, 2, MODULUS_UNIT))
FACTOR_3: Final = signed(pow(FACTOR, 3, MODULUS_UNIT))
FACTOR_4: Final = signed(pow(FACTOR, 4, MODULUS_UNIT))
FACTOR_5: Final = signed(pow(FACTOR, 5, MODULUS_UNIT))
FACTOR_6: Final = signed(pow(FACTOR, 6, MODULUS_UNIT))


@hot
def fold(number: int) -> int:
    """A number below 2^63 as one below 2^33 of the same remainder."""
    return (number & MODULUS) + (number >> BITS)


@hot
def trade_step(
    control: int, match_id: int, buyer: int, seller: int, contract_id: int, amount_fen: int, lots: int
) -> int:
    """Next value of the running hash: the steps of vocabulary.control.trade_step, all at once.

    Args: all below 2^32 but amount_fen, which is below 2^62. Each product is below 2^63.
    """
    total = (
        fold(control * FACTOR_6)
        + fold(match_id * FACTOR_5)
        + fold(buyer * FACTOR_4)
        + fold(seller * FACTOR_3)
        + fold(contract_id * FACTOR_2)
        + fold(fold(amount_fen) * FACTOR_1)
        + lots
    )
    total = fold(fold(total))
    return total - MODULUS if total >= MODULUS else total
