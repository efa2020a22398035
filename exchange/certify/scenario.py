"""What a program is taken through: printed for its author by `exchange certify --list`, checked in order.

The program is told what to do on the public stream, in notices such as `CERT 7 list sell 43.06 100`: the word
CERT, a number that grows, and a command as the terminal client takes it. So a program in any language can
follow them, and so can a person who reads them.
"""

from typing import Final, NamedTuple

PREFIX: Final = "CERT"


class Step(NamedTuple):
    """One step: its name, what happens, and what the program has to do."""

    name: str
    happens: str
    expected: str


STEPS: Final = (
    Step(
        "wrong-password",
        "the program is started with credentials whose password is wrong",
        "one login, and no second one after the refusal; the program ends with an exit code that is not 0",
    ),
    Step(
        "login",
        "the program is started with good credentials",
        "a login to its own stream from record 1 (or 0, the newest), and one to PUBLIC",
    ),
    Step(
        "silence",
        "nothing happens for a while",
        "heartbeats, one a second: silence of 15 s ends the session",
    ),
    Step(
        "listing", "`list sell PRICE TONNES`", "LISTING with exactly that, for the account of the credentials"
    ),
    Step(
        "reject",
        "`list sell PRICE TONNES` at a price outside the band, then a good listing",
        "the first is sent once and not again after its reject; the second is sent as ever",
    ),
    Step("cancel", "`list ...`, then `cancel #ORDER`", "CANCEL by order id or reference"),
    Step("take", "another member lists; `take buy PRICE TONNES`", "TAKE by price with exactly that"),
    Step(
        "partial",
        "`list ...`; others take it in two parts; `replace #ORDER PRICE rest`",
        "REPLACE for what is left by the program's own count",
    ),
    Step(
        "resume",
        "`list ...`; the line is cut inside an EXECUTED and more is traded; `replace #ORDER PRICE rest`",
        "a login to the same stream from the first record that had not arrived whole; nothing counted twice",
    ),
    Step(
        "lost-answer",
        "`list ...`; the command arrives, its answer is lost with the line",
        "the command under the same reference once more, or not at all; never a second one",
    ),
    Step(
        "lost-command",
        "`list ...`; the command is lost with the line",
        "the command again after the next login",
    ),
    Step(
        "slow-line",
        "every byte comes by itself; `list ...`, a part is taken, `replace #ORDER PRICE rest`",
        "the same as on a quick line",
    ),
    Step(
        "disconnect",
        "`session cancel on 0`, `list ...`, the line is cut, `session cancel off`",
        "both settings; a login after which the cancelled order is not entered again",
    ),
    Step(
        "next-day",
        "the day ends (Z), the next one begins; `list ...`",
        "a login to the new day's stream from record 1, as soon as it is open; the listing as ever",
    ),
    Step("logout", "`quit`", "a logout packet; the program ends with exit code 0"),
)
NAMES: Final = tuple(step.name for step in STEPS)

HOW: Final = f"""\
Your program is started with three arguments: host, port and a credentials file (JSON: user, password,
login_id, member_id, account_id), also in TWO_CITY_HOST, TWO_CITY_PORT and TWO_CITY_CREDENTIALS. It logs in
twice with them: to its own stream (blank session) and to PUBLIC. What it has to do comes as NOTICE_TEXT on
PUBLIC:

  {PREFIX} 7 list sell 43.06 100        list: side, price in yuan, tonnes, of the one contract there is
  {PREFIX} 8 take buy 43.10 80          take, by price
  {PREFIX} 9 cancel #3                  # is the order's number: its order_id >> 24
  {PREFIX} 10 replace #3 43.00 rest     rest: what is left of the order, by the program's own count
  {PREFIX} 11 session cancel on 0       session setting: cancel on disconnect, after 0 s; `off` undoes it
  {PREFIX} 12 quit                      log out and end

The numbers grow; what was done is not done again when the line was cut and its notice comes once more. The
program is judged by what passes between it and the exchange, and by nothing else."""


def scenario_text() -> str:
    """All that an author needs to know, as text."""
    lines = [HOW, ""]
    for number, step in enumerate(STEPS, 1):
        lines += [f"{number:2}. {step.name}: {step.happens}", f"      expected: {step.expected}"]
    return "\n".join(lines)
