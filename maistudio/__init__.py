"""MAI Studio: see, measure and compare neural networks for phones."""

__version__ = "0.1.0"
