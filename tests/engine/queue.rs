//! What the client promises: every job ends once, cancel works within a step, nothing that happens to the engine stops it.

use std::time::{Duration, Instant};

use kento_engine::client::{ClientEvent, EngineClient, LossCause, SubmitError};
use kento_engine::protocol::{EngineEvent, Pixels};
use kento_studio::{Dtype, JobId};

use crate::Test;
use crate::fake::STEP;
use crate::support::{
    PATIENCE, assert_succeeds, client, end_of, failure_of, is_running, job, kill, launch, next, until, wait_for_step,
    wait_until_gone,
};

pub const TESTS: &[Test] = &[
    ("a_job_streams_progress_and_previews_and_finishes", a_job_streams_progress_and_previews_and_finishes),
    ("jobs_run_in_order_and_each_ends_once", jobs_run_in_order_and_each_ends_once),
    ("killed_fifty_times_the_next_job_always_succeeds", killed_fifty_times_the_next_job_always_succeeds),
    ("cancel_takes_at_most_one_step", cancel_takes_at_most_one_step),
    ("a_queued_job_is_cancelled_without_being_begun", a_queued_job_is_cancelled_without_being_begun),
    ("every_accident_fails_one_job_and_names_its_cause", every_accident_fails_one_job_and_names_its_cause),
    ("a_step_that_never_ends_is_ended_by_force", a_step_that_never_ends_is_ended_by_force),
    ("a_client_that_does_not_read_stops_nothing", a_client_that_does_not_read_stops_nothing),
    ("requests_are_refused_before_they_are_queued", requests_are_refused_before_they_are_queued),
    ("a_recipe_for_another_dtype_fails", a_recipe_for_another_dtype_fails),
    #[cfg(unix)]
    ("a_path_that_is_no_unicode_arrives", a_path_that_is_no_unicode_arrives),
    ("a_job_that_cannot_be_written_fails_alone", a_job_that_cannot_be_written_fails_alone),
    ("a_device_that_cannot_be_opened_is_told_and_tried_again", a_device_that_cannot_be_opened_is_told_and_tried_again),
    ("an_engine_that_never_starts_is_given_up", an_engine_that_never_starts_is_given_up),
    ("a_device_that_never_opens_is_given_up", a_device_that_never_opens_is_given_up),
    ("dropping_the_client_ends_the_engine", dropping_the_client_ends_the_engine),
];

