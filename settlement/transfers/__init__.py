"""Units between a registry bucket and a trading bucket, by the rule of who owns "available"."""
