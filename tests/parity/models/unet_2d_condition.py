"""UNet2DConditionModel at tiny size, one case for each way in which the SD1.x, SD2.x and SDXL families differ."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import *
from diffusers import UNet2DConditionModel

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
SD1 = dict(
    sample_size=16, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32, 32), norm_num_groups=8,
    down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), cross_attention_dim=24, attention_head_dim=4)
# Two levels, where the case is about something else than depth.
SHALLOW = SD1 | dict(block_out_channels=(16, 32), down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
                     up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
SDXL = SD1 | dict(
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=[2, 4, 8],
    use_linear_projection=True, transformer_layers_per_block=[1, 2, 3], addition_embed_type="text_time",
    addition_time_embed_dim=8, projection_class_embeddings_input_dim=24 + 6 * 8)

# name: config, list of (batch, height, width, timestep)
CASES = {
    # attention_head_dim is the NUMBER of heads (diffusers issue 2011); two resnets per level, as in SD1.x
    "unet-sd1": (SD1 | dict(layers_per_block=2), [(2, 16, 16, 981), (1, 16, 24, 1), (1, 9, 13, 500), (1, 7, 5, 21)]),
    "unet-sd2": (SD1 | dict(attention_head_dim=[2, 4, 8], use_linear_projection=True, upcast_attention=True), [(2, 8, 12, 999), (1, 11, 8, 0)]),
    "unet-sdxl": (SDXL, [(2, 8, 8, 621), (1, 13, 9, 41)]),
    "unet-inpainting": (SHALLOW | dict(in_channels=9), [(2, 8, 16, 301)]),
    "unet-lcm": (SHALLOW | dict(time_cond_proj_dim=32), [(2, 8, 8, 759)]),
    # heads of 40 channels, as in SD1.x at 64x64: no power of two, not a multiple of 16
    "unet-head-40": (SD1 | dict(block_out_channels=(80,), attention_head_dim=2,
                                down_block_types=("CrossAttnDownBlock2D",), up_block_types=("CrossAttnUpBlock2D",)),
                     [(2, 12, 10, 77)]),
    # fields that the families carry with other values than the defaults: norm_eps, phase of the time embedding
    "unet-fields": (SHALLOW | dict(norm_eps=1e-4, flip_sin_to_cos=False, freq_shift=1, mid_block_scale_factor=1.5, act_fn="gelu"), [(1, 8, 8, 333)]),
}

for name, (config, sizes) in CASES.items():
    model = randomise(UNet2DConditionModel(**config), name)
    scale_layer(model.conv_out, 0.7)
    g, io = generator(name + " io"), {}
    for i, (batch, height, width, timestep) in enumerate(sizes):
        inputs = {"sample": torch.randn(batch, config["in_channels"], height, width, generator=g),
                  "timestep": torch.tensor([timestep] * batch), "encoder_hidden_states": torch.randn(batch, 77, config["cross_attention_dim"], generator=g)}
        call = dict(inputs)
        if "time_cond_proj_dim" in config:
            inputs["timestep_cond"] = call["timestep_cond"] = torch.randn(batch, config["time_cond_proj_dim"], generator=g)
        if "addition_embed_type" in config:
            inputs["text_embeds"] = torch.randn(batch, 24, generator=g)
            inputs["time_ids"] = torch.tensor([[512., 768., 0., 32., 512., 768.]] * batch)
            call["added_cond_kwargs"] = {k: inputs[k] for k in ("text_embeds", "time_ids")}
        inputs["output"] = model(**call).sample
        io |= {f"{i}.{k}": v for k, v in inputs.items()}
    save_model(FIXTURES / name, model, fields=OLD_UNET_FIELDS if name == "unet-sd1" else None)
    save_io(FIXTURES / name / "io.safetensors", io, stamp(__file__))