fn a_job_streams_progress_and_previews_and_finishes() {
    let client = client();
    client.submit(job(1, "p", 5)).unwrap();
    let mut steps = Vec::new();
    let events = until(&client, |event| matches!(event, ClientEvent::Engine(EngineEvent::Finished { .. })));
    for event in &events {
        if let ClientEvent::Engine(EngineEvent::Step { done, of, preview, .. }) = event {
            let preview = preview.as_ref().unwrap();
            assert_eq!((preview.width, preview.data.len(), preview.data[0]), (8, 192, *done as u8));
            steps.push((*done, *of));
        }
    }
    assert_eq!(steps, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    let Some(ClientEvent::Engine(EngineEvent::Ready { fingerprint, why })) = events.first() else {
        panic!("not ready first: {events:?}");
    };
    assert_eq!(
        (fingerprint.device.name.as_str(), fingerprint.dtype, why.as_str()),
        ("Fake", Dtype::F32, "it is a test")
    );
    assert!(events.iter().any(|event| matches!(event, ClientEvent::Engine(EngineEvent::Loading { .. }))));
    // The model stays loaded.
    client.submit(job(2, "p", 1)).unwrap();
    let events = until(&client, |event| matches!(event, ClientEvent::Engine(EngineEvent::Finished { .. })));
    assert!(!events.iter().any(|event| matches!(event, ClientEvent::Engine(EngineEvent::Loading { .. }))));
}

fn jobs_run_in_order_and_each_ends_once() {
    let client = client();
    for id in 1..=20 {
        client.submit(job(id, if id % 5 == 0 { "fail" } else { "p" }, 2)).unwrap();
    }
    assert_eq!(client.outstanding(), 20);
    let mut ended = Vec::new();
    while ended.len() < 20 {
        if let ClientEvent::Engine(event) = next(&client)
            && event.ends_job()
        {
            let JobId(id) = event.job().unwrap();
            assert_eq!(matches!(event, EngineEvent::Failed { .. }), id % 5 == 0, "{event:?}");
            ended.push(id);
        }
    }
    assert_eq!(ended, (1..=20).collect::<Vec<_>>());
    assert_eq!(client.outstanding(), 0);
    assert!(client.events().recv_timeout(Duration::from_millis(100)).is_err());
}

fn killed_fifty_times_the_next_job_always_succeeds() {
    let client = client();
    let mut slowest = Duration::ZERO;
    for round in 0..50 {
        let id = 2 * round + 1;
        client.submit(job(id, "p", 1000)).unwrap();
        // At another moment each time: before, at and after the first steps.
        wait_for_step(&client, id);
        std::thread::sleep(Duration::from_millis(round % 13));
        kill(client.process_id().unwrap());
        let killed = Instant::now();
        let error = failure_of(&client, id);
        assert!(error.contains("killed by signal 9"), "{error}");
        assert_succeeds(&client, id + 1);
        slowest = slowest.max(killed.elapsed());
    }
    println!("    50 kills survived; from a kill to the next finished job at most {} ms", slowest.as_millis());
}

fn cancel_takes_at_most_one_step() {
    // What the pipes, threads and the scheduler of a busy machine add to a step.
    const OVERHEAD: Duration = Duration::from_millis(100);
    let client = client();
    let mut times = Vec::new();
    for id in 1..=20 {
        client.submit(job(id, "p", 1000)).unwrap();
        wait_for_step(&client, id);
        std::thread::sleep(Duration::from_millis(id));
        let asked = Instant::now();
        client.cancel(JobId(id)).unwrap();
        assert_eq!(end_of(&client, id), EngineEvent::Cancelled { job: JobId(id) });
        times.push(asked.elapsed());
    }
    times.sort();
    println!(
        "    cancelled after {} ms in the middle, {} ms at most; a step is {} ms",
        times[10].as_millis(),
        times[19].as_millis(),
        STEP.as_millis()
    );
    assert!(times[19] <= STEP + OVERHEAD, "{times:?}");
    // A job that has ended, and one that never was.
    client.cancel(JobId(1)).unwrap();
    client.cancel(JobId(999)).unwrap();
    assert_succeeds(&client, 21);
}

fn a_queued_job_is_cancelled_without_being_begun() {
    let client = client();
    client.submit(job(1, "p", 30)).unwrap();
    client.submit(job(2, "p", 30)).unwrap();
    wait_for_step(&client, 1);
    client.cancel(JobId(2)).unwrap();
    assert_eq!(end_of(&client, 2), EngineEvent::Cancelled { job: JobId(2) });
    assert!(matches!(end_of(&client, 1), EngineEvent::Finished { .. }));
}

fn every_accident_fails_one_job_and_names_its_cause() {
    let client = client();
    let accidents: &[(&str, &[&str])] = &[
        ("panic", &["exit status 101", "panic in thread engine-inference", "a tensor has no elements"]),
        ("exit", &["exit status 77", "terminate called without an active exception"]),
        ("print", &["not a message", "[6e, 6f, 74, 65]"]),
        #[cfg(unix)]
        ("abort", &["crashed with signal 6"]),
    ];
    for (index, (prompt, parts)) in (0_u64..).zip(accidents) {
        let id = 10 * index + 1;
        client.submit(job(id, prompt, 50)).unwrap();
        // The queue goes on by itself.
        client.submit(job(id + 1, "p", 2)).unwrap();
        let mut causes: Vec<LossCause> = Vec::new();
        let error = loop {
            match next(&client) {
                ClientEvent::Lost(cause) => causes.push(cause),
                ClientEvent::Engine(EngineEvent::Failed { job, error }) if job == JobId(id) => break error,
                _ => {}
            }
        };
        for part in *parts {
            assert!(error.contains(part), "{prompt}: {error}");
        }
        assert_eq!(causes.len(), 1);
        assert_eq!(causes[0].to_string(), error);
        assert!(matches!(end_of(&client, id + 1), EngineEvent::Finished { .. }));
    }
    // A lost device ends the engine, because only another process can open it again.
    let before = client.process_id();
    client.submit(job(100, "lose the device", 50)).unwrap();
    assert_eq!(
        failure_of(&client, 100),
        "the engine stopped: the compute device was lost; it said: the driver reset the device"
    );
    assert_succeeds(&client, 101);
    assert_ne!(client.process_id(), before);
    // So much on stderr that an unread pipe would stand still.
    client.submit(job(102, "much stderr", 3)).unwrap();
    assert!(matches!(end_of(&client, 102), EngineEvent::Finished { .. }));
}

fn a_step_that_never_ends_is_ended_by_force() {
    let client = client();
    client.submit(job(1, "hang", 50)).unwrap();
    client.submit(job(2, "p", 2)).unwrap();
    wait_for_step(&client, 1);
    client.cancel(JobId(1)).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    client.restart().unwrap();
    assert!(failure_of(&client, 1).contains("ended on request"));
    assert!(matches!(end_of(&client, 2), EngineEvent::Finished { .. }));
}

fn a_client_that_does_not_read_stops_nothing() {
    let client = client();
    // Far more events than any channel or pipe holds.
    for id in 1..=100 {
        client.submit(job(id, "p", 20)).unwrap();
    }
    std::thread::sleep(Duration::from_secs(2));
    client.cancel(JobId(100)).unwrap();
    let began = Instant::now();
    for id in (1..=99).filter(|id| *id < 40) {
        assert!(matches!(end_of(&client, id), EngineEvent::Finished { .. }));
    }
    assert!(began.elapsed() < PATIENCE);
    // And it ends while events wait that nobody read.
    let process = client.process_id().unwrap();
    drop(client);
    wait_until_gone(process);
}

fn requests_are_refused_before_they_are_queued() {
    let client = client();
    let mut bad = job(1, "p", 2);
    bad.request.recipe.steps = 0;
    let error = client.submit(bad).unwrap_err();
    assert!(matches!(error, SubmitError::Refused(_)));
    assert_eq!(error.to_string(), "steps must be between 1 and 1000 and is 0");
    assert_eq!(client.outstanding(), 0);
    // Ten thousand words arrive whole.
    client.submit(job(2, &"word ".repeat(10_000), 2)).unwrap();
    assert!(matches!(end_of(&client, 2), EngineEvent::Finished { .. }));
}

fn a_recipe_for_another_dtype_fails() {
    let client = client();
    let mut other = job(1, "p", 2);
    other.request.recipe.dtype = Dtype::F16;
    client.submit(other).unwrap();
    assert_eq!(
        failure_of(&client, 1),
        "the recipe is for f16 and this engine computes in f32: open the device with f16"
    );
}

fn a_job_that_cannot_be_written_fails_alone() {
    let client = client();
    let mut cut = job(1, "p", 2);
    cut.init_image = Some(Pixels { width: 8, height: 8, channels: 3, data: vec![0; 7] });
    client.submit(cut).unwrap();
    client.submit(job(2, "p", 2)).unwrap();
    assert_eq!(
        failure_of(&client, 1),
        "the job cannot be handed to the engine: a picture's size and its bytes do not agree"
    );
    let process = client.process_id();
    assert!(matches!(end_of(&client, 2), EngineEvent::Finished { .. }));
    assert_eq!(client.process_id(), process, "the engine went on");
}

#[cfg(unix)]
fn a_path_that_is_no_unicode_arrives() {
    let client = client();
    let mut odd = job(1, "p", 2);
    odd.source.model = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(vec![b'/', 0xff]).into();
    client.submit(odd).unwrap();
    assert!(matches!(end_of(&client, 1), EngineEvent::Finished { .. }));
}

fn a_device_that_cannot_be_opened_is_told_and_tried_again() {
    let client = EngineClient::start(launch(&[], "gpu")).unwrap();
    let sentence = "there is no GPU on this machine: choose --device cpu";
    assert!(matches!(next(&client), ClientEvent::Unavailable(why) if why == sentence));
    assert_eq!(client.process_id(), None);
    for id in 1..=2 {
        client.submit(job(id, "p", 2)).unwrap();
        assert_eq!(failure_of(&client, id), sentence);
    }
}

fn an_engine_that_never_starts_is_given_up() {
    let client = EngineClient::start(launch(&["crash-at-start"], "auto")).unwrap();
    let events = until(&client, |event| matches!(event, ClientEvent::Unavailable(_)));
    assert_eq!(events.iter().filter(|event| matches!(event, ClientEvent::Lost(_))).count(), 3);
    let Some(ClientEvent::Unavailable(why)) = events.last() else { panic!("{events:?}") };
    assert_eq!(why, "the engine stopped: it ended with exit status 7; it said: cannot find libvulkan");
    let mut nowhere = launch(&[], "auto");
    nowhere.program = "/nowhere/kento".into();
    let client = EngineClient::start(nowhere).unwrap();
    assert!(matches!(next(&client), ClientEvent::Unavailable(why) if why.contains("cannot be started")));
    client.submit(job(1, "p", 2)).unwrap();
    assert!(failure_of(&client, 1).contains("cannot be started"));
}

fn a_device_that_never_opens_is_given_up() {
    let client = EngineClient::start_within(launch(&[], "hang"), Duration::from_millis(200)).unwrap();
    client.submit(job(1, "p", 2)).unwrap();
    let events = until(&client, |event| matches!(event, ClientEvent::Unavailable(_)));
    assert_eq!(events.iter().filter(|event| matches!(event, ClientEvent::Lost(_))).count(), 3);
    assert!(failure_of(&client, 1).contains("it opened no device for 200ms"));
    assert_eq!(client.process_id(), None, "none is left hanging");
}

fn dropping_the_client_ends_the_engine() {
    let client = client();
    client.submit(job(1, "hang", 50)).unwrap();
    wait_for_step(&client, 1);
    let process = client.process_id().unwrap();
    let began = Instant::now();
    drop(client);
    println!("    ended after {} ms in the middle of a step", began.elapsed().as_millis());
    assert!(!is_running(process));
    assert!(began.elapsed() < Duration::from_secs(2));
}
