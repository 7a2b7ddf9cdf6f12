"""What activation functions make of numbers, their properties, and what they cost."""
