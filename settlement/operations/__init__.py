"""What can be asked of the registry: who may, the second person, the audit chain, a handler for each kind."""
