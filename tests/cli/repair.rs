//! What `kento repair` promises.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Output;

use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use kento::metadata::{self, Parameters};
use kento_studio::{CropBox, Fill, Margins, Softness, Task};

use crate::support::{folder, json, kento, names, sentence, tiny_model};

/// `kento repair` with the tiny model in 2 steps on the CPU; later arguments win.
fn repair(folder: &Path, args: &[&str]) -> Output {
    let mut command = kento(folder);
    command.current_dir(folder).args(["repair", "image.png", "--device", "cpu", "--model"]).arg(tiny_model());
    for (name, value) in [("--prompt", "a red sun"), ("--steps", "2"), ("--seed", "7"), ("--out", "out.png")] {
        if !args.contains(&name) {
            command.args([name, value]);
        }
    }
    if !args.contains(&"--mask") && !args.contains(&"--extend") {
        command.args(["--mask", "mask.png"]);
    }
    command.args(args).output().unwrap()
}

#[track_caller]
fn refused(folder: &Path, args: &[&str], code: i32) -> String {
    sentence(&repair(folder, args), code)
}

fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, ((x * y) % 256) as u8]))
}

/// An image of 101x77 and a mask over 20x16 pixels of it.
fn write_pictures(folder: &Path) {
    picture(101, 77).save(folder.join("image.png")).unwrap();
    write_mask(folder, |x, y| if (40..60).contains(&x) && (30..46).contains(&y) { 255 } else { 0 });
}

fn write_mask(folder: &Path, value: impl Fn(u32, u32) -> u8) {
    GrayImage::from_fn(101, 77, |x, y| Luma([value(x, y)])).save(folder.join("mask.png")).unwrap();
}

fn read(folder: &Path, name: &str) -> RgbImage {
    image::open(folder.join(name)).unwrap().into_rgb8()
}

#[test]
fn a_repair_changes_the_mask_and_its_band_and_says_how_it_was_made() {
    let folder = folder();
    write_pictures(folder.path());
    let line = &json(&repair(folder.path(), &["--json"]))[0];
    assert_eq!(
        (line["width"].as_u64(), line["height"].as_u64(), line["seed"].as_u64()),
        (Some(101), Some(77), Some(7))
    );
    let (before, after) = (read(folder.path(), "image.png"), read(folder.path(), "out.png"));
    let record = metadata::read(BufReader::new(File::open(folder.path().join("out.png")).unwrap())).unwrap();
    let request = record.record.unwrap().request;
    let Task::Inpaint { image, mask, strength, region: Some(region) } = &request.task else { panic!("no region") };
    assert_eq!(((image.width, image.height), (mask.width, mask.height), *strength), ((101, 77), (101, 77), 0.85));
    assert_eq!((request.recipe.width, request.recipe.height, request.picture_size()), (64, 64, (101, 77)));
    assert_eq!((region.fill, region.soft, region.extend), (Fill::Neighbour, Softness::Hard, None));
    assert_eq!(line["region"]["crop"]["width"].as_u64(), Some(u64::from(region.crop.width)));
    let parameters = Parameters::parse(&record.parameters.unwrap());
    assert_eq!(parameters.get("Masked content"), Some("neighbour"));
    let (mut changed, reach) = (0, region.blend);
    for (x, y, pixel) in after.enumerate_pixels() {
        let near = (40 - reach..60 + reach).contains(&x) && (30 - reach..46 + reach).contains(&y);
        assert!(near || pixel == before.get_pixel(x, y), "{x}, {y} was changed");
        changed += u32::from(pixel != before.get_pixel(x, y));
    }
    assert!(changed >= 20 * 16 / 2, "{changed} pixels changed");
    // The same request makes the same file, another seed another one.
    let bytes = std::fs::read(folder.path().join("out.png")).unwrap();
    json(&repair(folder.path(), &["--json", "--out", "again.png"]));
    assert_eq!(bytes, std::fs::read(folder.path().join("again.png")).unwrap());
    let two = json(&repair(folder.path(), &["--json", "--count", "2", "--out", "two"]));
    assert_eq!((two.len(), two[0]["pixels_sha256"] == line["pixels_sha256"]), (2, true));
    assert_ne!(two[0]["pixels_sha256"], two[1]["pixels_sha256"]);
}

