"""Simulated members on the client: four kinds, directed so that each day comes near its official figures."""
