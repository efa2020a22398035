"""Clearing: trades in, what each account owes and gets out. It computes and moves nothing."""
