"""Laws: properties that hold for every input, tried on drawn ones."""