#[test]
fn every_fill_and_a_soft_mask_make_another_picture() {
    let folder = folder();
    write_pictures(folder.path());
    let mut made = Vec::new();
    for fill in ["original", "blur", "neighbour", "latent-noise", "#00ff00"] {
        let line = json(&repair(folder.path(), &["--json", "--fill", fill, "--strength", "0.5"]));
        made.push(line[0]["pixels_sha256"].as_str().unwrap().to_owned());
    }
    write_mask(folder.path(), |x, y| if (20..80).contains(&x) && (20..30).contains(&y) { (x * 3) as u8 } else { 0 });
    let soft = json(&repair(folder.path(), &["--json", "--soft"]));
    assert_eq!(soft[0]["region"]["soft"].as_str(), Some("soft"));
    made.push(soft[0]["pixels_sha256"].as_str().unwrap().to_owned());
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 6);
}

#[test]
fn a_repair_is_made_with_every_setting_that_an_image_is_made_with() {
    let folder = folder();
    write_pictures(folder.path());
    let plain = json(&repair(folder.path(), &["--json", "--strength", "1"]));
    let vae = tiny_model().join("vae");
    let mut made = vec![plain[0]["pixels_sha256"].clone()];
    for args in [
        &["--noise", "philox"][..],
        &["--scheduler", "Euler", "--sigmas", "karras"],
        &["--clip-skip", "2"],
        &["--guidance-rescale", "0.7"],
    ] {
        let line = json(&repair(folder.path(), &[args, &["--json", "--strength", "1"]].concat()));
        made.push(line[0]["pixels_sha256"].clone());
    }
    for (i, hash) in made.iter().enumerate() {
        assert!(!made[..i].contains(hash), "{i} makes the same picture");
    }
    let line = json(&repair(folder.path(), &["--json", "--strength", "1", "--vae", vae.to_str().unwrap()]));
    assert_eq!(line[0]["pixels_sha256"], plain[0]["pixels_sha256"], "the VAE is the model's own");
    let file = BufReader::new(File::open(folder.path().join("out.png")).unwrap());
    let recipe = metadata::read(file).unwrap().record.unwrap().request.recipe;
    assert!(recipe.vae.is_some());
    assert!(refused(folder.path(), &["--sigmas", "magic"], 2).contains("karras"));
    assert!(refused(folder.path(), &["--scheduler", "LCM Karras"], 2).contains("does not follow sigmas"));
    assert!(refused(folder.path(), &["--scheduler", "TCD", "--steps", "51"], 1).contains("1 to 50 steps"));
    assert!(refused(folder.path(), &["--vae", "nowhere.safetensors"], 1).contains("nowhere.safetensors"));
}

#[test]
fn a_margin_makes_the_image_larger_with_or_without_a_mask() {
    let folder = folder();
    write_pictures(folder.path());
    json(&repair(folder.path(), &["--json", "--extend", "0,0,24,8"]));
    let (before, after) = (read(folder.path(), "image.png"), read(folder.path(), "out.png"));
    assert_eq!(after.dimensions(), (125, 85));
    let record = metadata::read(BufReader::new(File::open(folder.path().join("out.png")).unwrap())).unwrap().record;
    let task = record.unwrap().request.task;
    let region = task.region().unwrap();
    assert_eq!(region.extend, Some(Margins { left: 0, top: 0, right: 24, bottom: 8 }));
    for (x, y, pixel) in before.enumerate_pixels() {
        let near = x + region.blend >= 100 || y + region.blend >= 76;
        assert!(near || pixel == after.get_pixel(x, y), "{x}, {y} was changed");
    }
    json(&repair(folder.path(), &["--json", "--extend", "8,0,0,0", "--mask", "mask.png", "--out", "both.png"]));
    let both = read(folder.path(), "both.png");
    assert_eq!(both.dimensions(), (109, 77));
    assert_ne!(both.get_pixel(8 + 50, 40), before.get_pixel(50, 40));
    assert_eq!(both.get_pixel(8 + 90, 5), before.get_pixel(90, 5));
}

