"""The public contract: enums, 64-byte records, reject codes, units and limits. A leaf of the import graph."""
