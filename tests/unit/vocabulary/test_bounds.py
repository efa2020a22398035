"""The bounds are proven together: nothing that passes them can leave its field or int64."""

from exchange.vocabulary import limits
from exchange.vocabulary.control import MODULUS, balance_term, trade_step
from exchange.vocabulary.enums import Phase
from exchange.vocabulary.phases import PHASE_CHANGES
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from exchange.vocabulary.units import fee_fen

INT64_MAX = 2**63 - 1
U4_MAX = 2**32 - 1


def test_price_times_quantity_fits_int64_before_the_amount_is_checked() -> None:
    assert limits.PRICE_TICKS_MAX * U4_MAX < INT64_MAX


def test_either_fee_of_an_order_fits_u4() -> None:
    assert fee_fen(limits.AMOUNT_FEN_MAX, limits.FEE_RATE_PPM_MAX) <= U4_MAX
    assert limits.AMOUNT_FEN_MAX * limits.FEE_RATE_PPM_MAX < INT64_MAX


def test_both_fees_of_one_tonne_never_exceed_its_price() -> None:
    for price_ticks in range(limits.PRICE_TICKS_MIN, limits.PRICE_TICKS_MIN + 200):
        assert 2 * fee_fen(price_ticks, limits.FEE_RATE_PPM_MAX) <= price_ticks


def test_a_days_sums_fit_int64() -> None:
    assert limits.DAY_TRADES_MAX * limits.AMOUNT_FEN_MAX < INT64_MAX
    assert limits.DAY_TRADES_MAX * U4_MAX < INT64_MAX


def test_order_ids_fit_u8_and_slots_fit_their_bits() -> None:
    assert limits.ORDERS_MAX < limits.ORDER_SLOT_NONE < 2**limits.ORDER_SLOT_BITS
    assert limits.DAY_TRADES_MAX << limits.ORDER_SLOT_BITS < 2**64


def test_control_hashes_stay_inside_int64_at_their_largest() -> None:
    largest = MODULUS - 1
    assert largest * 1_000_003 + largest < INT64_MAX
    assert (largest * 31 + largest) < INT64_MAX
    assert largest * 8192 < INT64_MAX
    assert 0 <= balance_term(limits.ACCOUNTS_MAX, 63, -limits.BALANCE_MAX) < MODULUS
    assert 0 <= trade_step(largest, U4_MAX, U4_MAX, U4_MAX, 63, limits.AMOUNT_FEN_MAX, U4_MAX) < MODULUS


def test_a_control_hash_sees_one_fen_one_tonne_and_a_swapped_account() -> None:
    assert balance_term(1001, 0, 500) != balance_term(1001, 0, 501)
    assert balance_term(1001, 1, 500) + balance_term(1002, 1, 300) != (
        balance_term(1001, 1, 300) + balance_term(1002, 1, 500)
    )
    first = trade_step(0, 1, 1001, 1002, 1, 4300, 1)
    assert first != trade_step(0, 1, 1002, 1001, 1, 4300, 1)


def test_every_reject_has_texts_in_both_languages_and_a_remedy() -> None:
    assert set(REJECT_TEXTS) == set(RejectReason) - {RejectReason.NONE}
    for text in REJECT_TEXTS.values():
        assert all(text)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)


def test_every_phase_is_in_the_table_and_all_but_the_last_lead_on() -> None:
    assert set(PHASE_CHANGES) == set(Phase)
    assert [phase for phase, targets in PHASE_CHANGES.items() if not targets] == [Phase.SEALED]
