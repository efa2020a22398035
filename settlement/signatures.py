"""What the cities sign of a day: Shanghai's word is demanded where its key is known, Wuhan's is made."""

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.signed import DayTotals, confirmation_text, delivery_text
from settlement.errors import CorruptionError
from settlement.ledger.book import chain_head
from settlement.season import Check, Sign
from settlement.store.database import Store
from settlement.store.days import DayRow
from settlement.store.received import read_totals
from settlement.store.signatures import (
    FIRST,
    HEAD,
    SECOND,
    SHANGHAI,
    WUHAN,
    SignedWord,
    has_words_before,
    insert_part,
    insert_word,
    read_word,
)
from settlement.stream import date_of


def keep_fragment(store: Store, day: DayRow, kind: Kind, fields: dict[str, int], data: bytes) -> None:
    """EXCHANGE_CHAIN_HEAD or EXCHANGE_SIGNATURE, as it came. Raises CorruptionError for another day's."""
    if fields["fragment_trading_day"] != day.trading_day:
        raise CorruptionError(f"trading day of {kind.name}", day.trading_day, fields["fragment_trading_day"])
    part = HEAD if kind is Kind.EXCHANGE_CHAIN_HEAD else (FIRST, SECOND)[fields["fragment_index"]]
    insert_part(store, day.trading_day, fields["fragment_run"], SHANGHAI, part, data)


def is_confirmed_by(check: Check, store: Store, day: DayRow) -> bool:
    """Whether Shanghai has signed the day's run; False while parts are missing.

    Raises CorruptionError when the signature is not Shanghai's, or of something else.
    """
    word = read_word(store, day.trading_day, day.run, SHANGHAI)
    if word is None:
        return False
    text = confirmation_text(_totals(store, day.trading_day), day.run, word.head)
    if not check(text, word.signature):
        raise CorruptionError(
            f"Shanghai's signature of run {day.run} of {date_of(day.trading_day)}", "a valid one", "another"
        )
    return True


def refuse_unsigned(store: Store, day: DayRow) -> None:
    """Without Shanghai's key a confirmation counts unsigned, but never once earlier days were signed."""
    if has_words_before(store, day.trading_day, SHANGHAI):
        raise CorruptionError(
            f"Shanghai's public key on {date_of(day.trading_day)}",
            "credentials/shanghai.pub, as on the days before (put it back)",
            "none",
        )


def sign_delivery(sign: Sign, store: Store, day: DayRow) -> None:
    """Sign what has just been delivered, with the ledger's head as it now is. Requires: a transaction."""
    head = chain_head(store)
    text = delivery_text(_totals(store, day.trading_day), day.run, head)
    insert_word(store, day.trading_day, day.run, WUHAN, SignedWord(head, sign(text)))


def check_signatures(
    store: Store, days: list[DayRow], shanghai: Check | None, wuhan: Check | None
) -> tuple[int, int, int]:
    """Prove the kept words of stated days again.

    Gives how many of Shanghai's and of Wuhan's were proven, and how many were not for want of a key.
    """
    counts = [0, 0, 0]
    for day in days:
        totals = _totals(store, day.trading_day)
        for place, (city, check, text_of) in enumerate(
            ((SHANGHAI, shanghai, confirmation_text), (WUHAN, wuhan, delivery_text))
        ):
            word = read_word(store, day.trading_day, day.run, city)
            if word is None:
                continue
            if check is None:
                counts[2] += 1
                continue
            if not check(text_of(totals, day.run, word.head), word.signature):
                where = f"signature of {city}, run {day.run} of {date_of(day.trading_day)}"
                raise CorruptionError(where, "a valid one", "another")
            counts[place] += 1
    return counts[0], counts[1], counts[2]


def _totals(store: Store, trading_day: int) -> DayTotals:
    totals = read_totals(store, trading_day)
    assert totals is not None, f"expected a seal of {date_of(trading_day)}, found none"
    return totals
