"""Pictures into a model and out of it: which tensor takes them, on which range of values, at which size."""
