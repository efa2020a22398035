"""The member's side: one session over TCP, a trader that reconnects and resumes, the same for plain code."""

from exchange.client.blocking import BlockingTrader
from exchange.client.book import Book, FiveLevelBook
from exchange.client.chunk import Chunk
from exchange.client.connection import Connection
from exchange.client.courier import Courier
from exchange.client.credentials import Address, Credentials, address_of, credentials_of, load_credentials
from exchange.client.decode import OtherRecord, decode_events, decode_replies
from exchange.client.errors import (
    BookBroken,
    BookNotReady,
    ConnectionLost,
    CredentialsUnusable,
    LoginRefused,
    QueryRefused,
    VersionUnknown,
)
from exchange.client.market_feed import MarketFeed
from exchange.client.outcome import Outcome, Result
from exchange.client.trader import Trader

__all__ = [
    "Address",
    "BlockingTrader",
    "Book",
    "BookBroken",
    "BookNotReady",
    "Chunk",
    "Connection",
    "ConnectionLost",
    "Courier",
    "Credentials",
    "CredentialsUnusable",
    "FiveLevelBook",
    "LoginRefused",
    "MarketFeed",
    "OtherRecord",
    "Outcome",
    "QueryRefused",
    "Result",
    "Trader",
    "VersionUnknown",
    "address_of",
    "credentials_of",
    "decode_events",
    "decode_replies",
    "load_credentials",
]
