"""The only asyncio of the trading side: the order gateway and its flow control."""
