//! The *Export* tab through the state, on an engine that keeps everything in memory.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::{mask::HIDDEN, *};
use crate::ui::{
    export::{IncludeSecret, SaveExport},
    fake_engine::export::{FORMATS, JDBC, TERRAFORM, refused},
    fake_engine::{FakeEngine, at, browser, connection, production},
    state::{Notice, State, start},
};
use brickpass_core::{
    connection::{Connection, SecretKind},
    failure::Code,
};
use brickpass_engine::{CopySecret, ExportPlace};
use brickpass_interchange::{databrickscfg::ProfileName, format::Subject};

const SECRET: &str = "dapi0123456789abcdef0123456789abcdef";

/// A state on the *Export* tab of its only connection, and the engine behind it.
struct Desk {
    state: State,
    engine: FakeEngine,
    id: ConnectionId,
    now: Timestamp,
}

impl Desk {
    fn new(connection: &Connection) -> Self {
        let engine = FakeEngine::with(std::slice::from_ref(connection));
        let id = connection.id;
        engine.0.borrow_mut().secrets.insert((id, SecretKind::PersonalAccessToken), SECRET.into());
        let mut desk = Self { state: State::default(), engine, id, now: at(0) };
        desk.state.export.offer(FORMATS);
        desk.send(start());
        desk
    }

    fn on(format: &'static Format) -> Self {
        let mut desk = Self::new(&connection("Sales", |_| {}));
        desk.send_with(|state| state.show_page(Page::Export));
        desk.choose(Tool::Format(format.id));
        desk
    }

    /// Sends output and applies the answers until there are none.
    fn send(&mut self, output: impl Into<Output>) {
        let port = self.engine.port();
        for request in self.state.follow(output.into()) {
            (port.send)(request);
        }
        let mut port = self.engine.port();
        loop {
            self.engine.work();
            let Some(event) = (port.next)() else { return };
            for request in self.state.apply(event, self.now) {
                (port.send)(request);
            }
        }
    }

    fn send_with<O: Into<Output>>(&mut self, ask: impl FnOnce(&mut State) -> O) {
        let output = ask(&mut self.state);
        self.send(output);
    }

    fn answer(&mut self, field: &str, value: &str) {
        let format = self.state.export.format().unwrap();
        let field = format.fields.iter().find(|known| known.id == field).unwrap();
        self.state.export.answer(self.id, field, value.to_owned(), self.now);
    }

    fn rest(&mut self) {
        self.now += SignedDuration::from_secs(1);
        let now = self.now;
        self.send_with(|state| state.tick(now));
    }

    fn shown(&self) -> Option<String> {
        let document = self.state.export.model(self.id)?.preview().value()?;
        Some(document.files[0].text.expose_secret().to_owned())
    }

    fn requests(&self) -> Vec<ExportRequest> {
        self.engine.0.borrow().tools.requests.clone()
    }

    fn choose(&mut self, tool: Tool) {
        self.send_with(|state| state.export.choose(tool, &state.connections));
    }

    fn current_document(&self) -> Option<&Document> {
        self.state.export.current_document(self.id)
    }

    /// Ticks the box.
    fn ask_for_secret(&mut self) {
        if let Some(dialog) = IncludeSecret::new(&self.state.export, &self.state.connections) {
            self.state.dialogs.show(dialog);
        }
    }

    /// Confirms it. The dialog stays open while a name must be typed.
    fn include_secret(&mut self) {
        let dialog = self.state.dialogs.remove::<IncludeSecret>().unwrap();
        match dialog.include(&mut self.state.export) {
            Some(output) => self.send(output),
            None => self.state.dialogs.show(*dialog),
        }
    }

    fn secret_included(&mut self) {
        self.ask_for_secret();
        self.include_secret();
    }

    fn copied_with_secret(&self) -> Output {
        self.state.export.copy_with_secret(self.id)
    }

    fn ask_to_save(&mut self) {
        let dialog = SaveExport::new(self.id, &self.state.export, &self.state.preferences).unwrap();
        self.state.dialogs.show(dialog);
    }

    fn save(&mut self, in_work_tree: bool) {
        self.send_with(|state| state.dialogs.find_mut::<SaveExport>().unwrap().save(in_work_tree));
    }

    fn toggle_offers(&mut self, field: &str) {
        let (id, field) = (self.id, JDBC.fields.iter().find(|known| known.id == field).unwrap());
        self.send_with(|state| state.export.toggle_offers(id, field));
    }
}

fn jdbc() -> Desk {
    let mut desk = Desk::on(&JDBC);
    desk.answer("http-path", "/sql/1.0/warehouses/abc");
    desk.rest();
    desk
}

