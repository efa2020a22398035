"""The market that every table starts from: five members, four contracts, positions, everything trading."""

from typing import Any, Final, NamedTuple

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Method, ParameterId, Phase, Product
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, STREAM_PUBLIC
from exchange.vocabulary.records import DTYPES, make, read
from tests.differential.describe import describe_event
from tests.reference import Capacity
from tests.tables.rows import ENUMS, Part, Row, parse_table
from tests.tables.subjects import Event, Subject

CAPACITY: Final = Capacity(256, 2_048, 1_010, 7, 32, 24, 8, trades=4, transfers=6)
TRADING_DAY: Final = 8_020
TIME_NS: Final = 1_639_617_300_000_000_000
NS_PER_MS: Final = 1_000_000


class Person(NamedTuple):
    """Who sends commands: a login, and a trading member's account."""

    login_id: int
    member_id: int
    entity_id: int = 0
    account_id: int = 0
    units: int = 0  # of contract 1, tonnes
    cash_fen: int = 0


#: ann and eve are two members of one legal entity; zed has nothing
CAST: Final = {
    "exchange": Person(0, 0),
    "wuhan": Person(1, 1),
    "operator": Person(2, 2),
    "ann": Person(11, 16, 1, 1_001, 1_000_000, 10**8),
    "bob": Person(12, 17, 2, 1_002, 300_000, 10**10),
    "cat": Person(13, 18, 3, 1_003, 1_000, 10**9),
    "eve": Person(14, 19, 1, 1_004, 1_000, 10**10),
    "zed": Person(15, 20, 5, 1_005),
}
#: contract -> base, product, matching rule
CONTRACTS: Final = {
    1: (5_552, Product.CEA, Method.LISTED),
    2: (8_000, Product.CCER, Method.LISTED),
    3: (6_000, Product.CEA, Method.CONTINUOUS),
}
LETTERS: Final = range(Kind.OPENING_BEGIN, Kind.OBJECTION + 1)
BUCKETS: Final = ("available_lots", "frozen_lots", "available_fen", "frozen_fen")
REGISTERS: Final = ("account_id", "seller_account_id", "counterparty_account_id")


