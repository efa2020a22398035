"""Every command of an operator as a typed call, and the two-person rule: propose, approve, withdraw.

A proposal is a whole command in two fragments, and a hash of its 64 bytes. Whoever approves confirms the
hash, so that exactly what was proposed is done.
"""

import hashlib
from typing import Final

from exchange.client.decode import OtherRecord
from exchange.client.events import Event, ProposalChanged
from exchange.client.outcome import Outcome
from exchange.client.trader import Trader
from exchange.vocabulary.enums import AuctionKind, AuctionPricing, Method, ProposalState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import BY_KIND, make
from exchange.vocabulary.rejects import RejectReason

FRAGMENT_BYTES: Final = 32
NOTICE_FRAGMENTS_MAX: Final = 255
PROPOSAL_TRIES_MAX: Final = 8  # another operator may use a number in the same moment
_HASH_BYTES: Final = 8


def command_hash(record: bytes) -> int:
    """What names a proposed command: first 8 bytes of the SHA-256 of its 64 bytes, without any stamp."""
    return int.from_bytes(hashlib.sha256(record).digest()[:_HASH_BYTES], "little")


def command_record(kind: Kind, trading_day: int, **fields: int | bytes) -> bytes:
    """A command to be proposed; one between the cities gets version and day. ValueError names a field."""
    names = {field.name for field in BY_KIND[kind].fields}
    between_cities = {"version": PROTOCOL_VERSION, "trading_day": trading_day}
    given: dict[str, int | bytes] = {name: v for name, v in between_cities.items() if name in names}
    return make(kind, **(given | fields))


class Proposals:
    """The day's proposals, from the operators' stream."""

    def __init__(self) -> None:
        self.open: dict[int, ProposalChanged] = {}
        self.highest = 0

    def hear(self, event: Event | OtherRecord) -> None:
        """One event of the stream."""
        if not isinstance(event, ProposalChanged):
            return
        self.highest = max(self.highest, event.proposal_id)
        if event.proposal_state == ProposalState.OPEN:
            self.open[event.proposal_id] = event
        else:
            self.open.pop(event.proposal_id, None)


class Proposed(Outcome, frozen=True, kw_only=True):
    """What became of proposing: the number and the hash that another person needs."""

    proposal_id: int = 0
    command_hash: int = 0


