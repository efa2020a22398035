"""Troubles that a scenario plans, so that anybody can watch both cities go through them."""
