//! The same with real processes: this test binary is executed again, and its ignored tests are the other Brickpasses.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Code,
};
use brickpass_storage::{Library, RefreshLock};

use super::world::{self, Clock, ID, World, text, until};
use crate::support::{self, Running, stays};

const CONNECTION: &str = "BRICKPASS_TEST_CONNECTION";
const TIMES: &str = "BRICKPASS_TEST_TIMES";

fn place(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap().into()
}

fn child(world: &World, test: &str, times: usize) -> Command {
    let mut command = world.home.command(std::env::current_exe().unwrap());
    command
        .env(support::INSIDE, "1")
        .env(CONNECTION, serde_json::to_string(&world.connection()).unwrap())
        .env(TIMES, times.to_string())
        .args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("session::processes::{test}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Starts it and lets it go on to its work.
fn start(mut command: Command) -> (Running, ChildStdin) {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"go\n").unwrap();
    (Running(child), stdin)
}

fn lines(child: &mut Running) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok)
}

#[test]
fn rf_01_eight_processes_that_renew_twenty_times_each_never_use_a_token_twice() {
    let world = World::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(world.signed_in());
    let children: Vec<_> = (0..8).map(|_| child(&world, "renews", 20).spawn().unwrap()).map(Running).collect();
    let mut children: Vec<_> = children
        .into_iter()
        .map(|mut child| {
            let stdin = child.0.stdin.take().unwrap();
            (lines(&mut child), child, stdin)
        })
        .collect();
    // All at once, when the last of them has started.
    for (lines, ..) in &mut children {
        assert!(lines.any(|line| line.ends_with("ready")));
    }
    for (.., stdin) in &mut children {
        stdin.write_all(b"go\n").unwrap();
    }
    for (number, (lines, ..)) in children.iter_mut().enumerate() {
        let said: Vec<_> = lines.filter(|line| line.starts_with("token") || line.starts_with("failed")).collect();
        assert_eq!(said, vec!["token"; 20], "process {number}");
    }
    let server = &world.authorization;
    // What one has fetched serves the others as long as their clocks agree.
    let renewals = server.refreshes();
    assert!((20..=160).contains(&renewals), "{renewals}");
    assert_eq!((server.reuses(), world.asked()), (0, renewals));
    runtime.block_on(world.sessions().access_token(&world.connection())).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_03_killed_between_the_answer_and_the_vault_the_next_start_asks_to_sign_in_again() {
    let world = World::new();
    world.signed_in().await;
    let library = Library::new(&world.home.config_dir(), &world.home.state_dir());
    library.add_all(vec![world.connection()]).unwrap();
    let connections = || std::fs::read(world.home.config_dir().join("connections.json")).unwrap();
    let before = (connections(), world.stored());
    // Who wants to write to the vault waits for this.
    let file = std::fs::File::options().write(true).open(world.home.config_dir().join("vault.age.lock")).unwrap();
    file.lock().unwrap();
    let (mut child, _stdin) = start(child(&world, "renews", 1));
    until("the answer", || world.authorization.refreshes() == 1).await;
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    assert!(!lines(&mut child).any(|line| line.starts_with("token")), "nobody had the token before the vault had");
    drop(file);
    assert_eq!((connections(), world.stored()), before);

    world.clock.advance(120);
    let next = world.sessions();
    for _ in 0..3 {
        assert_eq!(next.access_token(&world.connection()).await.unwrap_err().code, Code::SignInNeeded);
    }
    assert_eq!(world.asked(), 2, "the used token is tried once, and no more");
    assert_eq!((connections(), library.load().unwrap().entries.len()), (before.0, 1));
    next.signed_in(&world.connection(), "ada@example.com".into(), world.log_in().await).await.unwrap();
    world.sessions().access_token(&world.connection()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_05_when_the_holder_of_the_lock_is_killed_the_waiter_goes_on() {
    let world = World::new();
    world.signed_in().await;
    world.clock.advance(120);
    let (mut child, _stdin) = start(child(&world, "holds_the_lock", 1));
    assert!(lines(&mut child).any(|line| line.ends_with("locked")));
    let sessions = world.sessions();
    let waiting = tokio::spawn({
        let connection = world.connection();
        async move { sessions.access_token(&connection).await }
    });
    tokio::task::block_in_place(|| stays("it waits for the lock", || !waiting.is_finished() && world.asked() == 0));
    let killed = Instant::now();
    child.0.kill().unwrap();
    waiting.await.unwrap().unwrap();
    assert!(killed.elapsed() < Duration::from_secs(20), "sooner than a lock that is held would be given up: {:?}", killed.elapsed());
}

/// Waits until everybody has started.
fn ready() {
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs in a process of its own"]
async fn renews() {
    support::only_inside();
    let connection: Connection = serde_json::from_str(&std::env::var(CONNECTION).unwrap()).unwrap();
    let (vault, clock) = (world::vault(&place("BRICKPASS_CONFIG_DIR")), Clock::default());
    let state_dir = place("BRICKPASS_STATE_DIR");
    let sessions = world::sessions(vault, clock.clone(), &state_dir, Duration::from_secs(30), Box::new(|_| {}));
    ready();
    let mut last = String::new();
    for _ in 0..std::env::var(TIMES).unwrap().parse().unwrap() {
        clock.advance(120);
        match sessions.access_token(&connection).await {
            Ok(token) if text(&token) != last => {
                println!("token");
                last = text(&token);
            }
            Ok(_) => println!("failed: the same token"),
            Err(failure) => println!("failed: {failure}"),
        }
    }
}

#[test]
#[ignore = "runs in a process of its own"]
fn holds_the_lock() {
    support::only_inside();
    let id: ConnectionId = ID.parse().unwrap();
    let _lock = RefreshLock::acquire(&place("BRICKPASS_STATE_DIR"), id, Duration::ZERO).unwrap().unwrap();
    println!("locked");
    // Until it is killed.
    let _ = std::io::stdin().read_line(&mut String::new());
    std::thread::sleep(Duration::from_mins(1));
}
