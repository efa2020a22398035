"""Guessing passwords takes longer and longer, for who guesses and for nobody else."""

from exchange.net.lockout import (
    FAILURES_FREE,
    FORGOTTEN_AFTER_MS,
    KEPT_MAX,
    WAIT_FIRST_MS,
    WAIT_MAX_MS,
    Lockout,
)

HERE, THERE, USER = "127.0.0.1", "127.0.0.2", "M00001"


def fail(lockout: Lockout, times: int, now_ms: int = 0) -> list[int]:
    """Fail so often; how long the user is locked out after each."""
    waits = []
    for _ in range(times):
        lockout.failed(HERE, USER, now_ms)
        waits.append(lockout.locked_ms(HERE, USER, now_ms))
    return waits


def test_the_wait_doubles_up_to_its_bound() -> None:
    waits = fail(Lockout(), FAILURES_FREE + 8)
    assert waits[:FAILURES_FREE] == [0] * FAILURES_FREE
    assert waits[FAILURES_FREE:] == [min(WAIT_FIRST_MS * 2**n, WAIT_MAX_MS) for n in range(8)]


def test_it_ends_by_itself_and_is_forgotten() -> None:
    lockout = Lockout()
    fail(lockout, FAILURES_FREE + 1)
    assert lockout.locked_ms(HERE, USER, WAIT_FIRST_MS - 1) == 1
    assert lockout.locked_ms(HERE, USER, WAIT_FIRST_MS) == 0
    assert fail(lockout, 1, FORGOTTEN_AFTER_MS) == [0], "after a while it begins anew"


def test_the_right_password_ends_it() -> None:
    lockout = Lockout()
    fail(lockout, FAILURES_FREE)
    lockout.succeeded(HERE, USER)
    assert fail(lockout, FAILURES_FREE) == [0] * FAILURES_FREE


def test_from_elsewhere_and_for_others_nothing_is_locked() -> None:
    lockout = Lockout()
    fail(lockout, FAILURES_FREE + 3)
    assert lockout.locked_ms(THERE, USER, 0) == lockout.locked_ms(HERE, "M00002", 0) == 0


def test_memory_is_bounded_and_the_oldest_is_forgotten() -> None:
    lockout = Lockout()
    fail(lockout, FAILURES_FREE + 1)
    for number in range(KEPT_MAX):
        lockout.failed(THERE, f"{number}", 0)
    assert lockout.locked_ms(HERE, USER, 0) == 0
