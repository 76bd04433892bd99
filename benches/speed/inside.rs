//! The window's drawing without a display, and the file of connections.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use brickpass::ui::{BrickpassApp, EnginePort, Setup};
use brickpass_core::connection::Connection;
use brickpass_engine::{Ask, Event, Request};
use brickpass_storage::{Entry, Library, Mode, Revision, Settings, Snapshot, ThemeChoice, VaultHome, VaultStatus, WindowMemory};
use eframe::App as _;
use egui::{Key, Modifiers, Shape, epaint::TextShape};

use super::{Line, connections, median, milliseconds};

const MANY: usize = 10_000;
const FEW: usize = 100;
const FRAMES: usize = 120;

pub fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for count in [FEW, MANY] {
        let all = connections(count);
        let Drawn { still, scrolling, typing } = draw(&all);
        let load = load(all);
        let what = |what: &str| format!("{what}, {count} connections");
        if count == MANY {
            let held = |name: &str, measured: Duration, limit: u64| {
                let limit = Duration::from_millis(limit);
                Line::held(what(name), milliseconds(measured), format!("<= {} ms", limit.as_millis()), measured <= limit)
            };
            lines.push(held("CPU of a frame", still, 4));
            lines.push(held("CPU of a frame while scrolling", scrolling, 4));
            lines.push(held("filter, per letter typed, above a plain frame", typing, 2));
            lines.push(held("load of the file", load, 100));
        } else {
            lines.push(Line::plain(what("CPU of a frame"), milliseconds(still)));
            lines.push(Line::plain(what("CPU of a frame while scrolling"), milliseconds(scrolling)));
            lines.push(Line::plain(what("filter, per letter typed, above a plain frame"), milliseconds(typing)));
            lines.push(Line::plain(what("load of the file"), milliseconds(load)));
        }
    }
    lines
}

/// So many points down.
pub fn wheel(down: f32) -> egui::Event {
    egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -down),
        source: egui::MouseWheelSource::Wheel,
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::default(),
    }
}

struct Drawn {
    still: Duration,
    scrolling: Duration,
    /// What a letter costs more than the frame that shows it.
    typing: Duration,
}

fn draw(all: &[Connection]) -> Drawn {
    let mut window = Window::open(all);
    window.until_still();
    assert!(window.says("All connections"), "the list is not drawn");
    let still = median((0..FRAMES).map(|_| window.frame(Vec::new())).collect());

    window.frame(vec![egui::Event::PointerMoved(egui::pos2(140.0, 400.0))]);
    let scrolling = median((0..FRAMES).map(|_| window.frame(vec![wheel(137.0)])).collect());

    let held = Modifiers::COMMAND | Modifiers::CTRL;
    window.frame(vec![egui::Event::ModifiersChanged(held), key(Key::F, held), egui::Event::ModifiersChanged(Modifiers::NONE)]);
    window.until_still();
    let mut letters = Vec::new();
    let mut plain = Vec::new();
    for _ in 0..10 {
        for letter in "finance 5".chars() {
            letters.push(window.frame(vec![egui::Event::Text(letter.to_string())]));
            plain.push(window.frame(Vec::new()));
        }
        assert!(window.says("of the finance team") && !window.says("of the research team"), "the filter does not filter");
        for _ in 0.."finance 5".len() {
            letters.push(window.frame(vec![key(Key::Backspace, Modifiers::NONE)]));
            plain.push(window.frame(Vec::new()));
        }
    }
    Drawn { still, scrolling, typing: median(letters).saturating_sub(median(plain)) }
}

pub fn key(key: Key, modifiers: Modifiers) -> egui::Event {
    egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
}

/// The window without a display. It shows the events that it gets; the benchmark answers its requests.
pub struct Window {
    context: egui::Context,
    events: Rc<RefCell<VecDeque<Event>>>,
    asked: Rc<RefCell<Vec<Ask>>>,
    app: BrickpassApp,
    frame: eframe::Frame,
    time: f64,
    shapes: Vec<egui::epaint::ClippedShape>,
}

