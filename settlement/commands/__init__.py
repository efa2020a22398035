"""The command line: `settlement serve` and the commands that read a store."""
