"""How usage becomes an amount: charge models and their checks. Pure; exact until the line is rounded, once. Nothing is imported
here: who only keeps charges (`model`) need not load what prices and checks them."""
