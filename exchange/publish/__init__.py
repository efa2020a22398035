"""What leaves the engine: the numbered streams of a day, and the exchange's own measurements."""
