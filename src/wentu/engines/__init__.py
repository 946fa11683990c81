"""How answers are computed: one module or folder a runtime, all behind the one method of `base.Engine`."""
