"""Every word of the console in Chinese and English, and numbers as people read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from exchange.client.words import Lang, Pair
from exchange.console.view import Balance, MarketWord
from exchange.vocabulary.units import FEN_PER_YUAN, NS_PER_SECOND, PPM, SHANGHAI, format_yuan, round_half_up

LANGS: Final[tuple[Lang, ...]] = ("zh", "en")
NOTHING: Final = "–"

WORDS: Final[Mapping[str, Pair]] = {
    "title": ("双城碳市 · 运营监控台", "Two-City · operator console"),
    "read_only": ("只读", "read-only"),
    "market": ("市场", "Market"),
    "season": ("全季", "Season"),
    "trading_day": ("交易日", "Trading day"),
    "market_time": ("市场时间", "Market time"),
    "no_day": ("尚无交易日", "no trading day yet"),
    "contract": ("合约", "Contract"),
    "last": ("最新", "Last"),
    "change": ("涨跌", "Change"),
    "close_so_far": ("收盘价（盘中）", "Close so far"),
    "close_final": ("收盘价", "Close"),
    "base": ("昨收", "Prev close"),
    "open": ("开盘", "Open"),
    "high": ("最高", "High"),
    "low": ("最低", "Low"),
    "band": ("涨跌幅限价", "Day's band"),
    "listed_t": ("挂牌 吨", "Listed t"),
    "block_t": ("大宗 吨", "Block t"),
    "amount": ("成交额 万元", "Amount, 10k CNY"),
    "trades_count": ("笔数", "Trades"),
    "listed_phase": ("挂牌协议", "Listed"),
    "block_phase": ("大宗协议", "Block"),
    "until": ("至", "until"),
    "then": ("转", "then"),
    "halted": ("暂停交易", "halted"),
    "killed": ("停止新申报", "new orders stopped"),
    "since": ("自", "since"),
    "expected": ("预计恢复", "expected"),
    "chart": ("日内价格与成交量", "Price and volume of the day"),
    "average": ("均价", "Average"),
    "price": ("价格", "Price"),
    "volume": ("成交量", "Volume"),
    "per_tonne": ("元/吨", "CNY/t"),
    "tonnes": ("吨", "t"),
    "five_levels": ("五档行情", "Best five"),
    "sell": ("卖", "S"),
    "buy": ("买", "B"),
    "level": ("档", "Level"),
    "quantity": ("数量", "Tonnes"),
    "listings": ("挂牌数", "Listings"),
    "limits": ("跌停–涨停", "band"),
    "empty_side": ("无挂牌", "no listing"),
    "health": ("运行", "Operation"),
    "latency": ("延迟", "Latency"),
    "rate": ("指令/秒", "Commands/s"),
    "sessions": ("会话", "Sessions"),
    "live_orders": ("有效申报", "Live orders"),
    "sequenced": ("已定序", "Sequenced"),
    "durable": ("已落盘", "On disk"),
    "durability": ("落盘方式", "Durability"),
    "synced": ("先落盘后应答", "synced before the answer"),
    "not_synced": ("不落盘", "not synced"),
    "caught": ("收市截断", "Cut at close"),
    "lines": ("线路", "Lines"),
    "line_exchange": ("监控台—上海", "Console – Shanghai"),
    "line_registry": ("监控台—武汉", "Console – Wuhan"),
    "line_cities": ("上海—武汉", "Shanghai – Wuhan"),
    "up": ("通", "up"),
    "down": ("断", "down"),
    "unknown": ("不明", "unknown"),
    "stale": ("数据陈旧", "stale"),
    "ago": ("前", "ago"),
    "settlement": ("武汉结算", "Wuhan settlement"),
    "reconciliation": ("对账", "Reconciliation"),
    "breaks": ("差异", "breaks"),
    "age_days": ("天", "d"),
    "exchange_says": ("上海", "Shanghai"),
    "registry_says": ("武汉", "Wuhan"),
    "account": ("账户", "Account"),
    "what": ("项目", "What"),
    "age": ("账龄", "Age"),
    "previous_day": ("上一日", "Previous day"),
    "trades": ("最近成交", "Latest trades"),
    "notices": ("最近事件", "Latest events"),
    "time": ("时间", "Time"),
    "number": ("编号", "No."),
    "method": ("方式", "Method"),
    "taker": ("摘牌方", "Taker"),
    "no_trades": ("今日尚无成交", "no trade yet today"),
    "no_notices": ("今日尚无事件", "nothing yet today"),
    "surrender": ("清缴截止", "Surrender by"),
    "last_purchase": ("最后购入日", "buy by"),
    "days_left": ("个交易日", "days left"),
    "not_reachable": ("交易所无法连接", "Exchange not reachable"),
    "ended_in_order": ("交易日已完整结束", "The trading day has ended in order"),
    "not_running": ("交易所未运行", "the exchange is not running"),
    "shown_is": ("以下为当时所见，市场时间", "what is shown is as last heard, market time"),
    "answers_stale": ("交易所未应答", "The exchange does not answer"),
    "frozen": ("监控台无响应，数据不再更新", "The console does not answer: nothing on this page is updated"),
    "legend_up": ("涨", "up"),
    "legend_down": ("跌", "down"),
    "legend": ("图例", "Legend"),
    "good": ("正常", "true now"),
    "care": ("注意", "take care"),
    "bad": ("故障", "wrong"),
    "idle": ("无判断", "nothing to judge"),
    "origins": (
        "每日官方成交量与价格为真实数据；参与者、名称与申报均为虚构。",
        "Daily tonnes and prices are official; members, their names and their orders are synthetic.",
    ),
    "synthetic": ("模拟行情，参与者均为虚构", "Simulated market; every member is synthetic"),
    "day": ("日期", "Day"),
    "simulated": ("模拟", "Simulated"),
    "official": ("官方", "Official"),
    "close": ("收盘价", "Close"),
    "difference": ("差", "Diff."),
    "listed_tonnes": ("挂牌成交量（吨）", "Listed tonnes"),
    "block_tonnes": ("大宗成交量（吨）", "Block tonnes"),
    "amount_yuan": ("成交额（元）", "Amount (CNY)"),
    "settled": ("已结算", "Settled"),
    "settled_trades": ("结算笔数", "Settled trades"),
    "total": ("合计", "Total"),
    "days": ("交易日数", "Days"),
    "balanced_days": ("对平天数", "Days balanced"),
    "worst_close": ("收盘价最大偏差", "Largest close difference"),
    "no_days": ("尚无已结束的交易日", "no trading day is over yet"),
    "unreadable": ("无法读取", "could not be read"),
    "source": ("官方数据：上海环境能源交易所每日行情", "Official: daily figures of Shanghai's SEEE"),
    "close_chart": ("收盘价：模拟与官方", "Close: simulated and official"),
    "tonnes_chart": ("成交量：模拟与官方", "Tonnes: simulated and official"),
    "conserved": ("守恒", "conserved"),
    "stage": ("阶段", "Stage"),
    "log_scale": ("对数", "log scale"),
}  # fmt: skip

MARKET_WORDS: Final[Mapping[MarketWord, Pair]] = {
    MarketWord.UNREACHABLE: ("无法连接", "not reachable"),
    MarketWord.STALE: ("数据陈旧", "stale"),
    MarketWord.HALTED: ("全市场暂停", "market halted"),
    MarketWord.KILLED: ("停止新申报", "new orders stopped"),
    MarketWord.PARTLY_HALTED: ("部分暂停", "partly halted"),
    MarketWord.TRADING: ("交易中", "trading"),
    MarketWord.NOT_TRADING: ("未在交易", "not trading"),
    MarketWord.DAY_OVER: ("当日已结束", "day over"),
}

BALANCE_WORDS: Final[Mapping[Balance, Pair]] = {
    Balance.UNKNOWN: ("未知：武汉从未应答", "unknown: Wuhan has never answered"),
    Balance.STALE: ("不明：武汉现无应答", "not known: Wuhan does not answer now"),
    Balance.PENDING: ("待日终对账", "after the close"),
    Balance.BREAKS: ("存在差异", "breaks open"),
    Balance.NOT_CONSERVED: ("不守恒", "not conserved"),
    Balance.REFUSED: ("清算结果被拒绝，当日挂起", "clearing refused: the day is held"),
    Balance.BALANCED: ("对平，无差异", "balanced, no break"),
}


def say(key: str, lang: Lang) -> str:
    """The word of a key; an unknown key is a mistake of ours."""
    return WORDS[key][lang == "en"]


def of_pair(pair: Pair, lang: Lang) -> str:
    """One of two."""
    return pair[lang == "en"]


def price(ticks: int) -> str:
    """Yuan a tonne; a dash when there is none."""
    return format_yuan(ticks) if ticks else NOTHING


def signed_price(ticks: int) -> str:
    """A difference of prices, with its sign; 0.00 has none."""
    return ("+" if ticks > 0 else "−" if ticks < 0 else "") + format_yuan(abs(ticks))


def percent(part: int, whole: int) -> str:
    """part / whole in percent with two decimals, half away from zero; a dash when there is no whole."""
    if whole <= 0:
        return NOTHING
    hundredths = round_half_up(abs(part) * 10_000, whole)
    sign = "+" if part > 0 else "−" if part < 0 else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}%"


def whole(number: int) -> str:
    """With a comma at every thousand."""
    return f"{number:,}"


def tens_of_thousands(fen: int) -> str:
    """Wan yuan with two decimals, as Chinese markets state turnover."""
    hundredths = round_half_up(fen, FEN_PER_YUAN * 100)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def yuan(fen: int) -> str:
    """Yuan with commas and two decimals."""
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d}"


def microseconds(value: int) -> str:
    """A latency, in the unit that keeps it short."""
    if value >= PPM:
        return f"{value / PPM:.2f} s"
    return f"{value / 1000:.2f} ms" if value >= 1000 else f"{value} µs"


def clock(time_ns: int, with_seconds: bool = True) -> str:
    """Market time of day in Shanghai; a dash when it is not known."""
    if not time_ns:
        return NOTHING
    at = datetime.fromtimestamp(time_ns // NS_PER_SECOND, SHANGHAI)
    return f"{at:%H:%M:%S}" if with_seconds else f"{at:%H:%M}"


def wall_clock(time_ms: int) -> str:
    """Wall time of day where the console runs."""
    return f"{datetime.fromtimestamp(time_ms // 1000).astimezone():%H:%M:%S}"


def age(age_ms: int, lang: Lang) -> str:
    """How long ago, in the largest fitting unit."""
    seconds = age_ms // 1000
    if seconds < 60:
        amount = f"{seconds} {'秒' if lang == 'zh' else 's'}"
    elif seconds < 3600:
        amount = f"{seconds // 60} {'分' if lang == 'zh' else 'min'}"
    else:
        amount = f"{seconds // 3600} {'小时' if lang == 'zh' else 'h'}"
    return f"{amount}{say('ago', lang)}" if lang == "zh" else f"{amount} {say('ago', lang)}"
