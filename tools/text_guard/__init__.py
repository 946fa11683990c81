"""What the light text classifier learns from, and how it learns it."""
