"""What a day had besides trades stands in its file, in both languages."""

import json
from datetime import date
from pathlib import Path

from exchange.vocabulary.units import trading_day_number
from settlement.clearing.fault import Fault
from settlement.reports.happenings import Happening, happenings
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import TRADES
from tests.unit.settlement.town import CODES, Town

DAY = trading_day_number(date(2021, 12, 16))


def test_a_bust_a_refused_run_a_restart_and_a_cut_line(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path, fault=Fault.ONE_FEN), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    shanghai.bust(1)
    shanghai.bust(2, 4_250, 5)
    town.pump()
    town.connect(shanghai)  # the line was cut: the same process comes back
    shanghai.seal()
    town.pump()  # ... to be refused
    town.kill()
    town.start()
    town.connect(shanghai)
    town.pump()

    told = happenings(town.store, DAY, CODES)
    assert [(one.what, one.en) for one in told] == [
        ("bust", "trade 1 undone"),
        ("correction", "trade 2 corrected to 5 t @ 42.50"),
        (
            "refused-run",
            "run 1 refused by Shanghai: 2 difference(s), the first on account 1001 cash: "
            "Shanghai/Wuhan -628,478,750 / -628,478,751",
        ),
        ("line-cut", "line cut, came back at number 8"),
        ("restart", "Wuhan started anew, went on at number 19"),
    ]
    written = json.loads((tmp_path / "days" / "2021-12-16.json").read_text())
    assert [Happening(**one) for one in written["happenings"]] == told
    assert all(one.zh != one.en for one in told)
