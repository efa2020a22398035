"""The official daily figures, replayed through the kernel as ordinary commands and compared to the fen."""
