//! A repair in a project: the workbench's pictures are those of `kento repair`.

use std::fs::File;
use std::io::BufReader;

use image::{GrayImage, Luma};
use kento::studio::{ModelShelf, StudioProject, Workbench, pixels_sha256};
use kento::{input_image, metadata, model};
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::DeviceRequest;
use kento_studio::PersonName;
use kento_studio::card::FinishedCard;
use kento_studio::library::read_ron;
use kento_studio::workflow::Command;

use crate::{copied, kento, stderr, stdout};

#[test]
fn a_repair_in_the_project_gives_the_picture_of_the_command_line() {
    let (place, folder) = copied();
    let project = StudioProject::open(&folder, PersonName::new("Mara Lind").unwrap()).unwrap().project;
    let parent = project.state().keepers().first().unwrap().sha256;
    let image = project.project().images().path(parent);
    let mask = place.path().join("mask.png");
    GrayImage::from_fn(128, 128, |x, y| Luma([if (30..60).contains(&x) && (40..70).contains(&y) { 255 } else { 0 }]))
        .save(&mask)
        .unwrap();
    let out = place.path().join("out.png");
    let [image_path, mask_path, out_path] = [&image, &mask, &out].map(|path| path.to_str().unwrap());
    let line = ["repair", image_path, "--mask", mask_path, "--prompt", "a blue boat by the sea", "--seed", "5"];
    let made = kento(&[&line[..], &["--steps", "2", "--device", "cpu", "--out", out_path]].concat());
    assert!(made.status.success(), "{}", stderr(&made));
    let request = metadata::read(BufReader::new(File::open(&out).unwrap())).unwrap().record.unwrap().request;
    assert!(request.task.region().is_some());

    let mut shelf = ModelShelf::default();
    shelf.put(model::open(model::STARTER, None).unwrap());
    let device = DeviceRequest { device: "cpu".to_owned(), ..DeviceRequest::default() };
    let launch = EngineLaunch { program: env!("CARGO_BIN_EXE_kento").into(), args: vec!["engine".into()], device };
    let mut bench = Workbench::new(project, shelf, launch).unwrap();
    bench.project().put_image(&std::fs::read(&mask).unwrap()).unwrap();
    let before = bench.project().state().images().len();
    let (recipe, task, seeds) = (Box::new(request.recipe), request.task, vec![5]);
    let repair = Command::StartRepair { parent, recipe, task, seeds, masked_share: 900.0 / 16_384.0, overrule: None };
    bench.decide(&repair).unwrap();
    bench.wait_until_ready().unwrap();
    bench.work_until_idle(|_| {}).unwrap();
    let state = bench.project().state();
    assert_eq!(state.images().len(), before + 1);
    let repaired = state.images().values().find(|image| image.parent == Some(parent)).unwrap();
    assert_eq!((repaired.width, repaired.height), (128, 128));
    let expected = input_image::read_rgb(&out).unwrap().pixels;
    assert_eq!(repaired.pixels_sha256, pixels_sha256(&expected), "the window and the command line go one way");
    let kept = input_image::read_rgb(&image).unwrap().pixels;
    assert_eq!(kept.data[..20 * 128 * 3], expected.data[..20 * 128 * 3], "rows above the mask keep their bytes");
    let (repaired, pixels) = (repaired.sha256, repaired.pixels_sha256);
    bench.decide(&Command::AcceptRepair { image: repaired }).unwrap();
    assert!(bench.project().state().is_keeper(&repaired));
    bench.close().unwrap();

    // Its card alone, in a folder with nothing else, makes it again.
    let clean = tempfile::tempdir().unwrap();
    let card = clean.path().join("card.ron");
    std::fs::copy(folder.join(format!("finished/{repaired}.ron")), &card).unwrap();
    let finished: FinishedCard = read_ron(&card).unwrap();
    assert!(finished.in_order().all(|made| finished.picture(&made.sha256()).is_some()), "each step's look is in it");
    let verify = || kento(&["verify", card.to_str().unwrap(), "--device", "cpu", "--json"]);
    let verified = verify();
    assert!(verified.status.success(), "{}", stderr(&verified));
    assert!(stdout(&verified).contains(&format!("\"again_pixels\":\"{pixels}\"")), "{}", stdout(&verified));
    // Another seed in its last step is another picture, and a changed mask is not the card's.
    let text = std::fs::read_to_string(&card).unwrap();
    assert_eq!(text.matches("seed: 5,").count(), 1, "{text}");
    std::fs::write(&card, text.replace("seed: 5,", "seed: 6,")).unwrap();
    let other = verify();
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("step 2 of 2: the second render has other pixels"), "{}", stderr(&other));
    std::fs::write(&card, text.replacen("png: \"89", "png: \"88", 1)).unwrap();
    let damaged = verify();
    assert_eq!(damaged.status.code(), Some(1));
    assert!(stderr(&damaged).contains("is not in the card as its hash says"), "{}", stderr(&damaged));
    let checked = kento(&["project", "check", folder.to_str().unwrap()]);
    assert!(checked.status.success() && !stdout(&checked).contains("named by no record"), "{}", stdout(&checked));
}
