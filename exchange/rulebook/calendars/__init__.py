"""Three calendars as data, all in Asia/Shanghai: trading, registry and compliance, settlement banks."""

from exchange.rulebook.calendars.bank import BankCalendar, bank_calendar
from exchange.rulebook.calendars.registry import Deadline, Obligation, RegistryCalendar, registry_calendar
from exchange.rulebook.calendars.trading import TradingCalendar, trading_calendar

__all__ = [
    "BankCalendar",
    "Deadline",
    "Obligation",
    "RegistryCalendar",
    "TradingCalendar",
    "bank_calendar",
    "registry_calendar",
    "trading_calendar",
]
