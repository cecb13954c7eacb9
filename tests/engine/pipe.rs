//! Nonsense on the pipe, from either side.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kento_engine::client::{ClientEvent, EngineClient};
use kento_engine::frame;
use kento_engine::protocol::{DeviceRequest, EngineCommand, EngineEvent, PROTOCOL_VERSION};
use kento_studio::JobId;

use crate::Test;
use crate::support::{PATIENCE, job, launch, next, until};

pub const TESTS: &[Test] = &[
    (
        "an_engine_that_prints_to_stdout_is_given_up_with_the_cause",
        an_engine_that_prints_to_stdout_is_given_up_with_the_cause,
    ),
    ("an_oversized_frame_from_the_engine_is_refused", an_oversized_frame_from_the_engine_is_refused),
    ("an_engine_of_another_version_is_refused", an_engine_of_another_version_is_refused),
    ("the_engine_refuses_a_client_of_another_version", the_engine_refuses_a_client_of_another_version),
    ("the_engine_ends_on_nonsense", the_engine_ends_on_nonsense),
    ("the_engine_ends_when_its_parent_is_gone", the_engine_ends_when_its_parent_is_gone),
    ("the_engine_checks_requests_itself", the_engine_checks_requests_itself),
];

fn unavailable(args: &[&str]) -> String {
    let client = EngineClient::start(launch(args, "auto")).unwrap();
    let events = until(&client, |event| matches!(event, ClientEvent::Unavailable(_)));
    match events.into_iter().next_back() {
        Some(ClientEvent::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn an_engine_that_prints_to_stdout_is_given_up_with_the_cause() {
    let why = unavailable(&["garbage"]);
    assert!(why.contains("something that is not a message"), "{why}");
}

fn an_oversized_frame_from_the_engine_is_refused() {
    let why = unavailable(&["oversized"]);
    assert!(why.contains("a message of 4294967295 bytes is larger than"), "{why}");
}

fn an_engine_of_another_version_is_refused() {
    let client = EngineClient::start(launch(&["other-protocol"], "auto")).unwrap();
    // At once, not after three tries: another try meets the same executable.
    let ClientEvent::Unavailable(why) = next(&client) else { panic!("available") };
    assert_eq!(
        why,
        format!(
            "the engine is Kento 9.0.0 with protocol 99 and this program speaks protocol {PROTOCOL_VERSION}: quit and start Kento again"
        )
    );
}

/// An engine at the end of a bare pipe.
fn engine() -> Child {
    let launch = launch(&[], "auto");
    Command::new(launch.program)
        .args(launch.args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn hello(protocol: u32) -> EngineCommand {
    EngineCommand::Hello { protocol, device: DeviceRequest::default() }
}

fn exit_code(child: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        assert!(Instant::now() < deadline, "the engine does not end");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn the_engine_refuses_a_client_of_another_version() {
    let mut child = engine();
    frame::write(child.stdin.as_mut().unwrap(), &hello(PROTOCOL_VERSION + 1)).unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    assert!(matches!(frame::read(stdout).unwrap(), EngineEvent::Hello { protocol: PROTOCOL_VERSION, .. }));
    let EngineEvent::Refused { error } = frame::read(stdout).unwrap() else { panic!("not refused") };
    assert!(error.contains("quit and start Kento again"), "{error}");
    assert_eq!(exit_code(&mut child), Some(3));
}

fn the_engine_ends_on_nonsense() {
    let mut whole = Vec::new();
    frame::write(&mut whole, &hello(PROTOCOL_VERSION)).unwrap();
    let cut = whole[..whole.len() - 3].to_vec();
    let mut then_garbage = whole.clone();
    then_garbage.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
    let mut then_huge = whole.clone();
    then_huge.extend_from_slice(b"KEN1\xff\xff\xff\x7f\0\0\0\0");
    let mut then_hello = whole.clone();
    then_hello.extend_from_slice(&whole);
    for (bytes, part) in [
        (b"hello there, this is no frame".to_vec(), "not a message"),
        (cut, "in the middle of a message"),
        (then_garbage, "not a message"),
        (then_huge, "is larger than"),
        (then_hello, "a second hello"),
    ] {
        let mut child = engine();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&bytes).unwrap();
        if part.contains("middle") {
            drop(stdin);
        }
        assert_eq!(exit_code(&mut child), Some(4), "{part}");
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
}

fn the_engine_ends_when_its_parent_is_gone() {
    // Before the handshake, after it, and in the middle of a step that never ends, while nobody reads stdout.
    for stage in 0..3 {
        let mut child = engine();
        let mut stdin = child.stdin.take().unwrap();
        if stage > 0 {
            frame::write(&mut stdin, &hello(PROTOCOL_VERSION)).unwrap();
        }
        if stage == 2 {
            let generate = EngineCommand::Generate(Box::new(job(1, "hang", 50)));
            frame::write(&mut stdin, &generate).unwrap();
            let stdout = child.stdout.as_mut().unwrap();
            while !matches!(frame::read(stdout).unwrap(), EngineEvent::Step { done: 2, .. }) {}
        }
        drop(stdin);
        assert_eq!(exit_code(&mut child), Some(0), "stage {stage}");
    }
}

fn the_engine_checks_requests_itself() {
    let mut child = engine();
    let mut stdin = child.stdin.take().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    frame::write(&mut stdin, &hello(PROTOCOL_VERSION)).unwrap();
    let mut bad = job(1, "p", 2);
    bad.request.recipe.width = 100;
    frame::write(&mut stdin, &EngineCommand::Generate(Box::new(bad))).unwrap();
    let mut failed = || loop {
        match frame::read(stdout).unwrap() {
            EngineEvent::Failed { job, error } => return (job, error),
            EngineEvent::Hello { .. }
            | EngineEvent::Ready { .. }
            | EngineEvent::Loading { .. }
            | EngineEvent::Encoded { .. } => {}
            EngineEvent::Step { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    let (id, error) = failed();
    assert_eq!((id, error.as_str()), (JobId(1), "width must be a multiple of 8 and is 100: use 96 or 104"));
    // One job runs, one may wait; the third is refused, and so is a number that is taken.
    for id in [2, 3, 4] {
        frame::write(&mut stdin, &EngineCommand::Generate(Box::new(job(id, "hang", 50)))).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(failed().1.contains("the engine is busy"));
    frame::write(&mut stdin, &EngineCommand::Generate(Box::new(job(2, "p", 2)))).unwrap();
    assert!(failed().1.contains("running already"));
    drop(stdin);
    assert_eq!(exit_code(&mut child), Some(0));
}