class Operator(Trader):
    """An operator's login. `proposals` are complete once the session is ready."""

    @property
    def proposals(self) -> Proposals:
        """What the operators' stream told of proposals."""
        return self._proposals

    async def start(self, *, is_patient: bool) -> None:
        """Log in; the stream is read from the day's beginning, so older proposals are known."""
        self._proposals = Proposals()
        self.listen(self._proposals.hear)
        self.listen_to_day_end(self._forget)
        await super().start(is_patient=is_patient)

    def _forget(self) -> None:
        self._proposals.open.clear()
        self._proposals.highest = 0

    async def propose(self, record: bytes, expires_ns: int) -> Proposed:
        """Propose a whole command; another login must approve it before `expires_ns`."""
        number, hash_of_it = self._proposals.highest, command_hash(record)
        outcome: Outcome | None = None
        for _ in range(PROPOSAL_TRIES_MAX):
            number = max(number, self._proposals.highest) + 1
            outcome = await self._try_propose(record, number, hash_of_it, expires_ns)
            if outcome.reason is not RejectReason.DUPLICATE_RECORD:
                break
        assert outcome is not None
        return Proposed(
            result=outcome.result,
            kind=outcome.kind,
            user_reference=outcome.user_reference,
            reason=outcome.reason,
            expected_value=outcome.expected_value,
            retry_after_ms=outcome.retry_after_ms,
            proposal_id=number,
            command_hash=hash_of_it,
        )

    async def _try_propose(self, record: bytes, number: int, hash_of_it: int, expires_ns: int) -> Outcome:
        halves: list[tuple[Kind, dict[str, int | bytes]]] = [
            (
                Kind.COMMAND_FRAGMENT,
                {
                    "fragment_proposal_id": number,
                    "fragment_index": index,
                    "fragment_count": 2,
                    "fragment": record[index * FRAGMENT_BYTES : (index + 1) * FRAGMENT_BYTES],
                },
            )
            for index in range(2)
        ]
        head: dict[str, int | bytes] = {
            "proposal_id": number,
            "command_kind": record[3],
            "command_hash": hash_of_it,
            "expires_ns": expires_ns,
        }
        outcomes = await self.commands((Kind.PROPOSE, head), *halves)
        return next((outcome for outcome in outcomes if not outcome.accepted), outcomes[-1])

    async def approve(self, proposal_id: int, hash_of_it: int) -> Outcome:
        """Approve exactly that command; it runs at once, and says in the stream what became of it."""
        return await self.command(Kind.APPROVE, proposal_id=proposal_id, command_hash=hash_of_it)

    async def withdraw(self, proposal_id: int) -> Outcome:
        """Withdraw or refuse a proposal."""
        return await self.command(Kind.PROPOSAL_WITHDRAW, proposal_id=proposal_id)

    async def notice(self, notice_id: int, text: str) -> Outcome:
        """Tell everybody a text of up to 8,160 bytes of UTF-8; the outcome is that of its last fragment."""
        data = text.encode()
        count = -(-len(data) // FRAGMENT_BYTES)
        if not 1 <= count <= NOTICE_FRAGMENTS_MAX:
            raise ValueError(
                f"expected 1 to {NOTICE_FRAGMENTS_MAX * FRAGMENT_BYTES} bytes, found {len(data)}"
            )
        fragments: list[tuple[Kind, dict[str, int | bytes]]] = [
            (
                Kind.NOTICE,
                {
                    "notice_id": notice_id,
                    "fragment_index": index,
                    "fragment_count": count,
                    "text": data[index * FRAGMENT_BYTES : (index + 1) * FRAGMENT_BYTES],
                },
            )
            for index in range(count)
        ]
        outcomes = await self.commands(*fragments)
        return next((outcome for outcome in outcomes if not outcome.accepted), outcomes[-1])

    async def announce_auction(
        self,
        auction_id: int,
        *,
        contract_id: int,
        seller_account_id: int,
        quantity_lots: int,
        floor_ticks: int,
        ceiling_ticks: int,
        end_ns: int,
        pricing: AuctionPricing = AuctionPricing.UNIFORM,
        auction_kind: AuctionKind = AuctionKind.ONE_WAY,
        bidder_share_ppm: int = 0,
    ) -> Outcome:
        """Announce a one-way or primary auction; the seller's units are locked."""
        return await self.command(
            Kind.AUCTION_NOTICE,
            auction_id=auction_id,
            contract_id=contract_id,
            account_id=seller_account_id,
            quantity_lots=quantity_lots,
            floor_ticks=floor_ticks,
            ceiling_ticks=ceiling_ticks,
            end_ns=end_ns,
            pricing=pricing,
            auction_kind=auction_kind,
            bidder_share_ppm=bidder_share_ppm,
        )

    async def end_auction(self, *, contract_id: int, auction_id: int, method: Method) -> Outcome:
        """End an auction now: number 0 is the contract's call auction, its method the book's."""
        return await self.command(
            Kind.AUCTION_END, contract_id=contract_id, auction_id=auction_id, method=method
        )

    async def change_band(
        self, *, contract_id: int, lower_ticks: int, upper_ticks: int, method: Method
    ) -> Outcome:
        """Change a contract's band during the day; orders outside it lapse."""
        return await self.command(
            Kind.BAND_CHANGE,
            contract_id=contract_id,
            lower_ticks=lower_ticks,
            upper_ticks=upper_ticks,
            method=method,
        )

    async def bust(self, match_id: int, *, trading_day: int, bust_reason: int = 0) -> Outcome:
        """Undo a trade."""
        return await self.command(
            Kind.BUST,
            match_id=match_id,
            bust_reason=bust_reason,
            version=PROTOCOL_VERSION,
            trading_day=trading_day,
        )

    async def correct(
        self, match_id: int, price_ticks: int, quantity_lots: int, *, trading_day: int, bust_reason: int = 0
    ) -> Outcome:
        """Correct a trade's price and quantity."""
        return await self.command(
            Kind.CORRECTION,
            match_id=match_id,
            price_ticks=price_ticks,
            quantity_lots=quantity_lots,
            bust_reason=bust_reason,
            version=PROTOCOL_VERSION,
            trading_day=trading_day,
        )

    async def expire(self, contract_id: int) -> Outcome:
        """The contract trades for the last time today."""
        return await self.command(Kind.CONTRACT_EXPIRE, contract_id=contract_id)
