"""The FIX 4.4 gateway: sessions of other engines on one side, members of the one protocol on the other."""
