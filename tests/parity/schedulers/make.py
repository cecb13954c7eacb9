"""Runs diffusers' schedulers over a formula in place of a model and stores samples, timesteps and noise levels.

A case is a scheduler, a configuration, a number of steps and a step to begin at (image-to-image). The model is
`sample * (0.4 + 0.5 * t / 1000) + 0.3 * texture[call]`: it depends on the timestep strongly enough that a timestep that is
wrong by one shows, and on a stored texture, so that nothing is predicted perfectly. Noise comes from a stored bank, by call.
What diffusers does not have (SGM uniform sigmas, DPM++ 2S a, sigma schedules for Euler a) is written out here after A1111 and
k-diffusion.
"""
import json, math, pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fixture import generator, save_io, stamp
import diffusers, numpy as np, torch

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
SHAPE, CALLS = (1, 4, 3, 5), 100
CLASSES = {
    "ddim": "DDIMScheduler", "ddpm": "DDPMScheduler", "pndm": "PNDMScheduler", "lms": "LMSDiscreteScheduler",
    "heun": "HeunDiscreteScheduler", "euler": "EulerDiscreteScheduler", "euler-a": "EulerAncestralDiscreteScheduler",
    "dpmpp-2m": "DPMSolverMultistepScheduler", "dpmpp-2m-sde": "DPMSolverMultistepScheduler",
    "dpmpp-2s-a": "EulerDiscreteScheduler", "unipc": "UniPCMultistepScheduler", "lcm": "LCMScheduler", "tcd": "TCDScheduler",
}
SIGMA_KINDS = ["lms", "heun", "euler", "euler-a", "dpmpp-2m", "dpmpp-2m-sde", "dpmpp-2s-a", "unipc"]
SD = {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1,
      "clip_sample": False, "set_alpha_to_one": False, "skip_prk_steps": True}


def bank(name, *shape):
    return torch.randn(shape, generator=generator(name))


SAMPLE, ORIGINAL = bank("schedulers.sample", *SHAPE), bank("schedulers.original", *SHAPE)
TEXTURE, NOISE = bank("schedulers.texture", CALLS, *SHAPE), bank("schedulers.noise", CALLS, *SHAPE)


def model(sample, timestep, call):
    return sample * (0.4 + 0.5 * float(timestep) / 1000) + 0.3 * TEXTURE[call]


