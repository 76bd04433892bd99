//! The *Tokens* tab with as many tokens as a workspace may hold for a user and more.

use std::time::Duration;

use brickpass_databricks::rest::Token;
use brickpass_engine::{ListTokens, TokenList};
use egui::{Key, Modifiers, PointerButton, Pos2};
use jiff::{SignedDuration, Timestamp};

use super::{
    Line, connections,
    inside::{Window, key, wheel},
    median, milliseconds,
};

const MANY: usize = 1_000;
const FRAMES: usize = 120;
const ROUNDS: usize = 11;
/// Of a screen with 60 pictures a second.
const ONE_FRAME: Duration = Duration::from_micros(16_667);

pub fn lines() -> Vec<Line> {
    let mut opening = Vec::new();
    for _ in 0..ROUNDS {
        opening.push(open().1);
    }
    let (mut window, _) = open();
    let still = median((0..FRAMES).map(|_| window.frame(Vec::new())).collect());
    let (sorting, filtering) = (sort(&mut window), filter(&mut window));
    let scrolling = scroll(&mut window);
    let held = |what: &str, measured: Duration| {
        Line::held(format!("{what}, {MANY} tokens"), milliseconds(measured), "<= 16.67 ms", measured <= ONE_FRAME)
    };
    vec![
        held("tokens arrive and are drawn, one frame", median(opening)),
        held("CPU of a frame", still),
        held("sort by another column, one frame", sorting),
        held("filter, per letter typed, one frame", filtering),
        held("CPU of a frame while scrolling", scrolling),
    ]
}

/// The window with the tokens of its connection, and how long the frame took in which they came: after it, they are on the screen.
fn open() -> (Window, Duration) {
    let all = connections(1);
    let mut window = Window::open(&all);
    window.until_still();
    shortcut(&mut window, Key::J);
    window.until_still();
    assert!(!window.says("Job "), "nothing has come yet");
    window.answer::<ListTokens>(tokens());
    let took = window.frame(Vec::new());
    let seen = window.words();
    assert!(seen.contains("Job "), "not drawn in the frame in which they came: {seen}");
    window.until_still();
    (window, took)
}

fn sort(window: &mut Window) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        for column in ["Comment", "Expires", "Created"] {
            let at = window.place_of(|text| text == column).expect("the column's name");
            let before = rows(window);
            times.push(click(window, at));
            window.until_still();
            assert_ne!(rows(window), before, "sorting by {column} changes nothing");
        }
    }
    median(times)
}

fn filter(window: &mut Window) -> Duration {
    let at = window.place_of(|text| text == "Filter tokens").expect("the filter");
    click(window, at);
    window.until_still();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        for letter in "job 091".chars() {
            times.push(window.frame(vec![egui::Event::Text(letter.to_string())]));
        }
        assert!(rows(window).iter().all(|row| row.contains("091")), "the filter does not filter");
        for _ in 0.."job 091".len() {
            times.push(window.frame(vec![key(Key::Backspace, Modifiers::NONE)]));
        }
    }
    median(times)
}

fn scroll(window: &mut Window) -> Duration {
    let row = window.place_of(|text| text.starts_with("Job ")).expect("a row");
    let before = rows(window);
    window.frame(vec![egui::Event::PointerMoved(row)]);
    let times = (0..FRAMES).map(|_| window.frame(vec![wheel(97.0)])).collect();
    assert_ne!(rows(window), before, "nothing scrolls");
    median(times)
}

fn rows(window: &Window) -> Vec<String> {
    window.words().lines().filter(|text| text.starts_with("Job ")).map(str::to_owned).collect()
}

/// The time of the frame in which the button is let go: there it acts.
fn click(window: &mut Window, at: Pos2) -> Duration {
    let button = |pressed| egui::Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    window.frame(vec![egui::Event::PointerMoved(at)]);
    window.frame(vec![button(true)]);
    window.frame(vec![button(false)])
}

fn shortcut(window: &mut Window, with_control: Key) {
    let held = Modifiers::COMMAND | Modifiers::CTRL;
    window.frame(vec![egui::Event::ModifiersChanged(held), key(with_control, held), egui::Event::ModifiersChanged(Modifiers::NONE)]);
}

fn tokens() -> TokenList {
    let now = Timestamp::now();
    let days = |number: usize, factor: usize| SignedDuration::from_hours(24 * i64::try_from(number * factor % 997 + 1).unwrap());
    let tokens = (0..MANY)
        .map(|number| Token {
            id: format!("{number:f>64x}"),
            comment: format!("Job {number:04}"),
            created_at: Some(now - days(number, 7919)),
            expires_at: Some(now + days(number, 104_729)),
            last_used: None,
            scopes: Vec::new(),
        })
        .collect();
    TokenList { tokens, in_use: Some(format!("{:f>64x}", 7)), left_over: Vec::new(), longest_days: Some(730) }
}
