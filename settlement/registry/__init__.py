"""The registry: who has accounts, and how units come into being and reach them."""
