"""What the platform costs to run: measured units of work, AWS's list prices, and the bill of a retailer."""
