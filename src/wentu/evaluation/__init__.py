"""What is known about wentu's own quality and speed, and how it is found out."""
