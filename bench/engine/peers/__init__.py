"""Other people's runtimes behind our `Engine`, so that the same questions can be asked of them."""
