"""How the terms of a customer stand: from facts and decisions to the states that the forecast is made of."""