impl Window {
    pub fn open(all: &[Connection]) -> Self {
        let entries = all.iter().map(|connection| Entry { connection: connection.clone(), revision: Revision(1) }).collect();
        let snapshot = Snapshot { entries, tombstones: Vec::new(), mode: Mode::Writable, notices: Vec::new() };
        let window = WindowMemory::default();
        let settings = Event::Settings {
            settings: Settings::default(),
            window: window.clone(),
            vault_from_environment: false,
            vault_file_exists: false,
            problem: None,
        };
        let vault = Event::Vault { home: VaultHome::Memory, status: VaultStatus::Ready { place: "this session only".to_owned() } };
        let events = Rc::new(RefCell::new(VecDeque::from([settings, Event::Library(Arc::new(snapshot)), vault])));
        let coming = Rc::clone(&events);
        let asked = Rc::default();
        let to_answer: Rc<RefCell<Vec<Ask>>> = Rc::clone(&asked);
        let send = move |ask| to_answer.borrow_mut().push(ask);
        let port = EnginePort { send: Box::new(send), next: Box::new(move || coming.borrow_mut().pop_front()) };
        let setup = Setup { clock: Box::new(jiff::Timestamp::now), theme: ThemeChoice::Dark, window, files: Vec::new() };
        let context = egui::Context::default();
        let app = BrickpassApp::new(&context, port, setup);
        Self { context, events, asked, app, frame: eframe::Frame::_new_kittest(), time: 0.0, shapes: Vec::new() }
    }

    /// Answers a request; the next frame shows it.
    pub fn answer<R: Request>(&self, answer: R::Answer) {
        let mut asked = self.asked.borrow_mut();
        let at = asked.iter().position(|ask| ask.of::<R>().is_some()).expect("the window has asked for it");
        let (_, then) = asked.swap_remove(at).open::<R>().expect("it is of this type");
        self.events.borrow_mut().push_back(Event::Answer(then(Ok(answer))));
    }

    /// Draws one frame down to the triangles, and says how long that took.
    pub fn frame(&mut self, events: Vec<egui::Event>) -> Duration {
        self.time += 1.0 / 60.0;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0))),
            time: Some(self.time),
            focused: true,
            events,
            ..egui::RawInput::default()
        };
        let began = Instant::now();
        self.app.logic(&self.context, &mut self.frame);
        let mut output = self.context.run_ui(input, |ui| self.app.ui(ui, &mut self.frame));
        output.textures_delta.clear();
        let drawn = began.elapsed();
        self.shapes.clone_from(&output.shapes);
        let began = Instant::now();
        let _triangles = self.context.tessellate(output.shapes, output.pixels_per_point);
        drawn + began.elapsed()
    }

    /// Until animations have ended.
    pub fn until_still(&mut self) {
        for _ in 0..60 {
            self.frame(Vec::new());
        }
    }

    pub fn says(&self, words: &str) -> bool {
        self.place_of(|text| text.contains(words)).is_some()
    }

    /// Where the first such text stands.
    pub fn place_of(&self, is_it: impl Fn(&str) -> bool) -> Option<egui::Pos2> {
        self.texts().find(|text| is_it(text.galley.text())).map(|text| text.visual_bounding_rect().center())
    }

    /// All that is drawn, a text a line.
    pub fn words(&self) -> String {
        self.texts().map(|text| text.galley.text()).collect::<Vec<_>>().join("\n")
    }

    fn texts(&self) -> impl Iterator<Item = &TextShape> {
        fn of(shape: &Shape) -> Vec<&TextShape> {
            match shape {
                Shape::Text(text) => vec![text],
                Shape::Vec(shapes) => shapes.iter().flat_map(of).collect(),
                _ => Vec::new(),
            }
        }
        self.shapes.iter().flat_map(|clipped| of(&clipped.shape))
    }
}

fn load(all: Vec<Connection>) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::new(&folder.path().join("config"), &folder.path().join("state"));
    let count = all.len();
    library.add_all(all).unwrap_or_else(|error| panic!("{}", error.failure().what));
    let mut times = Vec::new();
    for _ in 0..11 {
        let began = Instant::now();
        let snapshot = Library::new(&folder.path().join("config"), &folder.path().join("state")).load();
        times.push(began.elapsed());
        assert_eq!(snapshot.unwrap_or_else(|error| panic!("{}", error.failure().what)).entries.len(), count);
    }
    median(times)
}
