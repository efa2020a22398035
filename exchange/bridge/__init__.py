"""Bridges: the public market data for MQTT, Redis and browsers; each a client in a process of its own."""
