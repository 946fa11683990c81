"""How weights are stored: the presets that a version may be converted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wentu.core.errors import BadSetting

Kind = Literal["float32", "bfloat16", "int8", "int4"]
GROUPS = (128, 64, 32)  # group sizes that the runtime's int4 kernels take


@dataclass(frozen=True, slots=True)
class Format:
    """One matrix's storage; `group` counts the int4 weights that share a scale."""

    kind: Kind
    group: int = 0

    def fit(self, columns: int) -> Format:
        """The same format, or the nearest one that a matrix with `columns` inputs can have."""
        if self.kind != "int4":
            return self
        fitting = [group for group in GROUPS if group <= self.group and columns % group == 0]
        return Format("int4", fitting[0]) if fitting else Format("int8")


@dataclass(frozen=True, slots=True)
class Precision:
    """The formats of a whole model: text layers, output head, vision model."""

    name: str
    text: Format
    head: Format
    vision: Format

    @property
    def quantized(self) -> bool:
        """Whether activations should be quantised on the fly, too, to use the integer kernels."""
        return self.text.kind in ("int4", "int8")

    @property
    def activation_group(self) -> int:
        """Values that share a scale when activations are quantised on the fly.

        It must not exceed the weights' group, else the runtime silently leaves the integer kernels. As large as
        that is fastest for one token, for batches and for prompts (docs/decisions/0013).
        """
        return min(self.text.group or GROUPS[0], GROUPS[0])


FLOAT32, BFLOAT16, INT8 = Format("float32"), Format("bfloat16"), Format("int8")

PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("int4", Format("int4", 128), INT8, INT8),
        Precision("int4-g64", Format("int4", 64), INT8, INT8),
        Precision("int4-head4", Format("int4", 128), Format("int4", 128), INT8),
        Precision("int8", INT8, INT8, INT8),
        Precision("bfloat16", BFLOAT16, BFLOAT16, BFLOAT16),
        Precision("float32", FLOAT32, FLOAT32, FLOAT32),
    )
}


def find_precision(name: str) -> Precision:
    """The preset called `name`. Raises BadSetting that lists the known ones."""
    if name not in PRECISIONS:
        raise BadSetting(f"there are no weights called '{name}'; known: {', '.join(PRECISIONS)}", name=name)
    return PRECISIONS[name]
