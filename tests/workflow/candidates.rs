//! Candidates of a project, made by the real engine: of two regions at once, and of two put together.

use image::{GrayImage, Luma};
use kento::metadata::{self, MixRecord};
use kento::studio::{Happened, ModelShelf, StudioProject, Woken, Workbench, pixels_sha256};
use kento::{build_info, input_image, mixing, model};
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::{DeviceRequest, EngineEvent};
use kento_studio::workflow::{Candidacy, Command, EditedImage, JobStatus};
use kento_studio::{
    CropBox, Fill, ImageReference, JobId, PersonName, Recipe, Region, SchemaV1, Sha256, Softness, Task,
};

use crate::{copied, kento, stderr, stdout};

fn bench(folder: &std::path::Path) -> Workbench {
    let project = StudioProject::open(folder, PersonName::new("Mara Lind").unwrap()).unwrap().project;
    let mut shelf = ModelShelf::default();
    shelf.put(model::open(model::STARTER, None).unwrap());
    let device = DeviceRequest { device: "cpu".to_owned(), ..DeviceRequest::default() };
    let launch = EngineLaunch { program: env!("CARGO_BIN_EXE_kento").into(), args: vec!["engine".into()], device };
    let mut bench = Workbench::new(project, shelf, launch).unwrap();
    bench.wait_until_ready().unwrap();
    bench
}

/// A mask over a square of the keeper, as a file of the project.
fn mask(bench: &Workbench, at: u32, side: u32) -> Vec<u8> {
    let inside = |at_in_image: u32| (at..at + side).contains(&at_in_image);
    let mask = GrayImage::from_fn(128, 128, |x, y| Luma([if inside(x) && inside(y) { 255 } else { 0 }]));
    let mut png = std::io::Cursor::new(Vec::new());
    mask.write_to(&mut png, image::ImageFormat::Png).unwrap();
    bench.project().put_image(png.get_ref()).unwrap();
    png.into_inner()
}

/// A repair of a square of the keeper in 2 steps, one candidate for each seed.
fn repair(bench: &Workbench, parent: Sha256, at: u32, seeds: &[u64]) -> (Command, Sha256) {
    let mask = bench.project().put_image(&mask(bench, at, 24)).unwrap();
    let reference = |sha256| ImageReference { sha256, width: 128, height: 128 };
    let crop = CropBox { x: 0, y: 0, width: 128, height: 128 };
    let region = Region { crop, fill: Fill::Neighbour, blend: 8, soft: Softness::Hard, extend: None };
    let own = &bench.project().state().jobs_of_image(&parent).next().unwrap().1.request.recipe;
    let recipe = Box::new(Recipe { steps: 2, ..own.clone() });
    let task = Task::Inpaint { image: reference(parent), mask: reference(mask), strength: 0.9, region: Some(region) };
    let (seeds, masked_share) = (seeds.to_vec(), 576.0 / 16_384.0);
    (Command::StartRepair { parent, recipe, task, seeds, masked_share, overrule: None }, mask)
}

fn candidates(bench: &Workbench, parent: Sha256) -> Vec<(JobId, Sha256)> {
    let state = bench.project().state();
    let made = state.jobs().iter().filter_map(|(id, job)| match job.status {
        JobStatus::Done { image } if job.purpose.parent() == Some(parent) => Some((*id, image)),
        _ => None,
    });
    made.filter(|(_, image)| state.image(image).unwrap().candidacy == Some(Candidacy::Waits)).collect()
}

