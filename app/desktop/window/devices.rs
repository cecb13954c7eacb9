//! The device that a person chose, which is a setting, and the list to choose from. The list is made by a process of its own,
//! `kento devices --json`: a driver that crashes ends that process and never the window.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;
use kento_diffusion::device::DeviceClass;
use kento_engine::protocol::DeviceRequest;
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use crate::cli::devices::{Devices as Found, describe};
use crate::frame::DeviceLine;

/// How long the list may take; a driver that hangs would keep it for ever.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at the process that makes the list.
const PAUSE: Duration = Duration::from_millis(30);
/// A list has a few hundred bytes a device.
const MOST_BYTES: u64 = 1 << 20;

/// Which device somebody chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceSetting {
    schema: kento_studio::SchemaV1,
    /// `cpu` or a name; none for the automatic choice.
    device: Option<String>,
}

/// What there is, or why it cannot be listed.
type Answer = Result<Found, String>;

/// See the module.
pub(super) struct Devices {
    settings: Settings,
    chosen: DeviceSetting,
    /// What there is, or why that is not known; none before somebody looked.
    found: Option<Answer>,
    is_looking: bool,
    news: (Sender<Answer>, Receiver<Answer>),
}

impl Devices {
    /// Reads what was chosen in a folder for settings; nothing is kept where there is none.
    pub fn remembered(folder: Option<&Path>) -> Self {
        let mut settings = Settings::new(folder);
        let chosen = settings.load("device");
        Self { settings, chosen, found: None, is_looking: false, news: bounded(1) }
    }

    /// The device that somebody chose; none for the automatic choice.
    pub fn chosen(&self) -> Option<DeviceRequest> {
        let device = self.chosen.device.clone()?;
        Some(DeviceRequest { device, ..DeviceRequest::default() })
    }

    /// What went wrong with the setting since the last call, one sentence each.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.settings.take_problems()
    }

    /// Looks at what there is, beside everything else.
    pub fn look(&mut self, context: &Context, program: PathBuf) {
        if std::mem::replace(&mut self.is_looking, true) {
            return;
        }
        let (news, context) = (self.news.0.clone(), context.clone());
        let run = move || {
            // Fails only when the window is gone.
            news.send(ask(&program)).ok();
            context.request_repaint();
        };
        if let Err(error) = thread::Builder::new().name("devices".to_owned()).spawn(run) {
            self.is_looking = false;
            self.found = Some(Err(format!("the system gives no thread to look for devices: {error}")));
        }
    }

    /// Takes in what was found. To be called once a frame; never waits.
    pub fn listen(&mut self) {
        if let Ok(found) = self.news.1.try_recv() {
            (self.found, self.is_looking) = (Some(found), false);
        }
    }

    /// The lines to choose from: the automatic choice, and what there is by name.
    pub fn lines(&self) -> Vec<DeviceLine> {
        self.choices().into_iter().map(|(_, line)| line).collect()
    }

    /// Takes a line by its place and keeps the choice. The device to compute on; none where the line is gone.
    pub fn take(&mut self, place: usize) -> Option<DeviceRequest> {
        let (device, _) = self.choices().into_iter().nth(place)?;
        self.chosen.device = device;
        self.settings.save("device", &self.chosen);
        Some(self.chosen().unwrap_or_default())
    }

    /// The chosen device is gone: the automatic choice stands for it. What was chosen stays in the settings, because a device that
    /// was unplugged comes back.
    pub fn fall_back(&mut self) {
        self.chosen.device = None;
        // The list tells of a device that is not there any more.
        self.found = None;
    }

    fn choices(&self) -> Vec<(Option<String>, DeviceLine)> {
        let chosen = self.chosen.device.as_deref();
        let automatic = match &self.found {
            None => "looking at what there is…".to_owned(),
            Some(Err(why)) => why.clone(),
            Some(Ok(found)) => format!("takes {} in {}, because {}", found.chosen, found.dtype, found.why),
        };
        let name = "Automatic".to_owned();
        let mut lines = vec![(None, DeviceLine { name, note: automatic, is_chosen: chosen.is_none() })];
        let devices = self.found.iter().flatten().flat_map(|found| &found.devices);
        for device in devices {
            // Kento's own word for the CPU finds it whatever a driver is called.
            let word = if device.class == DeviceClass::Cpu { "cpu" } else { device.name.as_str() };
            if lines.iter().any(|(known, _)| known.as_deref() == Some(word)) {
                continue;
            }
            let line =
                DeviceLine { name: device.name.clone(), note: describe(device), is_chosen: chosen == Some(word) };
            lines.push((Some(word.to_owned()), line));
        }
        if let Some(chosen) = chosen.filter(|chosen| lines.iter().all(|(known, _)| known.as_deref() != Some(chosen))) {
            let note = if matches!(self.found, Some(Ok(_))) { "not here now" } else { "" };
            let line = DeviceLine { name: chosen.to_owned(), note: note.to_owned(), is_chosen: true };
            lines.push((Some(chosen.to_owned()), line));
        }
        lines
    }
}

