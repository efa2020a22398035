"""What the intake check needs to know of every login, as columns indexed by login id."""

import numpy as np
from numpy.typing import NDArray

from exchange.engine.directory import Directory
from exchange.protocol.intake_check import Sender, Senders


class SenderTable:
    """Built once from the directory; a batch's senders are three gathers."""

    def __init__(self, directory: Directory) -> None:
        logins = 1 + max((login.login_id for login in directory.logins), default=0)
        accounts = 1 + max((account.account_id for account in directory.accounts), default=0)
        self._rights = np.zeros(logins, np.uint8)
        self._member_id = np.zeros(logins, np.uint32)
        self._default_account_id = np.zeros(logins, np.uint32)
        self.member_of_account: NDArray[np.uint32] = np.zeros(accounts, np.uint32)
        for login in directory.logins:
            self._rights[login.login_id] = login.rights
            self._member_id[login.login_id] = login.member_id
            self._default_account_id[login.login_id] = login.default_account_id
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

    def of(self, login_ids: NDArray[np.uint16]) -> Senders:
        """The sender of each record of a batch."""
        return Senders(
            self._rights[login_ids], self._member_id[login_ids], self._default_account_id[login_ids]
        )
