"""Time, order and durability around the kernel: clock, schedule, sequence, journal, trading day, recovery."""
