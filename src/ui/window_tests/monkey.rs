//! Random keys, clicks and events.

use super::*;
use crate::ui::state::refresh;

const EVENTS: usize = 50_000;

struct Monkey {
    random: fastrand::Rng,
    size: [f32; 2],
}

impl Monkey {
    fn place(&mut self) -> Pos2 {
        pos2(self.random.f32() * self.size[0], self.random.f32() * self.size[1])
    }

    fn key(&mut self) -> (Key, Modifiers) {
        const KEYS: &[Key] = &[
            Key::Tab,
            Key::Enter,
            Key::Escape,
            Key::Space,
            Key::ArrowDown,
            Key::ArrowUp,
            Key::ArrowLeft,
            Key::ArrowRight,
            Key::Home,
            Key::End,
            Key::PageDown,
            Key::PageUp,
            Key::Delete,
            Key::Backspace,
            Key::F2,
            Key::F5,
            Key::N,
            Key::S,
            Key::D,
            Key::T,
            Key::Z,
            Key::K,
            Key::F,
            Key::H,
            Key::P,
            Key::U,
            Key::Comma,
            Key::Slash,
            Key::Period,
            Key::A,
            Key::V,
            Key::Num1,
        ];
        let modifiers = match self.random.u8(0..8) {
            0..4 => Modifiers::NONE,
            4 => Modifiers::SHIFT,
            5 | 6 => Modifiers::COMMAND,
            _ => Modifiers::COMMAND | Modifiers::SHIFT,
        };
        (KEYS[self.random.usize(..KEYS.len())], modifiers)
    }

    fn events(&mut self) -> Vec<Event> {
        match self.random.u8(0..10) {
            0..5 => {
                let pos = self.place();
                let button = if self.random.u8(0..8) == 0 { PointerButton::Secondary } else { PointerButton::Primary };
                let click = |pressed| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
                vec![Event::PointerMoved(pos), click(true), click(false)]
            }
            5 => {
                const WORDS: &[&str] = &["dapi123", "https://x.cloud.databricks.com", "\u{202e}", "a", "\u{1f600}", "9", "open sesame"];
                vec![Event::Text(WORDS[self.random.usize(..WORDS.len())].to_owned())]
            }
            6 => vec![Event::PointerMoved(self.place())],
            _ => {
                let (key, modifiers) = self.key();
                let press = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
                vec![press(true), press(false)]
            }
        }
    }
}

/// What the engine may do between two inputs: work, crash, lock, change the file.
fn trouble(random: &mut fastrand::Rng, engine: &FakeEngine) {
    engine.work_once();
    let mut inner = engine.0.borrow_mut();
    match random.u16(0..400) {
        0 => inner.tests_answer = !inner.tests_answer,
        1 => {
            inner.test_failure = if inner.test_failure.is_some() { None } else { Some(unauthorized()) };
        }
        2 => {
            let full = Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space.");
            inner.save_failure = if inner.save_failure.is_some() { None } else { Some(full) };
        }
        3 => {
            let entries = inner.entries.len().max(1);
            let at = random.usize(..entries);
            if let Some(entry) = inner.entries.get_mut(at) {
                entry.revision.0 += 1;
                entry.connection.description = "changed elsewhere".to_owned();
            }
            inner.commands.push_back(refresh());
        }
        4 => {
            let crash = Failure::new(Code::Internal, "Brickpass made a mistake.", "", "Try again.");
            inner.events.push_back(brickpass_engine::Event::Failed(crash));
        }
        5 => {
            if let Some(test) = inner.running.pop() {
                inner.finish(test);
            }
        }
        _ => {}
    }
}

#[test]
fn ui_01_a_monkey_of_fifty_thousand_events_finds_no_panic_and_no_stuck_spinner() {
    let seed = std::env::var("BRICKPASS_MONKEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0xB21C);
    eprintln!("monkey seed {seed}");
    let started = Instant::now();
    let mut random = fastrand::Rng::with_seed(seed);
    let size = [900.0, 640.0];
    let mut all = workspaces(&["Alpha", "Beta", "Gamma", "Delta"]);
    all.push(production("Production"));
    let engine = FakeEngine::with(&all);
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, size, Rc::clone(&seconds));
    let mut monkey = Monkey { random: fastrand::Rng::with_seed(random.u64(..)), size };
    let mut sent = 0;
    while sent < EVENTS {
        // A person is slower than frames: only a few inputs per frame.
        for _ in 0..random.usize(1..10) {
            for event in monkey.events() {
                sent += 1;
                window.input_mut().events.push(event);
            }
        }
        trouble(&mut random, &engine);
        seconds.set(seconds.get() + i64::from(random.u8(0..3)));
        window.step();
        if random.u8(0..20) == 0 {
            window.state_mut().state.dialogs.close();
        }
    }
    // Everything that runs comes to an end: no spinner stays.
    {
        let mut inner = engine.0.borrow_mut();
        (inner.tests_answer, inner.save_failure) = (true, None);
        while let Some(test) = inner.running.pop() {
            inner.finish(test);
        }
    }
    window.state_mut().state.dialogs.close();
    for _ in 0..20 {
        settle(&mut window, &engine);
    }
    let state = &window.state().state;
    assert_eq!(state.tests.running_count(), 0);
    assert!(state.connections.shown_form().is_none_or(|form| !form.is_saving()));
    eprintln!("{sent} events in {:?}; commands sent: {}", started.elapsed(), engine.log().len());
}
