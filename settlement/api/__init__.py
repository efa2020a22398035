"""Wuhan's only asyncio: the line to Shanghai and the HTTP status, around the synchronous core."""
