"""The Targets page: what each target makes of a model, op by op, and what to do about it."""