#[test]
fn a_chosen_crop_is_generated_in_its_proportion_and_put_back() {
    let folder = folder();
    write_pictures(folder.path());
    let before = read(folder.path(), "image.png");
    let request = |name: &str| {
        let file = BufReader::new(File::open(folder.path().join(name)).unwrap());
        metadata::read(file).unwrap().record.unwrap().request
    };
    let mut made = Vec::new();
    for (crop, generated) in [("30,20,40,40", (64, 64)), ("30, 22, 60, 30", (96, 48)), ("0,0,101,77", (72, 56))] {
        let line = json(&repair(folder.path(), &["--json", "--crop", crop, "--padding", "0"]));
        let request = request("out.png");
        assert_eq!((request.recipe.width, request.recipe.height), generated, "{crop}");
        let region = request.task.region().unwrap();
        let numbers: Vec<u32> = crop.split(',').map(|number| number.trim().parse().unwrap()).collect();
        let CropBox { x, y, width, height } = region.crop;
        assert_eq!([x, y, width, height], numbers[..]);
        let after = read(folder.path(), "out.png");
        assert_eq!(after.get_pixel(5, 5), before.get_pixel(5, 5));
        assert_ne!(after.get_pixel(50, 38), before.get_pixel(50, 38));
        made.push(line[0]["pixels_sha256"].as_str().unwrap().to_owned());
    }
    made.dedup();
    assert_eq!(made.len(), 3, "what the model sees around the mask counts");
}

#[test]
fn a_proportion_makes_the_image_wider_or_higher_and_leaves_it_in_the_middle() {
    let folder = folder();
    write_pictures(folder.path());
    let before = read(folder.path(), "image.png");
    for (ratio, size, place) in [("16:9", (137, 77), (18, 0)), ("1 : 1", (101, 101), (0, 12))] {
        json(&repair(folder.path(), &["--json", "--extend", ratio]));
        let after = read(folder.path(), "out.png");
        assert_eq!(after.dimensions(), size, "{ratio}");
        assert_eq!(after.get_pixel(place.0 + 50, place.1 + 38), before.get_pixel(50, 38));
    }
    let said = refused(folder.path(), &["--extend", "202:154"], 1);
    assert!(said.contains("the image of 101x77 has the proportion 202:154 already"), "{said}");
}

#[test]
fn one_pixel_and_a_whole_image_can_be_masked() {
    let folder = folder();
    write_pictures(folder.path());
    let before = read(folder.path(), "image.png");
    write_mask(folder.path(), |x, y| if (x, y) == (100, 0) { 255 } else { 0 });
    json(&repair(folder.path(), &["--json"]));
    let after = read(folder.path(), "out.png");
    assert_ne!(after.get_pixel(100, 0), before.get_pixel(100, 0));
    assert_eq!(after.get_pixel(50, 50), before.get_pixel(50, 50));
    write_mask(folder.path(), |_, _| 255);
    let sentence = refused(folder.path(), &[], 1);
    assert!(
        sentence.starts_with("100 % of the image is masked, more than a third: regenerate it, because"),
        "{sentence}"
    );
    json(&repair(folder.path(), &["--json", "--overrule", " the client wants this frame "]));
    assert_eq!(read(folder.path(), "out.png").dimensions(), (101, 77));
    let record = metadata::read(BufReader::new(File::open(folder.path().join("out.png")).unwrap())).unwrap().record;
    assert_eq!(record.unwrap().overrule.as_deref(), Some("the client wants this frame"), "the image says why");
    // What may change a little counts where grey says how far, and only there.
    write_mask(folder.path(), |x, y| if (x, y) == (100, 0) { 255 } else { 90 });
    let sentence = refused(folder.path(), &["--soft"], 1);
    assert!(sentence.starts_with("100 % of the image is masked, more than a third"), "{sentence}");
    json(&repair(folder.path(), &["--json"]));
}