#[test]
fn the_next_connection_is_exportable_on_the_same_tab() {
    let (sales, stock) = (connection("Sales", |_| {}), connection("Stock", |_| {}));
    let mut desk = Desk::new(&sales);
    desk.engine = FakeEngine::with(&[sales.clone(), stock.clone()]);
    desk.send(start());
    desk.send_with(|state| state.connections.select(sales.id));
    desk.send_with(|state| state.show_page(Page::Export));
    desk.choose(Tool::Format(TERRAFORM.id));
    desk.send_with(|state| state.connections.select(stock.id));
    assert_eq!((desk.state.view.page(), desk.state.connections.exportable().map(|it| it.id)), (Page::Export, Some(stock.id)));
    assert!(desk.state.export.model(stock.id).is_some_and(|model| model.preview().value().is_some()), "of this one");
    // Two connections at once, or an unsaved one, cannot be exported; and showing a connection sends no request to its workspace.
    desk.send_with(|state| state.connections.toggle_selected(sales.id));
    assert_eq!(desk.state.view.page(), Page::Connection);
    desk.send_with(|state| state.connections.select(sales.id));
    desk.send_with(|state| state.show_page(Page::Export));
    desk.send_with(|state| state.connections.new_connection());
    assert_eq!(desk.state.view.page(), Page::Connection);
    desk.send_with(|state| state.connections.select(sales.id));
    desk.send_with(|state| state.show_page(Page::Tokens));
    desk.send_with(|state| state.connections.select(stock.id));
    assert_eq!(desk.state.view.page(), Page::Connection);
}

#[test]
fn tools_are_grouped_and_found_by_what_they_are_called() {
    let mut export = Export::default();
    export.offer(FORMATS);
    let found = |export: &Export| export.tools().into_iter().flat_map(|(_, tools)| tools).collect::<Vec<_>>();
    assert_eq!(found(&export), [Tool::Profile, Tool::Form, Tool::Format("jdbc"), Tool::Format("terraform")]);
    assert_eq!(export.tools().iter().map(|(group, _)| *group).collect::<Vec<_>>(), ["Most used", "SQL clients", "Shells and deployment"]);
    export.set_filter("JDBC".to_owned());
    assert_eq!(found(&export), [Tool::Format("jdbc")]);
    export.set_filter("python".to_owned());
    assert_eq!(found(&export), [Tool::Profile]);
    export.set_filter("nothing like it".to_owned());
    assert!(export.tools().is_empty());
}

#[test]
fn nothing_is_asked_for_while_something_required_is_missing_or_the_keys_have_not_rested() {
    let mut desk = Desk::on(&JDBC);
    assert_eq!(desk.requests(), []);
    assert_eq!(desk.state.export.model(desk.id).unwrap().missing(&JDBC).unwrap().id, "http-path");
    for typed in ["/s", "/sql", "/sql/1.0/warehouses/abc"] {
        desk.answer("http-path", typed);
        desk.send_with(|state| state.tick(at(0)));
    }
    assert_eq!(desk.requests().len(), 0);
    assert!(desk.state.next_tick(desk.now).unwrap() > SignedDuration::ZERO);
    desk.rest();
    assert_eq!(desk.requests().len(), 1);
    assert!(desk.shown().unwrap().ends_with("httpPath=/sql/1.0/warehouses/abc;driver=oss"));
    assert_eq!(desk.state.next_tick(desk.now), None);
}

#[test]
fn a_field_that_is_not_shown_is_not_sent() {
    let mut desk = jdbc();
    let fields = |desk: &Desk| desk.state.export.model(desk.id).unwrap().fields(&JDBC).map(|field| field.id).collect::<Vec<_>>();
    assert!(!fields(&desk).contains(&"log"));
    desk.answer("driver", "simba");
    desk.rest();
    assert!(fields(&desk).contains(&"log"));
    desk.answer("log", "/tmp");
    desk.rest();
    assert!(desk.shown().unwrap().contains("log=/tmp"));
    desk.answer("driver", "oss");
    desk.rest();
    assert!(!desk.shown().unwrap().contains("log="));
}

#[test]
fn a_late_answer_to_older_fields_changes_nothing() {
    let mut desk = jdbc();
    desk.engine.0.borrow_mut().tools.slow = true;
    desk.answer("http-path", "/older");
    desk.rest();
    desk.answer("http-path", "/newer");
    desk.rest();
    assert!(desk.shown().unwrap().contains("warehouses/abc"), "the last one stays until the new one is here");
    assert!(desk.current_document().is_none(), "and is not handed on");
    // The answer to the older request comes last.
    desk.engine.0.borrow_mut().answer_held_tools();
    desk.send(Output::none());
    assert!(desk.shown().unwrap().contains("/newer"), "{:?}", desk.shown());
    assert!(desk.current_document().is_some());
}

