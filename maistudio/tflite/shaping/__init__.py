"""How the shape of each op's results follows from its inputs, as TFLite's kernels compute it when they prepare."""
