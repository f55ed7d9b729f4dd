"""What can be asked about costs: comparison, and later solving, sweeps, memory and receptive field."""