#[test]
fn a_second_region_is_queued_while_the_first_runs_and_both_come_as_candidates_of_their_own_masks() {
    let (_place, folder) = copied();
    let mut bench = bench(&folder);
    let parent = bench.project().state().keepers().first().unwrap().sha256;
    let (first, first_mask) = repair(&bench, parent, 10, &[1, 2]);
    let (second, second_mask) = repair(&bench, parent, 80, &[3, 4]);
    bench.decide(&first).unwrap();
    let mut begun = Some(second);
    loop {
        bench.give_work();
        if begun.is_none() && bench.queue().is_empty() {
            break;
        }
        let Woken::Engine(happened) = bench.wait(&crossbeam_channel::never::<()>()) else { panic!() };
        for one in happened {
            match one {
                Happened::Engine(EngineEvent::Step { .. }) if begun.is_some() => {
                    assert_eq!(candidates(&bench, parent), [], "the first region is still being made");
                    bench.decide(&begun.take().unwrap()).unwrap();
                }
                Happened::Engine(_) | Happened::ImageSaved { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    let made = candidates(&bench, parent);
    assert_eq!(made.len(), 4);
    let before = input_image::read_rgb(&bench.project().project().images().path(parent)).unwrap().pixels;
    let state = bench.project().state().clone();
    for (number, (job, image)) in made.iter().enumerate() {
        let (mask, at, strip) = if number < 2 { (first_mask, 10, 1) } else { (second_mask, 80, 2) };
        let job = state.job(*job).unwrap();
        assert_eq!((job.request.task.mask(), job.purpose.strip()), (Some(mask), Some(strip)));
        // Only its own mask and the band around it differ from the image before.
        let after = input_image::read_rgb(&bench.project().project().images().path(*image)).unwrap().pixels;
        let differs = |x: u32, y: u32| {
            let place = ((y * 128 + x) * 3) as usize;
            before.data[place..place + 3] != after.data[place..place + 3]
        };
        let near = |v: u32| (at - 8..at + 24 + 8).contains(&v);
        let changed: Vec<(u32, u32)> =
            (0..128).flat_map(|y| (0..128).map(move |x| (x, y))).filter(|(x, y)| differs(*x, *y)).collect();
        assert!(changed.len() > 100 && changed.iter().all(|(x, y)| near(*x) && near(*y)), "candidate {number}");
    }
    bench.close().unwrap();
}

#[test]
fn a_mix_of_two_candidates_is_made_again_from_its_card_bit_for_bit() {
    let (_place, folder) = copied();
    let mut bench = bench(&folder);
    let parent = bench.project().state().keepers().first().unwrap().sha256;
    bench.decide(&repair(&bench, parent, 40, &[1, 2]).0).unwrap();
    bench.work_until_idle(|_| {}).unwrap();
    let [(_, first), (_, second)] = candidates(&bench, parent)[..] else { panic!("two candidates") };
    let stored = |sha256| input_image::read_rgb(&bench.project().project().images().path(sha256)).unwrap().pixels;
    let png = mask(&bench, 50, 10);
    let mask = bench.project().put_image(&png).unwrap();
    let mixed = mixing::mix(&stored(first), &stored(second), &png).unwrap();
    let pixel = |pixels: &kento_engine::protocol::Pixels, x: usize, y: usize| pixels.data[(y * 128 + x) * 3];
    assert_eq!(pixel(&mixed, 55, 55), pixel(&stored(second), 55, 55));
    assert_eq!(pixel(&mixed, 45, 45), pixel(&stored(first), 45, 45));
    let record = MixRecord { schema: SchemaV1, first, second, mask, tool: build_info::tool() };
    let sha256 = bench.project().put_image(&metadata::encode_mix(&mixed, &record).unwrap()).unwrap();
    let pixels = pixels_sha256(&mixed);
    let result = EditedImage { sha256, pixels_sha256: pixels, width: 128, height: 128 };
    let reference = ImageReference { sha256: mask, width: 128, height: 128 };
    bench.decide(&Command::MixCandidates { first, second, mask: reference, result }).unwrap();
    bench.decide(&Command::AcceptRepair { image: sha256 }).unwrap();
    assert!(bench.project().state().is_keeper(&sha256));
    bench.close().unwrap();

    // Its card alone, in a folder with nothing else.
    let clean = tempfile::tempdir().unwrap();
    let card = clean.path().join("card.ron");
    std::fs::copy(folder.join(format!("finished/{sha256}.ron")), &card).unwrap();
    let verify = || kento(&["verify", card.to_str().unwrap(), "--device", "cpu"]);
    let verified = verify();
    assert!(verified.status.success(), "{}", stderr(&verified));
    let told = stdout(&verified);
    assert!(
        told.contains("is made again in 4 steps, 4 of them identical") && told.contains(&pixels.auto_v2()),
        "{told}"
    );
    let as_json = kento(&["verify", card.to_str().unwrap(), "--device", "cpu", "--json"]);
    assert!(stdout(&as_json).contains(&format!("\"again_pixels\":\"{pixels}\"")), "{}", stdout(&as_json));
    // The two the other way round are another picture.
    let text = std::fs::read_to_string(&card).unwrap();
    let (one, two) = (format!("first: \"{first}\""), format!("first: \"{second}\""));
    assert_eq!(text.matches(&one).count(), 1, "{text}");
    let turned = text.replace(&one, &two).replace(&format!("second: \"{second}\""), &format!("second: \"{first}\""));
    std::fs::write(&card, turned).unwrap();
    let other = verify();
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("step 4 of 4: the mix has other pixels"), "{}", stderr(&other));
    let checked = kento(&["project", "check", folder.to_str().unwrap()]);
    assert!(checked.status.success() && !stdout(&checked).contains("named by no record"), "{}", stdout(&checked));
}
