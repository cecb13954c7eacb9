use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::EngineLaunch;
use crate::frame::{self, FrameError};
use crate::protocol::{EngineCommand, EngineEvent};

/// One engine process with its three pipe threads.
pub(super) struct EngineProcess {
    process: Child,
    commands: Option<Sender<EngineCommand>>,
    /// What the process says; the last item is the error that ended the pipe.
    pub(super) said: Receiver<Result<EngineEvent, FrameError>>,
    last_lines: Arc<Mutex<VecDeque<String>>>,
    stderr_closed: Receiver<()>,
}

impl EngineProcess {
    /// Starts the process; it has to say hello on its own.
    pub(super) fn start(launch: &EngineLaunch) -> io::Result<Self> {
        let mut command = Command::new(&launch.program);
        command.args(&launch.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        own_process_group(&mut command);
        let mut process = command.spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(stdin), Some(mut stdout), Some(stderr)) = pipes else {
            return Err(io::Error::other("the operating system gave no pipes"));
        };

        let (saying, said) = bounded(SAID);
        let (commands, to_write) = bounded(COMMANDS);
        let failing = saying.clone();
        spawn("engine-stdin", move || write_commands(stdin, &to_write, &failing))?;

        spawn("engine-stdout", move || {
            loop {
                let event = frame::read(&mut stdout);
                let ended = event.is_err();
                if saying.send(event).is_err() || ended {
                    return;
                }
            }
        })?;

        let last_lines = Arc::new(Mutex::new(VecDeque::new()));
        let (closing, stderr_closed) = bounded(1);
        let lines = Arc::clone(&last_lines);
        spawn("engine-stderr", move || {
            keep_last_lines(BufReader::new(stderr), &lines);
            drop(closing);
        })?;
        Ok(Self { process, commands: Some(commands), said, last_lines, stderr_closed })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Hands a command to the pipe thread. False when the process does not read any longer.
    pub(super) fn send(&self, command: EngineCommand) -> bool {
        let Some(commands) = &self.commands else { return false };
        match commands.try_send(command) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }

    /// Closes stdin, upon which the engine ends by itself, and ends it by force when it does not.
    pub(super) fn close(mut self) {
        self.commands = None;
        self.wait(PATIENCE);
        self.kill();
    }

    /// Waits for the end after the pipe closed, or ends the process by force. Gives the exit status (None when the process
    /// had to be killed) and the last lines of stderr.
    pub(super) fn bury(mut self) -> (Option<ExitStatus>, Vec<String>) {
        self.commands = None;
        let status = self.wait(PATIENCE);
        self.kill();
        // The lines are complete when stderr is closed. A grandchild that holds it must not hold us.
        self.stderr_closed.recv_timeout(PATIENCE).ok();
        let lines = self.last_lines.lock().unwrap_or_else(PoisonError::into_inner);
        (status, lines.iter().cloned().collect())
    }

    /// Ends the process by force and waits until it is gone.
    pub(super) fn kill(&mut self) {
        // Fails only when the process has ended already.
        if self.process.kill().is_ok() && self.wait(PATIENCE).is_none() {
            log::error!("the engine process {} cannot be killed", self.process.id());
        }
    }

    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// How long a process may take to end after its pipe closed.
const PATIENCE: Duration = Duration::from_secs(2);
/// Commands on their way into the pipe. More of them wait only when the engine does not read, and then it is lost.
const COMMANDS: usize = 64;
/// Events on their way out of the pipe.
const SAID: usize = 16;
/// Lines of stderr that are kept for the cause, and how long one may be.
const LAST_LINES: usize = 20;
const LINE_BYTES: usize = 500;

fn write_commands(
    mut stdin: ChildStdin,
    commands: &Receiver<EngineCommand>,
    failing: &Sender<Result<EngineEvent, FrameError>>,
) {
    for command in commands {
        match (frame::write(&mut stdin, &command), &command) {
            (Ok(()), _) => {}
            // The thread that reads stdout notices the end of the process; here there is nothing more to do.
            (Err(FrameError::Io(_)), _) => return,
            // Nothing of it was written, so the pipe is whole and only this job fails.
            (Err(error), EngineCommand::Generate(job)) => {
                let error = format!("the job cannot be handed to the engine: {error}");
                let failed = EngineEvent::Failed { job: job.request.job, error };
                if failing.send(Ok(failed)).is_err() {
                    return;
                }
            }
            (Err(error), _) => log::error!("a command cannot be handed to the engine: {error}"),
        }
    }
}

fn keep_last_lines(mut stderr: impl io::BufRead, last_lines: &Mutex<VecDeque<String>>) {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        // A line without end must not fill the memory, so it is read in pieces.
        match io::Read::take(&mut stderr, 64 << 10).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        bytes.truncate(LINE_BYTES);
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        if line.is_empty() {
            continue;
        }
        log::info!(target: "engine", "{line}");
        let mut lines = last_lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LAST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// Ctrl-C in a terminal reaches every process of the group. The engine stands outside it, so that it is the client who
/// decides how to stop.
#[cfg(unix)]
fn own_process_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

/// As on Unix; and no console window flashes up.
#[cfg(windows)]
fn own_process_group(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}
