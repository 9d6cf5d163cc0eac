"""Pictures: load, save, pack, resize and measure them."""
