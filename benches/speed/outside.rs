//! The built program beside the least window of the same toolkit, seen from outside: the screen's memory and /proc.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use brickpass_storage::Library;

use super::{Line, connections, median, milliseconds};

const BRICKPASS: &str = env!("CARGO_BIN_EXE_brickpass");
const ROUNDS: usize = 12;
const IDLE: Duration = Duration::from_secs(20);

/// The table's lines, or why they cannot be measured here.
pub fn lines() -> Result<Vec<Line>, String> {
    let bare = Path::new(BRICKPASS).with_file_name("examples").join("bare_window");
    if !bare.exists() {
        return Err("the bare window is not built: cargo build --release --example bare_window".to_owned());
    }
    let stage = Stage::new()?;
    let ours = Program { path: BRICKPASS.into(), stage: &stage };
    let bare = Program { path: bare, stage: &stage };

    // The first start of each fills the caches of the disk and of the graphics driver, and does not count.
    ours.start()?;
    bare.start()?;
    let (mut our_starts, mut bare_starts) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare_starts.push(bare.start()?);
        our_starts.push(ours.start()?);
    }
    let time = |starts: &[Started]| median(starts.iter().map(|start| start.painted).collect());
    let memory = |starts: &[Started]| {
        let mut all: Vec<u64> = starts.iter().map(|start| start.resident).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    let (our_time, bare_time) = (time(&our_starts), time(&bare_starts));
    let (our_memory, bare_memory) = (memory(&our_starts), memory(&bare_starts));
    let slower = our_time.as_secs_f64() / bare_time.as_secs_f64();
    let larger = our_memory as f64 / bare_memory as f64;
    let idle = ours.idle()?;
    let bare_idle = bare.idle()?;
    let seconds = IDLE.as_secs();
    Ok(vec![
        Line::plain(format!("exec to first painted frame, bare window ({ROUNDS} starts)"), milliseconds(bare_time)),
        Line::held(
            format!("exec to first painted frame, Brickpass ({ROUNDS} starts)"),
            format!("{}, {slower:.2}x", milliseconds(our_time)),
            "<= 1.25x",
            slower <= 1.25,
        ),
        Line::plain("resident memory, bare window", format!("{} MiB", bare_memory / 1024)),
        Line::held("resident memory, Brickpass", format!("{} MiB, {larger:.2}x", our_memory / 1024), "<= 1.15x", larger <= 1.15),
        Line::plain(format!("idle for {seconds} s, bare window"), format!("{} wake-ups, {} ticks", bare_idle.wakeups, bare_idle.ticks)),
        Line::held(
            format!("idle for {seconds} s, Brickpass"),
            format!("{} wake-ups, {} ticks", idle.wakeups, idle.ticks),
            "0 wake-ups",
            // A frame needs a wake-up of the thread that draws: none, no frame. One tick is the clock's own grain.
            idle.wakeups == 0 && idle.ticks <= 1,
        ),
    ])
}

struct Started {
    painted: Duration,
    /// KiB, a moment after the first frame.
    resident: u64,
}

struct Idle {
    /// Of the thread that draws.
    wakeups: u64,
    /// CPU time of the whole process in ticks of 10 ms.
    ticks: u64,
}

struct Program<'a> {
    path: PathBuf,
    stage: &'a Stage,
}

impl Program<'_> {
    fn spawn(&self) -> Result<Killed, String> {
        self.stage.wait_for(false)?;
        let home = self.stage.folder.path();
        Command::new(&self.path)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("DISPLAY", &self.stage.display)
            .env("BRICKPASS_CONFIG_DIR", home.join("config"))
            .env("BRICKPASS_STATE_DIR", home.join("state"))
            .env("BRICKPASS_VAULT", "memory")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Killed)
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }

    fn start(&self) -> Result<Started, String> {
        let began = Instant::now();
        let child = self.spawn()?;
        self.stage.wait_for(true)?;
        let painted = began.elapsed();
        thread::sleep(Duration::from_millis(1200));
        let status = fs::read_to_string(format!("/proc/{}/status", child.0.id())).map_err(|error| error.to_string())?;
        Ok(Started { painted, resident: number_after(&status, "VmRSS:") })
    }

    fn idle(&self) -> Result<Idle, String> {
        let child = self.spawn()?;
        self.stage.wait_for(true)?;
        // Until what follows a start has ended: fonts, the list, the vault.
        thread::sleep(Duration::from_secs(5));
        let look = || {
            let process = format!("/proc/{}", child.0.id());
            let stat = fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
            let status = fs::read_to_string(format!("{process}/task/{}/status", child.0.id())).unwrap_or_default();
            // The name in parentheses may hold spaces; utime and stime are the 12th and 13th fields after it.
            let fields: Vec<u64> = stat.rsplit(')').next().unwrap_or_default().split(' ').map(|field| field.parse().unwrap_or(0)).collect();
            (number_after(&status, "voluntary_ctxt_switches:"), fields[12] + fields[13])
        };
        let (wakeups, ticks) = look();
        thread::sleep(IDLE);
        let (wakeups_now, ticks_now) = look();
        Ok(Idle { wakeups: wakeups_now - wakeups, ticks: ticks_now - ticks })
    }
}

fn number_after(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name} in /proc"))
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A virtual screen whose memory is a file, so that looking at it costs neither program anything.
struct Stage {
    folder: tempfile::TempDir,
    _server: Killed,
    display: String,
    screen: File,
    /// Where a row across the middle of the window lies in the file.
    row: (u64, usize),
}

impl Stage {
    fn new() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).map_err(|error| error.to_string())?;
        let library = Library::new(&folder.path().join("config"), &folder.path().join("state"));
        library.add_all(connections(16)).map_err(|error| error.failure().what)?;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Killed)
            .map_err(|error| format!("Xvfb: {error}"))?;
        let mut number = String::new();
        let stdout = server.0.stdout.take().ok_or("Xvfb has no output")?;
        BufReader::new(stdout).read_line(&mut number).map_err(|error| error.to_string())?;
        if number.trim().is_empty() {
            return Err("Xvfb does not start".to_owned());
        }
        let screen = File::open(folder.path().join("Xvfb_screen0")).map_err(|error| format!("Xvfb's screen: {error}"))?;
        // An XWD file: a header of big-endian words, a colour map of 12 bytes an entry, the rows.
        let word = |index: u64| {
            let mut bytes = [0; 4];
            screen.read_exact_at(&mut bytes, index * 4).map(|()| u64::from(u32::from_be_bytes(bytes))).map_err(|error| error.to_string())
        };
        let (header, row_bytes, colours) = (word(0)?, word(12)?, word(19)?);
        let row = (header + colours * 12 + row_bytes * 400, usize::try_from(row_bytes).unwrap_or(0));
        Ok(Self { folder, _server: server, display: format!(":{}", number.trim()), screen, row })
    }

    /// Is anything painted in the middle of the screen? An empty screen and a window without its first frame are black.
    fn is_painted(&self) -> bool {
        let mut row = vec![0; self.row.1];
        self.screen.read_exact_at(&mut row, self.row.0).is_ok() && row.iter().filter(|byte| **byte != 0).count() > row.len() / 2
    }

    fn wait_for(&self, painted: bool) -> Result<(), String> {
        let until = Instant::now() + Duration::from_secs(30);
        while self.is_painted() != painted {
            if Instant::now() > until {
                return Err("the window does not appear".to_owned());
            }
            thread::sleep(Duration::from_micros(300));
        }
        Ok(())
    }
}