#[test]
fn the_secret_is_included_only_after_the_question_and_gone_when_something_else_is_looked_at() {
    let mut desk = jdbc();
    desk.ask_for_secret();
    assert!(desk.state.dialogs.find::<IncludeSecret>().is_some_and(|dialog| dialog.place.contains("JDBC URL")));
    desk.state.dialogs.close();
    assert!(desk.requests().iter().all(|request| !request.include_secret));
    desk.secret_included();
    assert!(desk.shown().unwrap().contains(SECRET));
    desk.state.export.reveal(desk.id, desk.now);
    assert!(desk.state.export.model(desk.id).unwrap().revealed_at().is_some());
    desk.send_with(|state| state.show_page(Page::Connection));
    let model = desk.state.export.model(desk.id).unwrap();
    assert!(!model.includes_secret() && model.revealed_at().is_none() && model.with_secret.value().is_none());
    assert!(!desk.shown().unwrap().contains(SECRET));

    // Another tool, and unticking the box.
    desk.send_with(|state| state.show_page(Page::Export));
    desk.secret_included();
    desk.state.export.exclude_secret(desk.id);
    assert!(!desk.shown().unwrap().contains(SECRET));
    desk.secret_included();
    desk.choose(Tool::Form);
    assert!(!desk.state.export.model(desk.id).unwrap().includes_secret());
}

#[test]
fn an_answer_with_the_secret_that_comes_after_leaving_is_not_kept() {
    let mut desk = jdbc();
    desk.engine.0.borrow_mut().tools.slow = true;
    desk.secret_included();
    desk.send_with(|state| state.show_page(Page::Connection));
    desk.engine.0.borrow_mut().answer_held_tools();
    desk.send(Output::none());
    assert!(desk.state.export.model(desk.id).unwrap().with_secret.value().is_none());
}

#[test]
fn production_wants_its_name_first_and_a_browser_sign_in_has_nothing_to_include() {
    let mut desk = Desk::new(&production("Sales"));
    desk.send_with(|state| state.show_page(Page::Export));
    desk.choose(Tool::Format("jdbc"));
    desk.secret_included();
    assert!(!desk.state.export.model(desk.id).unwrap().includes_secret());
    desk.state.dialogs.find_mut::<IncludeSecret>().unwrap().typed = " Sales ".to_owned();
    desk.include_secret();
    assert!(desk.state.export.model(desk.id).unwrap().includes_secret());

    let mut desk = Desk::new(&browser("Mine"));
    desk.choose(Tool::Format("jdbc"));
    desk.ask_for_secret();
    assert!(!desk.state.dialogs.is_open());
}

#[test]
fn a_secret_is_copied_by_the_engine_and_only_what_is_looked_at() {
    let mut desk = jdbc();
    assert!(desk.copied_with_secret().requests().is_empty(), "without a secret the window copies it");
    desk.secret_included();
    match desk.copied_with_secret().requests() {
        [ask] => assert!(ask.of::<CopySecret>().unwrap().secret.expose_secret().contains(SECRET)),
        other => panic!("{other:?}"),
    }
    desk.answer("http-path", "/x");
    assert!(desk.copied_with_secret().requests().is_empty(), "it is not as the fields are");
}

#[test]
fn what_is_offered_is_asked_for_once_and_schemas_are_those_of_the_catalog() {
    let mut desk = jdbc();
    let catalog = JDBC.fields.iter().find(|field| field.id == "catalog").unwrap();
    let id = desk.id;
    let offer = Offer { value: "main".to_owned(), label: "main".to_owned() };
    desk.engine.0.borrow_mut().tools.offers.insert((Pick::Catalog, None), Ok(vec![offer.clone()]));
    desk.toggle_offers("catalog");
    desk.toggle_offers("catalog");
    desk.toggle_offers("catalog");
    assert_eq!(desk.engine.sent("ListOffers"), 1);
    assert_eq!(desk.state.export.offers(desk.id, Pick::Catalog, None).unwrap().value().unwrap().len(), 1);

    desk.toggle_offers("schema");
    assert_eq!(desk.engine.sent("ListOffers"), 1, "of which catalog?");
    desk.send_with(|state| state.export.pick_offer(id, catalog, &offer, at(9)));
    assert!(desk.shown().unwrap().contains("catalog=main"));
    desk.toggle_offers("schema");
    assert!(desk.state.export.offers(desk.id, Pick::Schema, Some(&"main".to_owned())).is_some());
}