#[test]
fn a_mask_is_what_is_see_through_or_opaque_in_a_file_of_any_kind() {
    let folder = folder();
    write_pictures(folder.path());
    let is_masked = |x: u32, y: u32| (40..60).contains(&x) && (30..46).contains(&y);
    let grey = json(&repair(folder.path(), &["--json"]));
    for (name, from, alpha) in [("m.webp", "transparency", [0, 255]), ("m.tif", "alpha", [255, 0])] {
        let alpha = |x, y| if is_masked(x, y) { alpha[0] } else { alpha[1] };
        RgbaImage::from_fn(101, 77, |x, y| Rgba([10, 20, 30, alpha(x, y)])).save(folder.path().join(name)).unwrap();
        let made = json(&repair(folder.path(), &["--json", "--mask", name, "--mask-from", from]));
        assert_eq!(made[0]["pixels_sha256"], grey[0]["pixels_sha256"], "{name}");
    }
}

#[test]
fn what_cannot_be_repaired_is_refused_in_one_sentence_and_leaves_nothing() {
    let folder = folder();
    write_pictures(folder.path());
    GrayImage::new(100, 77).save(folder.path().join("other.png")).unwrap();
    GrayImage::from_pixel(101, 77, Luma([100])).save(folder.path().join("faint.png")).unwrap();
    std::fs::write(folder.path().join("text.png"), "no image").unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--mask", "other.png"], 1, "the mask is 100x77 and the init image 101x77: make them the same size"),
        (&["--mask", "faint.png"], 1, "the mask is empty: paint over what is to be made anew"),
        (&["--mask", "text.png"], 1, "the image cannot be decoded"),
        (&["--mask", "nowhere.png"], 1, "the image cannot be read"),
        (&["--fill", "magic"], 2, "there is no fill \"magic\": write original, blur"),
        (&["--blend", "513"], 2, "the blend band must be at most 512 pixels and is 513"),
        (&["--strength", "0"], 2, "strength must be a number above 0"),
        (&["--extend", "1,2,3"], 2, "--extend takes four numbers of pixels up to 8192"),
        (&["--extend", "0,0,0,0"], 1, "the mask is empty"),
        (&["--extend", "8192,0,0,0"], 1, "width must be between 1 and 8192 pixels and is 8293"),
        (&["--extend", "16:0"], 2, "or a proportion as 16:9, and is"),
        (&["--crop", "1,2,3"], 2, "--crop takes four numbers of pixels, x,y,width,height, and is"),
        (&["--crop", "40,30,62,20"], 1, "the crop of 62x20 pixels at 40, 30 is not inside the image of 101x77"),
        (&["--crop", "41,30,20,20"], 1, "which reaches from 40, 30 to 60, 46: make it larger"),
        (&["--overrule", "why not"], 2, "at most a third of the image is masked"),
        (&["--steps", "0"], 2, "steps must be between 1 and 1000"),
        (&["--count", "2"], 2, "--count 2 makes several images"),
        (&["--out", "a.jpg"], 2, "images are written as PNG"),
        (&["--strength", "0.1", "--scheduler", "DDIM"], 1, "leaves no step to make"),
    ];
    for (args, code, expected) in cases {
        let sentence = refused(folder.path(), args, *code);
        assert!(sentence.contains(expected), "{args:?}: {sentence}");
    }
    let mut command = kento(folder.path());
    command.current_dir(folder.path()).args(["repair", "image.png", "--prompt", "x", "--out", "out.png"]);
    assert!(sentence(&command.output().unwrap(), 2).contains("--mask"));
    assert_eq!(names(folder.path()), ["faint.png", "image.png", "mask.png", "other.png", "text.png"]);
}

