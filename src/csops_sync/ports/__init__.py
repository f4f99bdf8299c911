"""What the product asks of the outside: protocols and the values they speak in."""
