"""What every part of wentu agrees on: the types on the arrows, the errors, the settings. Nothing heavy."""
