"""What the intake check needs to know of every login, as rows indexed by login id."""

import numpy as np
from numpy.typing import NDArray

from exchange.engine.directory import Directory
from exchange.net.intake_check import Sender


class SenderTable:
    """Built once from the directory."""

    def __init__(self, directory: Directory) -> None:
        logins = 1 + max((login.login_id for login in directory.logins), default=0)
        accounts = 1 + max((account.account_id for account in directory.accounts), default=0)
        self.logins: NDArray[np.int64] = np.zeros((logins, 3), np.int64)  # rights, member, default account
        self.member_of_account: NDArray[np.int64] = np.zeros(accounts, np.int64)
        for login in directory.logins:
            self.logins[login.login_id] = login.rights, login.member_id, login.default_account_id
        for account in directory.accounts:
            self.member_of_account[account.account_id] = account.member_id
        self.members_list: list[int] = self.member_of_account.tolist()
        self._one = {
            login.login_id: Sender(login.login_id, login.rights, login.member_id, login.default_account_id)
            for login in directory.logins
        }

    def one(self, login_id: int) -> Sender:
        """One sender."""
        return self._one[login_id]
