"""Where a published Qwen3-VL checkpoint keeps its tensors."""

TEXT = "model.language_model."
EMBEDDING = TEXT + "embed_tokens.weight"
HEAD = "lm_head.weight"  # absent where it is the embedding
VISION = "model.visual."
POSITION_TABLE = VISION + "pos_embed.weight"
