"""Claims about gradients on their way back."""
