"""Totals of known networks, as prose and tables print them."""