#[test]
fn a_place_in_a_work_tree_is_used_only_when_the_person_means_exactly_that_place() {
    let mut desk = jdbc();
    desk.state.preferences.save_folder = Some(PathBuf::from("/home/ada"));
    desk.secret_included();
    desk.ask_to_save();
    desk.engine.0.borrow_mut().tools.save_failure = Some(refused(Code::InWorkTree));
    desk.save(true);
    assert!(desk.state.dialogs.find::<SaveExport>().unwrap().work_tree);
    desk.save(true);
    let place = |in_work_tree| ExportPlace { to: PathBuf::from("/home/ada/url.txt"), in_work_tree };
    assert_eq!(desk.engine.0.borrow().tools.places, [place(false), place(true)]);
    assert!(!desk.state.dialogs.is_open());
    assert_eq!(desk.state.view.notices, [Notice::Done("Saved as /home/ada/url.txt".to_owned())]);
}

#[test]
fn several_files_go_into_a_folder() {
    let mut desk = Desk::on(&TERRAFORM);
    desk.state.preferences.save_folder = Some(PathBuf::from("/home/ada"));
    desk.ask_to_save();
    desk.save(false);
    assert_eq!(desk.engine.0.borrow().tools.places[0].to, PathBuf::from("/home/ada/brickpass-terraform"));
    assert_eq!(desk.state.view.notices, [Notice::Done("Saved 2 files in /home/ada/brickpass-terraform".to_owned())]);
}

#[test]
fn a_worker_that_crashed_leaves_nothing_waiting() {
    let mut desk = jdbc();
    desk.engine.0.borrow_mut().tools.slow = true;
    desk.secret_included();
    desk.toggle_offers(JDBC.fields[0].id);
    {
        let tools = &mut desk.engine.0.borrow_mut().tools;
        tools.export_failure = Some(refused(Code::Internal));
        tools.offers.insert((Pick::HttpPath, None), Err(refused(Code::Internal)));
    }
    desk.engine.0.borrow_mut().answer_held_tools();
    desk.send(Output::none());
    let model = desk.state.export.model(desk.id).unwrap();
    assert!(!model.plain.waits() && !model.with_secret.waits());
    assert!(!desk.state.export.offers(desk.id, Pick::HttpPath, None).unwrap().waits());
}

#[test]
fn the_form_has_one_row_for_each_field_in_the_order_of_dialogs() {
    let labels = |desk: &Desk| desk.state.connections.form_rows().into_iter().map(|row| row.label).collect::<Vec<_>>();
    let desk = Desk::new(&connection("Sales", |_| {}));
    assert_eq!(labels(&desk), ["Name", "Base URL", "Timeout", "Authentication type", "Access token"]);
    assert_eq!(desk.state.connections.form_rows()[4].value, FormValue::Secret(SecretKind::PersonalAccessToken));
    let desk = Desk::new(&connection("Robot", |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.client_id = "00000000-0000-4000-8000-000000000001".to_owned();
    }));
    assert_eq!(labels(&desk)[3..], ["Authentication type", "Client ID", "Client secret"]);
    let desk = Desk::new(&browser("Mine"));
    assert!(matches!(desk.state.connections.form_rows()[4].value, FormValue::None(_)));
}

#[test]
fn debug_output_holds_no_secret() {
    let mut desk = jdbc();
    desk.secret_included();
    assert!(desk.shown().unwrap().contains(SECRET));
    assert!(!format!("{:?}", desk.state.export).contains(SECRET));
}

#[test]
fn of_every_format_the_secret_alone_is_hidden() {
    let sales = connection("Sales", |_| {});
    let profile = ProfileName::of(&sales.name);
    let secret = SecretString::from(SECRET);
    let stand_in = SecretString::from(outcome::STAND_IN);
    let (mut formats, mut readable, mut lines) = (0, 0, 0);
    for format in brickpass_interchange::export::FORMATS.iter().filter(|format| format.takes_secret.is_some()) {
        let mut answers = Answers::default();
        for field in format.fields.iter().filter(|field| field.required) {
            answers.set(field.id, "main");
        }
        let made = |secret| {
            let subject =
                Subject { connection: &sales, secret: Some(secret), profile: profile.as_str(), helper: "/opt/brickpass-credential" };
            format.write(&subject, &answers)
        };
        let (Ok(document), Ok(known)) = (made(&secret), made(&stand_in)) else { continue };
        if !document.contains_secret {
            continue;
        }
        formats += 1;
        for (file, known) in document.files.iter().zip(&known.files) {
            let text = file.text.expose_secret();
            let shown = Hidden::by(known.text.expose_secret()).text(text);
            assert!(!shown.contains(&SECRET[..6]) && !shown.contains("ZGFwaT"), "{}: {shown}", format.id);
            lines += text.lines().count();
            readable += shown.lines().filter(|line| !line.contains(HIDDEN)).count();
        }
    }
    assert!(formats >= 10, "{formats}");
    assert!(readable * 10 >= lines * 7, "{readable} of {lines} lines are readable");
}
