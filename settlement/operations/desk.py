"""The desk: takes what is asked, sees that whoever asks may, waits for the second person, has it carried out.

Everything happens in the caller's transaction: an operation's state, its entries and its audit step stand or
fall together. Asking again with the same key gives the same operation, whatever has become of it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from settlement.ledger.book import book
from settlement.ledger.entries import Entry
from settlement.operations.handler import NO_REFUSAL, Context, Handler, Outcome
from settlement.operations.params import Params, decode, encode
from settlement.operations.roles import MATRIX, Scope, may_approve, may_ask
from settlement.registry.accounts import find_entity
from settlement.store.operations import (
    Operation,
    change_operation,
    find_by_key,
    insert_operation,
    next_operation_id,
    operations_in,
    read_operation,
)
from settlement.vocabulary.operations import ENDED, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import Refusal, RefusalCode

APPROVAL_NS: Final = 3 * 24 * 3600 * 10**9  # an operation not approved in three days is void
KEY_LENGTH_MAX: Final = 100
NOBODY: Final = Operation(
    0,
    "",
    "",
    OperationKind.ISSUE,
    "",
    0,
    "",
    b"",
    OperationState.REFUSED,
    RefusalCode.NONE,
    "",
    0,
    0,
    "",
    0,
    0,
)


class Desk:
    """Stateless between calls: everything lies in the store."""

    def __init__(self, handlers: Mapping[OperationKind, Handler]) -> None:
        self._handlers = handlers

    def ask(self, context: Context, person: Person, key: str, kind: OperationKind, data: bytes) -> Operation:
        """Ask for an operation. `data` is the JSON of its params."""
        context.store.require_transaction()
        if not 1 <= len(key) <= KEY_LENGTH_MAX:
            return _not_kept(RefusalCode.INVALID_FIELD, f"expected a key of 1 to {KEY_LENGTH_MAX} characters")
        if not may_ask(person, kind):
            return _not_kept(RefusalCode.NOT_ALLOWED, f"{kind} by {person.institution} {person.level}")
        try:
            params = decode(kind, data)
        except msgspec.MsgspecError as error:
            return _not_kept(RefusalCode.INVALID_FIELD, str(error))
        command = encode(params)
        command_hash = hashlib.sha256(f"{kind} ".encode() + command).digest()
        earlier = find_by_key(context.store, person.person_id, key)
        if earlier is not None:
            if earlier.command_hash != command_hash:
                return _not_kept(RefusalCode.KEY_REUSED, f"by operation {earlier.operation_id}")
            return earlier
        handler = self._handlers[kind]
        entity_id = handler.entity_of(params)
        refusal = self._scope_refusal(context, person, MATRIX[kind].asks_scope, params, entity_id)
        if refusal is not None:
            return _not_kept(*refusal)
        needs_second = bool(MATRIX[kind].approves)
        now_ns = context.moment.time_ns
        operation = Operation(
            next_operation_id(context.store),
            person.person_id,
            key,
            kind,
            str(person.institution),
            entity_id,
            command.decode(),
            command_hash,
            OperationState.ASKED if needs_second else OperationState.RUNNING,
            RefusalCode.NONE,
            "",
            now_ns,
            _expires_ns(context, handler, params) if needs_second else 0,
            "",
            now_ns,
            context.moment.booking_day,
        )
        if (found := handler.check(context, params, False)) is not None:
            operation = operation._replace(
                state=OperationState.REFUSED, refusal=found.code, detail=found.detail, expires_ns=0
            )
            insert_operation(context.store, operation)
            return operation
        insert_operation(context.store, operation)
        if needs_second:
            self._book(context, handler.reserve(context, operation, params))
            return operation
        return self._carry_out(context, operation, params, person.person_id)

    def approve(self, context: Context, person: Person, operation_id: int, command_hash: bytes) -> Operation:
        """Approve what another person has asked; the hash binds the approval to that very command."""
        operation, refusal = self._for_second_person(context, person, operation_id)
        if refusal is not None:
            return _not_kept(*refusal)
        if command_hash != operation.command_hash:
            return _not_kept(RefusalCode.COMMAND_HASH, f"of operation {operation_id}")
        params = decode(operation.kind, operation.params.encode())
        operation = operation._replace(approver_id=person.person_id)
        if (found := self._handlers[operation.kind].check(context, params, True)) is not None:
            return self._end(context, operation, params, OperationState.REFUSED, person.person_id, found)
        return self._carry_out(context, operation, params, person.person_id)

    def decline(self, context: Context, person: Person, operation_id: int, reason: str) -> Operation:
        """Decline what another person has asked; what was set aside returns."""
        operation, refusal = self._for_second_person(context, person, operation_id)
        if refusal is not None:
            return _not_kept(*refusal)
        params = decode(operation.kind, operation.params.encode())
        operation = operation._replace(approver_id=person.person_id)
        return self._end(
            context,
            operation,
            params,
            OperationState.DECLINED,
            person.person_id,
            Refusal(RefusalCode.NONE, reason),
        )

    def withdraw(self, context: Context, person: Person, operation_id: int) -> Operation:
        """Withdraw what one has asked oneself, while it waits for the second person."""
        operation = read_operation(context.store, operation_id)
        if operation is None:
            return _not_kept(RefusalCode.UNKNOWN_OPERATION, str(operation_id))
        if operation.person_id != person.person_id:
            return _not_kept(RefusalCode.NOT_YOURS, f"operation {operation_id}")
        if operation.state is not OperationState.ASKED:
            return _not_kept(RefusalCode.NOT_WAITING, f"it is {operation.state}")
        params = decode(operation.kind, operation.params.encode())
        return self._end(context, operation, params, OperationState.WITHDRAWN, person.person_id)

    def expire(self, context: Context) -> list[Operation]:
        """End what nobody has approved in time; gives what ended."""
        late = [
            operation
            for operation in operations_in(context.store, OperationState.ASKED)
            if 0 < operation.expires_ns <= context.moment.time_ns
        ]
        ended = []
        for operation in late:
            params = decode(operation.kind, operation.params.encode())
            ended.append(self._end(context, operation, params, OperationState.EXPIRED, "clock"))
        return ended

    def finish(self, context: Context, operation_id: int, outcome: Outcome, by: str) -> Operation:
        """End a RUNNING operation, by the other city's, a bank's or the day's word, or let it run on."""
        operation = read_operation(context.store, operation_id)
        assert operation is not None, f"expected operation {operation_id}, found none"
        assert operation.state not in ENDED, (
            f"expected operation {operation_id} to run, it is {operation.state}"
        )
        return self._settle(context, operation, outcome, by)

    # ---- inside

    def _carry_out(self, context: Context, operation: Operation, params: Params, by: str) -> Operation:
        outcome = self._handlers[operation.kind].carry_out(context, operation, params)
        return self._settle(context, operation, outcome, by)

    def _settle(self, context: Context, operation: Operation, outcome: Outcome, by: str) -> Operation:
        first_entry_id = self._book(context, outcome.entries)
        after_booking = self._handlers[operation.kind].after_booking
        if first_entry_id and after_booking is not None and outcome.state is OperationState.DONE:
            after_booking(context, first_entry_id)
        changed = operation._replace(
            state=outcome.state,
            refusal=outcome.refusal.code,
            detail=outcome.refusal.detail or outcome.detail,
            changed_ns=context.moment.time_ns,
            trading_day=context.moment.booking_day,
        )
        change_operation(context.store, changed, by)
        return changed

    def _end(
        self,
        context: Context,
        operation: Operation,
        params: Params,
        state: OperationState,
        by: str,
        refusal: Refusal = NO_REFUSAL,
    ) -> Operation:
        """End an operation that waited, giving back what it had set aside."""
        entries = self._handlers[operation.kind].release(context, operation, params)
        return self._settle(context, operation, Outcome(state, entries, refusal), by)

    def _for_second_person(
        self, context: Context, person: Person, operation_id: int
    ) -> tuple[Operation, Refusal | None]:
        context.store.require_transaction()
        operation = read_operation(context.store, operation_id)
        if operation is None:
            return NOBODY, Refusal(RefusalCode.UNKNOWN_OPERATION, str(operation_id))
        kind = operation.kind
        if not may_approve(person, kind):
            return operation, Refusal(
                RefusalCode.NOT_ALLOWED, f"{kind} by {person.institution} {person.level}"
            )
        params = decode(kind, operation.params.encode())
        scope = MATRIX[kind].approves_scope
        approval_entity_of = self._handlers[kind].approval_entity_of
        entity_id = approval_entity_of(params) if approval_entity_of else operation.entity_id
        refusal = self._scope_refusal(context, person, scope, params, entity_id)
        if refusal is not None:
            return operation, refusal
        if operation.person_id == person.person_id:
            return operation, Refusal(RefusalCode.SAME_PERSON, person.person_id)
        if operation.state is not OperationState.ASKED:
            return operation, Refusal(RefusalCode.NOT_WAITING, f"it is {operation.state}")
        if operation.expires_ns <= context.moment.time_ns:
            return operation, Refusal(RefusalCode.APPROVAL_EXPIRED, f"operation {operation_id}")
        return operation, None

    @staticmethod
    def _scope_refusal(
        context: Context, person: Person, scope: Scope, params: Any, entity_id: int
    ) -> Refusal | None:
        if scope is Scope.NONE:
            return None
        if scope is Scope.ENTITY:
            own, found = person.scope_id, entity_id
        else:
            entity = find_entity(context.store, entity_id)
            if entity is None:
                return Refusal(RefusalCode.UNKNOWN_ACCOUNT, f"entity {entity_id}")
            own, found = person.scope_id, entity.province_id
        if own != found:
            return Refusal(RefusalCode.OUT_OF_SCOPE, f"expected {scope.value} {own}, found {found}")
        return None

    @staticmethod
    def _book(context: Context, entries: Sequence[Entry]) -> int:
        """Number of the first entry; 0 when there is none."""
        if not entries:
            return 0
        return book(context.store, entries, context.moment.booking_day, context.moment.time_ns).first_entry_id


def _expires_ns(context: Context, handler: Handler, params: Params) -> int:
    if handler.approve_until is not None:
        return handler.approve_until(context, params)
    return context.moment.time_ns + APPROVAL_NS


def _not_kept(code: RefusalCode, detail: str = "") -> Operation:
    return NOBODY._replace(refusal=code, detail=detail)
