"""The session protocol without I/O: framing, SoupBinTCP packets, session state machines, rights."""
