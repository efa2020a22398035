"""The line to Shanghai: a client session that is opened again whenever it is cut, and the core at its end."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from exchange.client import (
    Address,
    Chunk,
    Connection,
    ConnectionLost,
    Credentials,
    CredentialsUnusable,
    LoginRefused,
)
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import EVENT, Records
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from settlement.api.worker import Result, Worker
from settlement.city import City
from settlement.instructions import DayHeld, Instruction, Send, Tell
from settlement.limits import (
    BUSY_PAUSE_MS,
    CHUNKS_WAITING_MAX,
    EVENTS_PER_TRANSACTION_MAX,
    LAST_DAY_PATIENCE_MS,
    RECONNECT_FIRST_MS,
    RECONNECT_MAX_MS,
    SEND_PIECE_RECORDS,
    SEND_PIECE_RECORDS_MIN,
)

LOG: Final = logging.getLogger("wuhan")
TRANSIENT: Final = frozenset({RejectReason.BUSY, RejectReason.NOT_READY, RejectReason.DISK_FULL})


class Plan(NamedTuple):
    """How far this process goes."""

    days: int  # of the season, those of earlier runs included; 0 = without end
    stops_when_held: bool


class Line:
    """Follows the settlement stream, does what the core says, until the plan is done."""

    def __init__(
        self,
        worker: Worker,
        address: Callable[[], Address],
        credentials: Callable[[], Credentials],
        plan: Plan,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """`clock`: market time in ns; None = the stream's own records are all that tells it."""
        self._worker = worker
        self._address = address
        self._credentials = credentials
        self._plan = plan
        self._clock = clock
        self._piece_records = SEND_PIECE_RECORDS
        self._why_down = ""
        self._order = asyncio.Lock()  # what the core decides first is sent first
        self._connection: Connection | None = None
        self._waiting: asyncio.Queue[Chunk | ConnectionLost | None] = asyncio.Queue(CHUNKS_WAITING_MAX)
        self.is_up = False
        self.is_held = False

    @property
    def days_stated(self) -> int:
        """Days of the season that are over."""
        status = self._worker.status
        return status.days_stated if status else 0

    @property
    def queue_size(self) -> int:
        """Chunks received and not yet taken by the core."""
        return self._waiting.qsize()

    async def do(self, call: Callable[[City], tuple[Result, list[Instruction]]]) -> Result:
        """Run a call of the core that has something to send. What the line does not take is sent again."""
        async with self._order:
            if self._clock is not None:
                now_ns = self._clock()
                await self._worker.do(lambda city: city.pass_time(now_ns))
            result, said = await self._worker.do(call)
            if self._connection is not None:
                try:
                    await self._carry_out(self._connection, said)
                except ConnectionLost as error:
                    self._tell_down(str(error))
            else:
                for tell in said:
                    if isinstance(tell, Tell):  # a bank is heard while Shanghai is not
                        _log(tell)
            return result

    async def run(self) -> None:
        """Follow stream after stream. Returns when the plan is done; raises what stops the process."""
        pause_ms, patience_ms = RECONNECT_FIRST_MS, LAST_DAY_PATIENCE_MS
        while True:
            try:
                is_over = await self._one_session()
                pause_ms = RECONNECT_FIRST_MS
                if self._stops_now() or (is_over and self._is_done()):
                    return
            except (ConnectionLost, LoginRefused, CredentialsUnusable) as error:
                if isinstance(error, LoginRefused) and not error.may_retry:
                    raise
                self._tell_down(str(error))
                if self._is_done():
                    patience_ms -= pause_ms
                    if patience_ms <= 0:
                        return
            await asyncio.sleep(pause_ms / 1000)
            pause_ms = min(2 * pause_ms, RECONNECT_MAX_MS)

    async def _one_session(self) -> bool:
        """One login to its end. True when the exchange ended the stream."""
        address = self._address()
        who = self._credentials()
        session, number = await self._worker.do(lambda city: city.wanted_stream())
        connection = await Connection.open(address, who, session=session, next_number=number)
        self._waiting = asyncio.Queue(CHUNKS_WAITING_MAX)
        try:
            LOG.info("line to Shanghai up: stream %s from number %d", connection.session, number)
            self.is_up, self._why_down = True, ""
            async with self._order:
                await self._carry_out(connection, await self._worker.do(lambda city: city.line_opened()))
                self._connection = connection
            reader = asyncio.create_task(self._read(connection))
            try:
                return await self._take_all(connection)
            finally:
                reader.cancel()
        finally:
            self.is_up, self._connection = False, None
            await connection.close()

    async def _read(self, connection: Connection) -> None:
        """Move chunks from the socket into the queue, and at its end why there are no more."""
        try:
            while (chunk := await connection.receive()) is not None:
                await self._waiting.put(chunk)
            await self._waiting.put(None)
        except ConnectionLost as error:
            await self._waiting.put(error)

    async def _take_all(self, connection: Connection) -> bool:
        """Give the core what has come, as much at a time as waits. True at the end of the stream."""
        while not self._stops_now():
            chunks: list[Chunk] = []
            item = await self._waiting.get()
            while isinstance(item, Chunk):
                chunks.append(item)
                if self._waiting.empty() or sum(len(c.events) for c in chunks) >= EVENTS_PER_TRANSACTION_MAX:
                    break
                item = self._waiting.get_nowait()
            if chunks:
                await self._take(connection, chunks)
            if item is None:
                return True
            if isinstance(item, ConnectionLost):
                raise item
        return False

    async def _take(self, connection: Connection, chunks: list[Chunk]) -> None:
        """Give consecutive chunks to the core as one."""
        first_number = chunks[0].first_number
        events = np.frombuffer(b"".join(chunk.events.tobytes() for chunk in chunks), EVENT)
        async with self._order:
            said = await self._worker.do(lambda city: city.take(first_number, events))
            await self._carry_out(connection, said)
        await self._answer(connection, [chunk.replies for chunk in chunks])

    async def _carry_out(self, connection: Connection, instructions: list[Instruction]) -> None:
        """Do what the core says. A lost line loses no word for people: what is not sent now is sent again."""
        lost: ConnectionLost | None = None
        for instruction in instructions:
            match instruction:
                case Send(data):
                    try:
                        await self._send(connection, data)
                    except ConnectionLost as error:
                        lost = error
                case Tell():
                    _log(instruction)
                case DayHeld():
                    self.is_held = True
        if lost is not None:
            raise lost

    async def _send(self, connection: Connection, data: bytes) -> None:
        step = self._piece_records * RECORD_BYTES
        for start in range(0, len(data), step):
            connection.send(data[start : start + step])
            await connection.drain()
            if self._piece_records < SEND_PIECE_RECORDS:
                await asyncio.sleep(BUSY_PAUSE_MS / 1000)

    async def _answer(self, connection: Connection, replies: list[Records]) -> None:
        """A record was refused before the sequencer: wait as told and send the stage's records again."""
        waits_ms: list[int] = []
        for reply in replies:
            for reason, wait_ms in zip(
                reply["reason"].tolist(), reply["retry_after_ms"].tolist(), strict=True
            ):
                if reason in TRANSIENT:
                    waits_ms.append(wait_ms or BUSY_PAUSE_MS)
                elif reason:
                    LOG.error(
                        "Shanghai refused a record: %d %s", reason, REJECT_TEXTS[RejectReason(reason)].en
                    )
        if waits_ms:
            self._piece_records = max(self._piece_records // 2, SEND_PIECE_RECORDS_MIN)
            await asyncio.sleep(max(waits_ms) / 1000)
            async with self._order:
                await self._carry_out(connection, await self._worker.do(lambda city: city.resend()))

    def _is_done(self) -> bool:
        return 0 < self._plan.days <= self.days_stated

    def _stops_now(self) -> bool:
        return self.is_held and self._plan.stops_when_held

    def _tell_down(self, why: str) -> None:
        if why != self._why_down:
            LOG.warning("line to Shanghai down: %s", why)
            self._why_down = why


def _log(tell: Tell) -> None:
    LOG.log(logging.ERROR if tell.is_grave else logging.INFO, "%s", tell.text)