def cases():
    def case(kind, steps, sigmas=None, start=0, eta=None, **config):
        config = {**SD, **config}
        if kind == "dpmpp-2m-sde":
            config["algorithm_type"] = "sde-dpmsolver++"
        return {"kind": kind, "sigmas": sigmas, "steps": steps, "start": start, "eta": eta, "config": config}

    def steps_of(kind, config={}):
        return [s for s in (1, 4, 20, 50) if s >= 4 or config.get("skip_prk_steps", True)]

    for kind in CLASSES:
        # Every scheduler at every number of steps with every spacing and prediction type.
        for prediction in ["epsilon", "v_prediction", "sample"]:
            if prediction == "sample" and kind in ("pndm", "euler-a"):  # diffusers has no formula
                continue
            spacings = [None] if kind in ("lcm", "tcd") else ["leading", "trailing", "linspace"]
            for spacing in spacings:
                for steps in steps_of(kind):
                    yield case(kind, steps, prediction_type=prediction, **({"timestep_spacing": spacing} if spacing else {}))
        # The other betas, also with the defaults of the class for the spacing.
        yield case(kind, 20)
        yield case(kind, 20, beta_schedule="linear", beta_start=0.0001, beta_end=0.02, steps_offset=0)
        yield case(kind, 20, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", timestep_spacing="leading")
        yield case(kind, 4, num_train_timesteps=40, trained_betas=[0.02 + 0.004 * i for i in range(40)], original_inference_steps=20)
        # Image-to-image: begin in the middle.
        for start, steps in [(2, 4), (13, 20), (49, 50)]:
            yield case(kind, steps, start=start, timestep_spacing="leading")
            yield case(kind, steps, start=start, timestep_spacing="leading", prediction_type="v_prediction")
    # Zero terminal signal.
    for kind in ["ddim", "ddpm", "euler", "euler-a", "dpmpp-2m", "dpmpp-2m-sde", "unipc", "lcm", "tcd"]:
        for steps in steps_of(kind):
            yield case(kind, steps, rescale_betas_zero_snr=True, prediction_type="v_prediction", timestep_spacing="trailing")
    # Sigma schedules.
    for kind in SIGMA_KINDS:
        for sigmas in ["karras", "exponential", "beta", "sgm-uniform"]:
            for steps in steps_of(kind):
                yield case(kind, steps, sigmas=sigmas)
            yield case(kind, 20, sigmas=sigmas, prediction_type="v_prediction", timestep_spacing="leading")
            yield case(kind, 20, sigmas=sigmas, start=9)
            yield case(kind, 7, sigmas=sigmas, beta_schedule="linear", beta_start=0.0001, beta_end=0.02)
            yield case(kind, 12, sigmas=sigmas, beta_schedule="squaredcos_cap_v2")
    # Options of single schedulers.
    for eta in [0.5, 1.0]:
        yield case("ddim", 20, eta=eta)
        yield case("tcd", 4, eta=eta)
    yield case("tcd", 4, eta=0.0)
    yield case("ddim", 20, set_alpha_to_one=True, clip_sample=True, clip_sample_range=0.8)
    for variance in ["fixed_small", "fixed_small_log", "fixed_large"]:
        yield case("ddpm", 20, variance_type=variance, clip_sample=True)
    for kind in ["heun", "lcm"]:
        yield case(kind, 4, clip_sample=True, clip_sample_range=0.7)
    for steps in [4, 5, 20, 50]:
        yield case("pndm", steps, skip_prk_steps=False)
    yield case("pndm", 20, skip_prk_steps=False, prediction_type="v_prediction", set_alpha_to_one=True)
    yield case("pndm", 20, skip_prk_steps=False, start=6)
    yield case("euler", 10, final_sigmas_type="sigma_min")
    yield case("euler", 10, sigmas="karras", sigma_min=0.05, sigma_max=10.0)
    for steps in [10, 20]:
        for kind, orders in [("dpmpp-2m", [1, 3]), ("dpmpp-2m-sde", [1])]:
            for order in orders:
                yield case(kind, steps, solver_order=order)
            for extra in [{"solver_type": "heun"}, {"lower_order_final": False}, {"euler_at_final": True}, {"final_sigmas_type": "sigma_min"},
                          {"final_sigmas_type": "sigma_min", "euler_at_final": True}]:
                yield case(kind, steps, **extra)
            yield case(kind, steps, sigmas="karras", final_sigmas_type="sigma_min")
        for extra in [{"solver_order": 1}, {"solver_order": 3}, {"solver_type": "bh1", "final_sigmas_type": "sigma_min"},  # at sigma 0 diffusers' bh1 is NaN
                      {"solver_type": "bh1", "solver_order": 3, "final_sigmas_type": "sigma_min"},
                      {"disable_corrector": [0, 1]}, {"final_sigmas_type": "sigma_min"}, {"lower_order_final": False, "final_sigmas_type": "sigma_min"}]:
            yield case("unipc", steps, **extra)
        yield case("unipc", steps, sigmas="exponential", final_sigmas_type="sigma_min")
    yield case("dpmpp-2m", 20, beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1)
    yield case("dpmpp-2m", 20, beta_schedule="squaredcos_cap_v2", sigmas="karras", lambda_min_clipped=-5.1)


def sgm_uniform(scheduler, steps):
    """A1111's `sgm_uniform` (modules/sd_schedulers.py) with k-diffusion's `t_to_sigma`."""
    log_sigmas = (((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5).log()
    times = torch.linspace(len(log_sigmas) - 1, 0, steps + 1, dtype=torch.float64)[:-1]
    low, high, weight = times.floor().long(), times.ceil().long(), times.frac()
    sigmas = ((1 - weight) * log_sigmas[low] + weight * log_sigmas[high]).exp()
    return torch.cat([sigmas, torch.zeros(1)]).float(), times.float()


def built(case):
    """The scheduler with its timesteps set, whatever it takes."""
    kind, sigmas, steps, config = case["kind"], case["sigmas"], case["steps"], dict(case["config"])
    cls = getattr(diffusers, CLASSES[kind])
    if sigmas in ("karras", "exponential", "beta"):
        config[f"use_{sigmas}_sigmas"] = True
    scheduler = cls.from_config(config)
    scheduler.set_timesteps(steps)
    if sigmas and kind == "euler-a" and sigmas != "sgm-uniform":
        euler = diffusers.EulerDiscreteScheduler.from_config(config)
        euler.set_timesteps(steps)
        scheduler.sigmas, scheduler.timesteps = euler.sigmas, euler.timesteps
    if sigmas == "sgm-uniform":
        found, times = sgm_uniform(scheduler, steps)
        if kind == "heun":
            found = torch.cat([found[:1], found[1:-1].repeat_interleave(2), found[-1:]])
            times = torch.cat([times[:1], times[1:].repeat_interleave(2)])
        scheduler.sigmas, scheduler.timesteps = found, times
    return scheduler


def run(case):
    """Samples after the first, the middle and the last call; timesteps; the first noise level."""
    scheduler = built(case)
    if case["kind"] == "dpmpp-2s-a":
        return dpmpp_2s_ancestral(scheduler, case)
    begin = case["start"] * scheduler.order
    timesteps = scheduler.timesteps
    calls = len(timesteps)
    sigma = float(scheduler.init_noise_sigma)
    if case["sigmas"] == "sgm-uniform" and "sigmas" in vars(scheduler) and case["kind"] not in ("dpmpp-2m", "dpmpp-2m-sde", "unipc"):
        sigma = float(scheduler.sigmas[0])
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    sample = SAMPLE * sigma
    if begin:
        sample = scheduler.add_noise(ORIGINAL, SAMPLE, timesteps[begin:begin + 1])
    kept = []
    for call in range(begin, calls):
        sys.modules[type(scheduler).__module__].randn_tensor = lambda shape, **_: NOISE[call]
        timestep = timesteps[call]
        output = model(scheduler.scale_model_input(sample, timestep), timestep, call)
        extra = {"eta": case["eta"]} if case["eta"] is not None else {}
        sample = scheduler.step(output, timestep, sample, **extra).prev_sample
        kept.append(sample)
    return kept, timesteps.double(), sigma


def dpmpp_2s_ancestral(scheduler, case):
    """k-diffusion's `sample_dpmpp_2s_ancestral` with eta = 1, in its own terms."""
    sigmas = scheduler.sigmas.double()
    log_sigmas = np.log(np.array(((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5))
    prediction = case["config"].get("prediction_type", "epsilon")
    sigma_of, t_of = (lambda t: (-t).exp()), (lambda s: -s.log())
    kept, timesteps = [], []

    def denoised(x, sigma, call):
        timestep = timesteps[call]
        output = model(x / (sigma**2 + 1) ** 0.5, timestep, call)
        if prediction == "epsilon":
            return x - sigma * output
        if prediction == "sample":
            return output
        return x / (sigma**2 + 1) - sigma / (sigma**2 + 1) ** 0.5 * output

    plan = []
    for i in range(len(sigmas) - 1):
        up = min(sigmas[i + 1], (sigmas[i + 1] ** 2 * (sigmas[i] ** 2 - sigmas[i + 1] ** 2) / sigmas[i] ** 2) ** 0.5)
        down = (sigmas[i + 1] ** 2 - up**2) ** 0.5
        plan.append((up, down, len(timesteps)))
        timesteps.append(float(scheduler.timesteps[i]))
        if down > 0:
            t, t_next = t_of(sigmas[i]), t_of(down)
            middle = sigma_of(t + 0.5 * (t_next - t))
            timesteps.append(float(scheduler._sigma_to_t(np.array(middle.item()), log_sigmas)))
    leading = scheduler.config.timestep_spacing == "leading" and case["sigmas"] != "sgm-uniform"
    init = float((sigmas[0] ** 2 + 1) ** 0.5 if leading else sigmas[0])
    x = ORIGINAL + SAMPLE * float(sigmas[case["start"]]) if case["start"] else SAMPLE * init
    x = x.double()
    for i in range(case["start"], len(plan)):
        up, down, call = plan[i]
        first = denoised(x, sigmas[i], call)
        if down == 0:
            x = x + (x - first) / sigmas[i] * (down - sigmas[i])
        else:
            t, t_next = t_of(sigmas[i]), t_of(down)
            h = t_next - t
            s = t + 0.5 * h
            x_2 = (sigma_of(s) / sigma_of(t)) * x - (-h * 0.5).expm1() * first
            kept.append(x_2)
            second = denoised(x_2, sigma_of(s), call + 1)
            x = (sigma_of(t_next) / sigma_of(t)) * x - (-h).expm1() * second
            x = x + NOISE[call + 1] * up
        kept.append(x)
    return kept, torch.tensor(timesteps, dtype=torch.float64), init


def main():
    written, samples, timesteps = [], [], []
    for case in cases():
        kept, times, sigma = run(case)
        assert all(torch.isfinite(k).all() for k in kept), case
        samples += [kept[0], kept[len(kept) // 2], kept[-1]]
        timesteps.append(times)
        written.append({**case, "calls": len(times), "init_noise_sigma": sigma})
    FIXTURES.mkdir(exist_ok=True)
    lines = ",\n".join(" " + json.dumps(case, sort_keys=True) for case in written)
    (FIXTURES / "cases.json").write_text(f"[\n{lines}\n]\n")
    tensors = {"sample": SAMPLE, "original": ORIGINAL, "texture": TEXTURE, "noise": NOISE,
               "samples": torch.stack([s.float() for s in samples]), "timesteps": torch.cat(timesteps)}
    save_io(FIXTURES / "io.safetensors", tensors, stamp(__file__))
    print(len(written), "cases")


main()
