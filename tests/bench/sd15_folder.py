"""A Stable Diffusion 1.5 of full size with random weights (860 M in the UNet), as a diffusers folder: `sd15_folder.py FOLDER`.

For speed, memory and rounding at real sizes. Pictures from it are texture. About 2.1 GB (f16), built once.
"""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from fixture import *
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

BLOCKS = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",)


def build(folder):
    """Writes the folder unless it is there; model_index.json comes last, so a build that was cut off is made again."""
    folder = pathlib.Path(folder)
    if (folder / "model_index.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    torch.set_num_threads(os.cpu_count())
    vocab = tokenizer(folder / "tokenizer", "<|endoftext|>", True)
    text = CLIPTextConfig(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                          max_position_embeddings=77, hidden_act="quick_gelu", projection_dim=768,
                          bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1)
    save_model(folder / "text_encoder", randomise(CLIPTextModel(text), "sd15 text"), prefix="text_model.")
    unet = UNet2DConditionModel(sample_size=64, block_out_channels=(320, 640, 1280, 1280), layers_per_block=2, cross_attention_dim=768,
                                attention_head_dim=8, down_block_types=BLOCKS, up_block_types=tuple(b.replace("Down", "Up") for b in BLOCKS[::-1]))
    save_model(folder / "unet", randomise(unet, "sd15 unet"), fields=OLD_UNET_FIELDS)
    del unet
    vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=512, scaling_factor=0.18215,
                        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
    randomise(vae, "sd15 vae")
    scale_layer(vae.decoder.conv_out, 0.8)
    save_model(folder / "vae", vae)
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler/scheduler_config.json", {
        "_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000, "clip_sample": False, "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None})
    model_index(folder, diffusers.StableDiffusionPipeline, {
        "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": 0, "unet": 0, "vae": 0},
        feature_extractor=[None, None], safety_checker=[None, None], image_encoder=[None, None], requires_safety_checker=False)
    return folder


if __name__ == "__main__":
    print(build(sys.argv[1]))