class TableMarket:
    """Runs tables on one subject."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.sequence = 0
        self.time_ns = TIME_NS
        self.records: list[bytes] = []
        self.references = dict.fromkeys(CAST, 0)
        self.names: dict[str, int | bytes] = {}
        self.control = 0
        self.units = self.cash_fen = self.positions = 0

    def run(self, table: str) -> None:
        """Standard definitions, the table's own, positions, trading, then the table's rows."""
        before, after = parse_table(table)
        self.define()
        for row in before:
            self.run_row(row)
        self.open()
        for row in after:
            self.run_row(row)

    def send(self, kind: Kind, who: str = "exchange", **fields: Any) -> list[Event]:
        """One stamped command; the state is checked after each."""
        self.sequence += 1
        self.time_ns += 1
        stamped = {"sequence": self.sequence, "time_ns": self.time_ns, **fields}
        person = CAST[who]
        if person.login_id:
            self.references[who] = max(self.references[who], fields.get("user_reference", 0))
            if "user_reference" not in fields:
                self.references[who] += 1
            stamped = {"login_id": person.login_id, "user_reference": self.references[who]} | stamped
        known = DTYPES[kind].names or ()
        self.records.append(make(kind, **{k: v for k, v in stamped.items() if k in known}))
        events = self.subject.apply(self.records[-1])
        self.subject.check()
        if kind in (Kind.OPENING_HOLDING, Kind.OPENING_CASH) and not events:
            self.count_position(fields)
        return events

    def define(self) -> None:
        """Open the day and define contracts, accounts and logins."""
        self.send(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)
        for contract_id, (base, product, rule) in CONTRACTS.items():
            self.send(
                Kind.DEFINE_CONTRACT,
                contract_id=contract_id,
                base_price_ticks=base,
                product=product,
                matching_rule=rule,
            )
        for parameter, value in (
            (ParameterId.LISTED_BAND_PPM, 100_000),
            (ParameterId.BLOCK_BAND_PPM, 300_000),
        ):
            self.send(Kind.PARAMETER_SET, contract_id=1, parameter_id=parameter, parameter_value=value)
        for person in CAST.values():
            if person.account_id:
                self.send(
                    Kind.DEFINE_ACCOUNT,
                    account_id=person.account_id,
                    member_id=person.member_id,
                    entity_id=person.entity_id,
                    eligibility=7,
                )
            if person.login_id:
                self.send(Kind.DEFINE_LOGIN, subject_id=person.login_id, member_id=person.member_id)
        self.send_letter(Kind.OPENING_BEGIN, run=1)

    def open(self) -> None:
        """Opening positions, then everything trades."""
        for person in CAST.values():
            if person.units:
                self.give_units(person.account_id, 1, person.units)
            if person.cash_fen:
                self.send_letter(
                    Kind.OPENING_CASH, account_id=person.account_id, available_fen=person.cash_fen
                )
        self.give_units(CAST["ann"].account_id, 2, 500)
        self.send_letter(
            Kind.OPENING_TOTALS,
            units_total_lots=self.units,
            cash_total_fen=self.cash_fen,
            record_count=self.positions,
            control_hash=self.control,
        )
        self.send(Kind.SET_PHASE, method=255, phase=Phase.TRADING)

    def count_position(self, fields: dict[str, Any]) -> None:
        """Add an opening record to the control totals."""
        contract_id = fields.get("contract_id", 0)
        amount = sum(fields.get(name, 0) for name in BUCKETS)
        term = balance_term(fields["account_id"], contract_id, amount)
        self.control = (self.control + term) % MODULUS
        self.positions += 1
        self.units += amount if contract_id else 0
        self.cash_fen += 0 if contract_id else amount

    def give_units(self, account_id: int, contract_id: int, lots: int) -> None:
        """Opening units of an account."""
        self.send_letter(
            Kind.OPENING_HOLDING, account_id=account_id, contract_id=contract_id, available_lots=lots
        )

    def send_letter(self, kind: Kind, **fields: int) -> None:
        """A message of the registry that must give no reject."""
        events = self.send(kind, "wuhan", version=PROTOCOL_VERSION, trading_day=TRADING_DAY, **fields)
        assert all(event[3] != Kind.REJECTED for _, event in events), events

    def run_row(self, row: Row) -> None:
        """Send the row's command and compare the events with what the row says."""
        self.time_ns += NS_PER_MS * int(row.command.fields.pop("after", 0))
        events = self.send(row.command.kind, row.who, **self.command_fields(row))
        shown = "\n".join([row.text, *(describe_event(*event) for event in events)])
        for number, part in enumerate(row.events):
            assert number < len(events), f"expected {part.kind.name} as event {number + 1} of\n{shown}"
            self.compare(part, *events[number], shown)
        extra = len(events) - len(row.events)
        assert row.more or not extra, f"expected {len(row.events)} events of\n{shown}"

    def command_fields(self, row: Row) -> dict[str, Any]:
        """The command's fields; members' commands default to contract 1 and the sender's account."""
        kind, person = row.command.kind, CAST[row.who]
        fields = {name: self.value(name, text) for name, text in row.command.fields.items()}
        if kind < Kind.QUERY:
            return {"contract_id": 1, "account_id": person.account_id} | fields
        if kind in LETTERS:
            return {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY} | fields
        return fields

    def compare(self, part: Part, stream: int, event: bytes, shown: str) -> None:
        """One event: its kind and the fields named; new `$names` are bound."""
        assert event[3] == part.kind, (
            f"expected {part.kind.name}, found {describe_event(stream, event)} in\n{shown}"
        )
        found = read(event) | {"stream": stream}
        for name, text in part.fields.items():
            value = found[name]
            if text.startswith("$") and text[1:] not in self.names:
                self.names[text[1:]] = value
            expected = self.value(name, text)
            assert value == expected, (
                f"{part.kind.name} {name}: expected {expected}, found {value} in\n{shown}"
            )

    def value(self, name: str, text: str) -> int | bytes:
        """The number, or the bytes, that a word of a row stands for in a field."""
        if text.startswith("$"):
            return self.names[text[1:]]
        if text.startswith("+"):
            return self.time_ns + NS_PER_MS * int(text)
        if name == "stream":
            return CAST[text].member_id if text in CAST else STREAM_PUBLIC
        if text in CAST:
            person = CAST[text]
            return person.account_id if name in REGISTERS else person.login_id
        if "." in text:
            yuan, _, cents = text.partition(".")
            return int(yuan) * 100 + int(cents.ljust(2, "0"))
        if text.replace("_", "").lstrip("-").isdigit():
            return int(text)
        return int(ENUMS[name][text.upper()])
