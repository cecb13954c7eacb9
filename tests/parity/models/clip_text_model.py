"""CLIPTextModel and CLIPTextModelWithProjection at tiny size: last state, every hidden state, pooled and projected output."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import *
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
VOCAB = 120
BASE = dict(vocab_size=VOCAB, hidden_size=32, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
            max_position_embeddings=77, bos_token_id=VOCAB - 2, eos_token_id=VOCAB - 1, pad_token_id=VOCAB - 1, projection_dim=24)

# name: class, changes to the config, key prefix in the file
CASES = {
    # SD1.x: quick_gelu; eos_token_id 2 is the old wrong value that means "take the highest id"
    "clip-quick-gelu": (CLIPTextModel, dict(hidden_act="quick_gelu", eos_token_id=2), "text_model."),
    # SD2.x: gelu, keys as transformers 5 writes them
    "clip-gelu": (CLIPTextModel, dict(hidden_act="gelu", num_attention_heads=2), ""),
    # SDXL's second encoder
    "clip-with-projection": (CLIPTextModelWithProjection, dict(hidden_act="gelu", hidden_size=40, num_attention_heads=2), ""),
    "clip-with-projection-quick-gelu": (CLIPTextModelWithProjection, dict(hidden_act="quick_gelu", layer_norm_eps=1e-3), ""),
}


def token_ids(pad):
    """Three prompts: short, exactly full, empty. The first ends early, so that causal masking and pooling show."""
    g = generator("token ids")
    words = torch.randint(0, VOCAB - 2, (3, 77), generator=g)
    ids = torch.full((3, 77), pad)
    for row, length in enumerate((9, 75, 0)):
        ids[row, 0] = VOCAB - 2
        ids[row, 1:1 + length] = words[row, :length]
        ids[row, 1 + length] = VOCAB - 1
    return ids


for name, (cls, change, prefix) in CASES.items():
    model = randomise(cls(CLIPTextConfig(**{**BASE, **change})), name)
    ids = token_ids(0 if name == "clip-gelu" else VOCAB - 1)
    out = model(ids, output_hidden_states=True)
    folder = FIXTURES / name
    save_model(folder, model, prefix)
    io = {"input_ids": ids, "last_hidden_state": out.last_hidden_state}
    io |= {f"hidden_states.{i}": h for i, h in enumerate(out.hidden_states)}
    # clip skip 1: the layer before the last, through the final norm
    norm = model.final_layer_norm if cls is CLIPTextModel else model.text_model.final_layer_norm
    io["clip_skip_1"] = norm(out.hidden_states[-2])
    io |= {"text_embeds": out.text_embeds} if cls is CLIPTextModelWithProjection else {"pooler_output": out.pooler_output}
    save_io(folder / "io.safetensors", io, stamp(__file__))
