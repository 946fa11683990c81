"""What 4 and 8 bits keep of a weight."""

import numpy as np
import pytest

from wentu.core.errors import BadSetting
from wentu.engines.loop.quantize import int4_groups, int8_rows
from wentu.engines.openvino.formats import Format, find_precision


def unpacked(packed: np.ndarray, scales: np.ndarray, group: int) -> np.ndarray:
    """The float32 matrix that the runtime computes from int4 codes."""
    codes = np.empty((packed.shape[0], packed.shape[1] * 2), np.int8)
    codes[:, 0::2], codes[:, 1::2] = packed & 15, packed >> 4
    codes = np.where(codes > 7, codes - 16, codes).astype(np.float32)
    return (codes.reshape(len(codes), -1, group) * scales.astype(np.float32)).reshape(codes.shape)


@pytest.mark.parametrize("group", [32, 64, 128])
def test_int4_is_off_by_at_most_half_a_step(group: int) -> None:
    weight = np.random.default_rng(group).standard_normal((700, 256), dtype=np.float32)
    packed, scales = int4_groups(weight, group)
    error = np.abs(unpacked(packed, scales, group) - weight).reshape(700, -1, group)
    step = np.abs(scales.astype(np.float32))
    # The value opposite to the extreme may need +8, which 4 bits lack: it is off by at most one whole step.
    assert (error <= step * 1.01).all()
    assert (error <= step * 0.51).mean() > 0.98


def test_int4_keeps_the_value_of_largest_magnitude_whatever_its_sign() -> None:
    weight = np.zeros((2, 32), np.float32)
    weight[0, 3], weight[1, 5] = -4.0, 4.0
    packed, scales = int4_groups(weight, 32)
    np.testing.assert_array_equal(unpacked(packed, scales, 32), weight)


def test_int8_is_off_by_at_most_half_a_step() -> None:
    weight = np.random.default_rng(0).standard_normal((600, 100), dtype=np.float32)
    codes, scales = int8_rows(weight)
    steps = scales.astype(np.float32)
    assert (np.abs(codes * steps - weight) <= 0.51 * steps + 1e-3 * np.abs(weight)).all()


def test_rows_of_zeros_stay_zeros() -> None:
    zeros = np.zeros((3, 64), np.float32)
    packed, scales = int4_groups(zeros, 64)
    codes, row_scales = int8_rows(zeros)
    assert not unpacked(packed, scales, 64).any() and not (codes * row_scales).any()
    assert (scales != 0).all() and (row_scales != 0).all()


@pytest.mark.parametrize(("columns", "expected"), [(2048, 128), (192, 64), (96, 32)])
def test_the_group_shrinks_to_one_that_divides_the_columns(columns: int, expected: int) -> None:
    assert Format("int4", 128).fit(columns) == Format("int4", expected)


def test_columns_that_no_group_divides_are_kept_in_8_bits() -> None:
    assert Format("int4", 128).fit(100) == Format("int8")


def test_an_unknown_precision_is_told_the_known_ones() -> None:
    with pytest.raises(BadSetting, match="int4-g64"):
        find_precision("int3")
