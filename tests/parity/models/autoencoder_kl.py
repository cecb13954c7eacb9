"""AutoencoderKL at tiny size: moments, a sample with given noise, decode; odd sizes, tiles, slices, no quant_conv."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import *
from diffusers import AutoencoderKL

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
BASE = dict(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(16, 32, 32), layers_per_block=1, norm_num_groups=8,
            down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, sample_size=32)

# name: config, image sizes, latent sizes
CASES = {
    "vae-sd": (BASE | dict(layers_per_block=2), [(2, 32, 48), (1, 37, 27)], [(2, 8, 12), (1, 9, 5)]),
    "vae-no-quant-conv": (BASE | dict(use_quant_conv=False, use_post_quant_conv=False, mid_block_add_attention=False, block_out_channels=(16, 32),
                                      down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2), [(1, 24, 16)], [(1, 6, 7)]),
}
# sizes that are tiled with sample_size 32 (latent tiles of 8, overlap a quarter): several rows and columns, and a sliver at the edge
TILED_IMAGE, TILED_LATENT = (2, 76, 52), (1, 19, 13)

for name, (config, images, latents) in CASES.items():
    model = randomise(AutoencoderKL(**config), name)
    scale_layer(model.encoder.conv_out, 0.7)
    scale_layer(model.decoder.conv_out, 0.5)
    g, io = generator(name + " io"), {}

    def encode(key, shape):
        image = torch.rand(shape[0], 3, *shape[1:], generator=g) * 2 - 1
        posterior = model.encode(image).latent_dist
        noise = torch.randn(posterior.mean.shape, generator=g)
        return {f"{key}.image": image, f"{key}.mean": posterior.mean, f"{key}.logvar": posterior.logvar,
                f"{key}.noise": noise, f"{key}.sample": posterior.mean + posterior.std * noise}

    def decode(key, shape):
        z = torch.randn(shape[0], 4, *shape[1:], generator=g)
        return {f"{key}.z": z, f"{key}.decoded": model.decode(z).sample}

    for i, shape in enumerate(images):
        io |= encode(f"encode.{i}", shape)
    for i, shape in enumerate(latents):
        io |= decode(f"decode.{i}", shape)
    if name == "vae-sd":
        model.enable_tiling()
        io |= encode("tiled_encode", TILED_IMAGE) | decode("tiled_decode", TILED_LATENT)
        model.disable_tiling()
    save_model(FIXTURES / name, model)
    save_io(FIXTURES / name / "io.safetensors", io, stamp(__file__))