/// Asks a program of this kind what there is.
fn ask(program: &Path) -> Answer {
    let failed = |why: String| format!("the devices cannot be listed ({why}): {}", program.display());
    let mut command = Command::new(program);
    command.args(["devices", "--json"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    without_window(&mut command);
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    wait(&mut child).map_err(failed)?;
    let mut text = String::new();
    let output = child.stdout.take().ok_or_else(|| failed("it says nothing".to_owned()))?;
    output.take(MOST_BYTES).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}

/// A program for the console opens no window beside this one.
#[cfg(windows)]
fn without_window(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Only Windows opens one.
#[cfg(not(windows))]
fn without_window(_command: &mut Command) {}

/// Waits until it has ended, and ends it where it takes too long. What it says fits into the system's buffer.
fn wait(child: &mut Child) -> Result<(), String> {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(status.to_string()),
            Ok(None) if began.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Ok(None) => {
                child.kill().and_then(|()| child.wait()).ok();
                return Err(format!("a driver does not answer within {} seconds", PATIENCE.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kento_diffusion::device::{DeviceReport, ShaderCompiler};

    use super::*;

    fn found() -> Found {
        let report = |name: &str, class| DeviceReport {
            name: name.to_owned(),
            class,
            api: "Vulkan".to_owned(),
            driver: "560.35".to_owned(),
            f16: true,
            shader: ShaderCompiler::SpirV,
        };
        Found {
            devices: vec![report("RTX 4060", DeviceClass::DiscreteGpu), report("CPU", DeviceClass::Cpu)],
            chosen: "RTX 4060".to_owned(),
            dtype: "f16".to_owned(),
            why: "it is the best GPU here".to_owned(),
        }
    }

    fn shown(devices: &Devices) -> Vec<String> {
        let tick = |line: &DeviceLine| if line.is_chosen { " *" } else { "" };
        devices.lines().iter().map(|line| format!("{}{}", line.name, tick(line))).collect()
    }

    #[test]
    fn a_device_is_chosen_by_name_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let mut devices = Devices::remembered(Some(folder.path()));
        assert_eq!((devices.chosen(), shown(&devices)), (None, vec!["Automatic *".to_owned()]));
        devices.found = Some(Ok(found()));
        assert_eq!(shown(&devices), ["Automatic *", "RTX 4060", "CPU"]);
        assert_eq!(devices.lines()[0].note, "takes RTX 4060 in f16, because it is the best GPU here");
        assert_eq!(devices.take(2).unwrap().device, "cpu");
        assert_eq!(devices.take(1).unwrap().device, "RTX 4060");
        assert_eq!(shown(&devices), ["Automatic", "RTX 4060 *", "CPU"]);
        assert_eq!(devices.take(7), None, "nothing stands there");
        drop(devices);

        let mut devices = Devices::remembered(Some(folder.path()));
        assert_eq!(devices.chosen().unwrap().device, "RTX 4060");
        devices.found = Some(Ok(Found { devices: vec![found().devices.remove(1)], ..found() }));
        assert_eq!(shown(&devices), ["Automatic", "CPU", "RTX 4060 *"]);
        assert_eq!(devices.lines()[2].note, "not here now");
        devices.fall_back();
        assert_eq!((devices.chosen(), shown(&devices)), (None, vec!["Automatic *".to_owned()]));
        drop(devices);
        let back = Devices::remembered(Some(folder.path()));
        assert_eq!(back.chosen().unwrap().device, "RTX 4060", "it may be plugged in again");
        let mut back = back;
        assert_eq!(back.take(0), Some(DeviceRequest::default()));
        drop(back);
        assert_eq!(Devices::remembered(Some(folder.path())).chosen(), None);
    }

    #[test]
    fn a_program_that_lists_nothing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let why = ask(&folder.path().join("no-such-program")).unwrap_err();
        assert!(why.starts_with("the devices cannot be listed (") && why.ends_with("no-such-program"), "{why}");
    }
}
