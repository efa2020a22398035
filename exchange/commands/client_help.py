"""Help texts of the terminal client, Chinese and English."""

from typing import Final

from exchange.client.words import Lang

HELP: Final[dict[Lang, str]] = {
    "en": """\
  list buy|sell PRICE QTY \\[CONTRACT]           挂牌  post a listing; it rests until somebody takes it
  take buy|sell PRICE QTY \\[#ORDER] \\[CONTRACT]  摘牌  trade against listings, PRICE is the worst you accept
  limit buy|sell PRICE QTY \\[ioc|fok|post]      限价  limit order, where the contract matches continuously
  cancel #ORDER, reduce #ORDER QTY             撤单, 减量  withdraw an open order, or lower what is left of it
  replace #ORDER PRICE QTY                     改单  new price and quantity, at the back of the queue
  cancel-all \\[buy|sell] \\[LOW-HIGH] \\[CONTRACT] 批量撤单  withdraw all that fits
  block buy|sell PRICE QTY to ACCOUNT \\[part]    大宗  offer 100,000 t or more to one account, or: to board
  accept #ORDER \\[QTY], decline #ORDER          answer a block offer; offers lists them
  counter #ORDER PRICE QTY \\[part]              还价  answer it with one of your own
  bid AUCTION PRICE QTY                        竞买  bid in a one-way auction; auctions lists them
  session cancel on|off \\[GRACE_S] \\[dead-man S|off]  会话  what becomes of orders when you are cut off
  guard quantity|amount|orders N|off \\[LOGIN]   限额  refuse own orders beyond a limit
  board, orders, trades, offers, auctions, holdings, cash, rules \\[CONTRACT]
  lang zh|en, help, quit
  PRICE in yuan a tonne (43.50), QTY in tonnes (1,000); # numbers: see the board and orders.""",
    "zh": """\
  list buy|sell 价格 吨数 \\[合约]           挂牌  挂出买或卖,等待对方摘牌
  take buy|sell 价格 吨数 \\[#委托号] \\[合约]  摘牌  与对方挂牌成交,价格为可接受的最差价
  limit buy|sell 价格 吨数 \\[ioc|fok|post]  限价  连续竞价合约的限价单
  cancel #委托号, reduce #委托号 吨数       撤单, 减量  撤回或减少未成交部分
  replace #委托号 价格 吨数                 改单  新价格与数量,重新排队
  cancel-all \\[buy|sell] \\[低-高] \\[合约]   批量撤单
  block buy|sell 价格 吨数 to 账户 \\[part]   大宗  向指定账户(或 board 公开)发出 10 万吨以上要约
  accept #委托号 \\[吨数], decline #委托号   确认或拒绝大宗要约;offers 列出要约
  counter #委托号 价格 吨数 \\[part]         还价
  bid 拍卖号 价格 吨数                      竞买  auctions 列出进行中的拍卖
  session cancel on|off \\[秒] \\[dead-man 秒|off]  会话  断线或静默时撤单
  guard quantity|amount|orders 数值|off     限额  自设风险限额
  board 行情, orders 委托, trades 成交, offers 要约, auctions 拍卖, holdings 持有量, cash 资金, rules 规则
  lang zh|en 语言, help 帮助, quit 退出
  价格单位为元/吨(43.50),数量单位为吨(1,000);# 号见行情与委托。也可直接输入中文命令,如:挂牌 卖 43.50 1000""",
}

_RULES: Final[dict[Lang, str]] = {
    "en": """\
A listing 挂牌 rests and never matches by itself. A take 摘牌 trades at the listings' own prices, best price
first, inside the other side's best five levels; what it does not fill ends. Buying locks cash, selling locks
allowances. Allowances bought today can be sold tomorrow; sale cash can be spent at once. What is open at the
close lapses.
Listed: 09:30-11:30 and 13:00-15:00. Block 大宗: 13:00-15:00, 100,000 t or more, to a named account.""",
    "zh": """\
挂牌不会自动成交;摘牌按挂牌价成交,价格优先,限于对方最优五档,未成交余量即时撤销。买入锁定资金,卖出锁定配额。
当日买入的配额次日方可卖出,卖出资金当日可用。收市时未成交部分自动撤销。
挂牌协议:09:30-11:30、13:00-15:00;大宗协议:13:00-15:00,单笔 10 万吨及以上,指定对手方。""",
}


def rules_text(lang: Lang) -> str:
    """How trading works, in a few lines."""
    return _RULES[lang]