#[test]
fn deep_transparent_and_printing_colours_are_converted_with_a_notice() {
    let folder = folder();
    write_pictures(folder.path());
    let deep = image::ImageBuffer::from_fn(101, 77, |x, y| Rgb([(x * 600) as u16, (y * 800) as u16, 30_000]));
    deep.save(folder.path().join("image.png")).unwrap();
    let output = repair(folder.path(), &["--json"]);
    json(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kento: note: the image has more than 8 bits a channel"), "{said}");
    let after = read(folder.path(), "out.png");
    assert_eq!(after.get_pixel(0, 0), read(folder.path(), "image.png").get_pixel(0, 0));
    RgbaImage::from_fn(101, 77, |x, _| Rgba([10, 20, 30, if x == 0 { 0 } else { 255 }]))
        .save(folder.path().join("image.png"))
        .unwrap();
    let output = repair(folder.path(), &["--json"]);
    json(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kento: note: the image is transparent in places and is laid over white"), "{said}");
    let after = read(folder.path(), "out.png");
    assert_eq!((after.get_pixel(0, 0).0, after.get_pixel(1, 0).0), ([255; 3], [10, 20, 30]));
    image::ImageBuffer::from_fn(101, 77, |x, y| Luma([if x < 9 && y < 9 { 65_535_u16 } else { 0 }]))
        .save(folder.path().join("mask.png"))
        .unwrap();
    let output = repair(folder.path(), &["--json"]);
    json(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kento: note: the mask has more than 8 bits a channel"), "{said}");
    // A JPEG under any name is told by its content.
    let jpeg = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fixtures/cmyk.jpg");
    std::fs::copy(jpeg, folder.path().join("image.png")).unwrap();
    GrayImage::from_fn(64, 48, |x, y| Luma([if x < 9 && y < 9 { 255 } else { 0 }]))
        .save(folder.path().join("mask.png"))
        .unwrap();
    let output = repair(folder.path(), &["--json"]);
    json(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kento: note: the image has printing colours (CMYK)"), "{said}");
}

#[test]
fn the_largest_image_is_repaired() {
    let folder = folder();
    let flat = RgbImage::from_fn(8192, 8192, |x, y| Rgb([(x / 64) as u8, (y / 64) as u8, 99]));
    flat.save(folder.path().join("image.png")).unwrap();
    let is_masked = |x: u32, y: u32| (8100..8150).contains(&x) && (4000..4040).contains(&y);
    GrayImage::from_fn(8192, 8192, |x, y| Luma([if is_masked(x, y) { 255 } else { 0 }]))
        .save(folder.path().join("mask.png"))
        .unwrap();
    json(&repair(folder.path(), &["--json"]));
    let after = read(folder.path(), "out.png");
    assert_eq!(after.dimensions(), (8192, 8192));
    let rows_above = 3000 * 8192 * 3;
    assert_eq!(after.as_raw()[..rows_above], flat.as_raw()[..rows_above]);
    assert_ne!(after.get_pixel(8120, 4020), flat.get_pixel(8120, 4020));
}

#[test]
fn seams_are_measured_on_scenes_that_are_repaired_like_any_image() {
    let folder = folder();
    let mut command = kento(folder.path());
    command.current_dir(folder.path()).args(["seams", "--device", "cpu", "--model"]).arg(tiny_model());
    command.args(["--scenes", "2", "--steps", "2", "--keep", "kept", "--json"]);
    let lines = json(&command.output().unwrap());
    assert_eq!(lines.len(), 3, "two scenes, and all of them");
    assert_eq!([&lines[0]["scene"][1], &lines[1]["scene"][1]], ["flat", "down"]);
    assert_eq!(lines[2]["within"][1], 2);
    let most = |line: usize| lines[line]["mask_edge"]["most"].as_u64().unwrap();
    assert_eq!(most(2), most(0).max(most(1)));
    let kept = names(&folder.path().join("kept"));
    assert_eq!(kept.len(), 4, "{kept:?}");
    let [before, after] = ["before", "after"].map(|name| read(folder.path(), &format!("kept/scene-00-{name}.png")));
    assert!(before.dimensions() == after.dimensions() && before != after);
}
