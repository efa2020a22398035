"""The member's side: one session over TCP, a trader that reconnects and resumes, the same for plain code."""

from exchange.client.chunk import Chunk
from exchange.client.connection import Connection
from exchange.client.credentials import Address, Credentials, address_of, credentials_of, load_credentials
from exchange.client.errors import ConnectionLost, CredentialsUnusable, LoginRefused, QueryRefused

__all__ = [
    "Address",
    "Chunk",
    "Connection",
    "ConnectionLost",
    "Credentials",
    "CredentialsUnusable",
    "LoginRefused",
    "QueryRefused",
    "address_of",
    "credentials_of",
    "load_credentials",
]
