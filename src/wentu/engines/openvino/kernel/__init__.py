"""Our own language model for processors without VNNI: the step in C, over the weights that the graph holds.

OpenVINO's integer products need VNNI; without it every token's weights are unpacked to float32. The kernel multiplies
the 4-bit codes with 8-bit inputs in AVX2 (docs/decisions/0067). Read `step.c`, then `linear.c` and `attention.c`;
`library` is the border to C, `weights` what it reads, `text_model` what the loop calls. It is compiled when wentu is
built or installed (tools/kernel.py), never at run time; without it OpenVINO computes everything.
"""
