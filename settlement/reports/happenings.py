"""What a day had besides trades, as words in both languages for the day file and whoever reads it."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from exchange.vocabulary.units import format_yuan
from settlement.clearing.failures import Missing
from settlement.reports.assets import asset_word
from settlement.store.changes import read_changes
from settlement.store.database import Store
from settlement.store.defaults import read_failures
from settlement.store.happenings import NamedOperation, line_openings, named_operations, runs_refused
from settlement.vocabulary.operations import OperationKind

_NAMES_ZH: Final = {
    OperationKind.FREEZE: "冻结",
    OperationKind.RELEASE: "解冻",
    OperationKind.RESTRICT_ACCOUNT: "限制账户",
    OperationKind.REVERSE: "撤销",
    OperationKind.CLOSE_BREAK: "销记差异",
    OperationKind.OBJECT: "结算异议",
    OperationKind.DECIDE_OBJECTION: "异议裁定",
    OperationKind.FUND_RESERVE: "计提结算准备金",
    OperationKind.RECOVER: "追偿结算准备金垫付",
}


_MISSING_ZH: Final = {Missing.UNITS: "配额", Missing.CASH: "资金"}


class Happening(NamedTuple):
    """One thing worth telling."""

    #: line-cut, restart, refused-run, bust, correction, failed-trade, cover, or the kind of an operation
    what: str
    zh: str
    en: str


def happenings(store: Store, trading_day: int, codes: Mapping[int, str]) -> list[Happening]:
    """Everything of a day, sorted by sort and in the order in which it came."""
    return [
        *(_operation(one, codes) for one in named_operations(store, trading_day)),
        *_changes(store, trading_day),
        *_refusals(store, trading_day, codes),
        *_failures(store, trading_day),
        *_lines(store, trading_day),
    ]


def _operation(one: NamedOperation, codes: Mapping[int, str]) -> Happening:
    fields: dict[str, Any] = json.loads(one.params)
    amount = ""
    if one.kind in (OperationKind.FREEZE, OperationKind.RELEASE):
        amount = f" {_amount(fields['contract_id'], fields['amount'], codes)} ({fields['place']})"
    told = f"; {one.detail}" if one.detail else ""
    zh, en = (f"：主体 {one.entity_id}", f" of entity {one.entity_id}") if one.entity_id else ("：", "")
    return Happening(
        one.kind.value,
        f"{_NAMES_ZH[one.kind]}{zh}{amount}，业务 {one.operation_id}{told}",
        f"{one.kind}{en}{amount}, operation {one.operation_id}{told}",
    )


def _amount(contract_id: int, amount: int, codes: Mapping[int, str]) -> str:
    return f"{amount:,} t {asset_word(contract_id, codes)}" if contract_id else f"{format_yuan(amount)} yuan"


def _changes(store: Store, trading_day: int) -> list[Happening]:
    found = []
    for change in read_changes(store, trading_day):
        match_id, lots = int(change["match_id"]), int(change["quantity_lots"])
        if lots:
            terms = f"{lots:,} t @ {format_yuan(int(change['price_ticks']))}"
            found.append(
                Happening(
                    "correction", f"成交 {match_id} 更正为 {terms}", f"trade {match_id} corrected to {terms}"
                )
            )
        else:
            found.append(Happening("bust", f"成交 {match_id} 被撤销", f"trade {match_id} undone"))
    return found


def _refusals(store: Store, trading_day: int, codes: Mapping[int, str]) -> list[Happening]:
    found = []
    for refused in runs_refused(store, trading_day):
        place = f"{refused.account_id} {asset_word(refused.contract_id, codes)}"
        figures = f"{refused.expected_amount:,} / {refused.found_amount:,}"
        found.append(
            Happening(
                "refused-run",
                f"第 {refused.run} 次清算结果被上海拒绝：{refused.difference_count} 处差异，"
                f"首处账户 {place}，上海/武汉 {figures}",
                f"run {refused.run} refused by Shanghai: {refused.difference_count} difference(s), the first "
                f"on account {place}: Shanghai/Wuhan {figures}",
            )
        )
    return found


def _failures(store: Store, trading_day: int) -> list[Happening]:
    failures = read_failures(store, trading_day)
    found = []
    for one in failures.trades:
        missing = _MISSING_ZH[one.missing]
        found.append(
            Happening(
                "failed-trade",
                f"成交 {one.match_id} 交收失败：账户 {one.account_id} {missing}不足",
                f"trade {one.match_id} failed: account {one.account_id} was short of {one.missing}",
            )
        )
    for account_id, fen in failures.covers.items():
        yuan = format_yuan(fen)
        found.append(
            Happening(
                "cover",
                f"结算准备金为账户 {account_id} 垫付 {yuan} 元",
                f"the settlement reserve paid {yuan} yuan for account {account_id}",
            )
        )
    return found


def _lines(store: Store, trading_day: int) -> list[Happening]:
    found = []
    for opening in line_openings(store, trading_day):
        number = f"{opening.next_number:,}"
        if opening.is_restart:
            words = f"武汉重新启动，自第 {number} 条续收", f"Wuhan started anew, went on at number {number}"
        else:
            words = f"线路中断后恢复，自第 {number} 条续收", f"line cut, came back at number {number}"
        found.append(Happening("restart" if opening.is_restart else "line-cut", *words))
    return found
