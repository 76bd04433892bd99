//! Publishing through the state, on an engine that keeps everything in memory.

use super::*;
use crate::ui::{
    fake_engine::export::{profile, refused},
    fake_engine::{FakeEngine, at, connection},
    state::{Notice, Page, State, start},
};
use brickpass_core::{connection::Connection, failure::Code};

struct Desk {
    state: State,
    engine: FakeEngine,
    id: ConnectionId,
}

impl Desk {
    fn new(connection: &Connection, prepare: impl FnOnce(&FakeEngine)) -> Self {
        let engine = FakeEngine::with(std::slice::from_ref(connection));
        engine.0.borrow_mut().tools.has_file = true;
        prepare(&engine);
        let mut desk = Self { state: State::default(), engine, id: connection.id };
        desk.send(start());
        desk.send_with(|state| state.show_page(Page::Export));
        desk
    }

    fn sales() -> Self {
        Self::new(&connection("Sales Lakehouse", |_| {}), |_| {})
    }

    fn drifted(drift: Drift) -> Self {
        let sales = connection("Sales", |_| {});
        Self::new(&sales, |engine| engine.0.borrow_mut().tools.file.profiles.push(profile("their-name", Some((sales.id, drift)))))
    }

    fn send(&mut self, output: impl Into<Output>) {
        let mut port = self.engine.port();
        for request in self.state.follow(output.into()) {
            (port.send)(request);
        }
        loop {
            self.engine.work();
            let Some(event) = (port.next)() else { return };
            for request in self.state.apply(event, at(0)) {
                (port.send)(request);
            }
        }
    }

    fn send_with<O: Into<Output>>(&mut self, ask: impl FnOnce(&mut State) -> O) {
        let output = ask(&mut self.state);
        self.send(output);
    }

    /// What a button of the profile does.
    fn press(&mut self, button: impl FnOnce(&mut Profiles, ConnectionId) -> Output) {
        let output = button(&mut self.state.export.profiles, self.id);
        self.send(output);
    }

    fn apply(&mut self) -> Output {
        self.state.export.profiles.apply(self.id)
    }

    fn publishing(&self) -> &Publishing {
        self.state.export.profiles.publishing(self.id).unwrap()
    }

    fn published(&self) -> Option<(String, Drift, bool)> {
        self.state.export.profiles.published(self.id).map(|(line, drift)| (line.name.clone(), drift, line.is_default))
    }
}

#[test]
fn opening_the_tab_says_what_publishing_would_change_and_changes_nothing() {
    let desk = Desk::sales();
    assert_eq!(desk.publishing().name(), "sales-lakehouse");
    assert!(desk.publishing().change().is_some());
    assert_eq!((desk.engine.sent("PlanPublish"), desk.engine.sent("ApplyPlan")), (1, 0));
}

#[test]
fn what_was_shown_is_what_is_done_and_undo_takes_it_back() {
    let mut desk = Desk::sales();
    let shown = desk.publishing().change().cloned().unwrap();
    let output = desk.apply();
    assert!(matches!(output.requests(), [ask] if ask.of::<ApplyPlan>().is_some_and(|asked| asked.plan == shown)));
    assert!(desk.apply().requests().is_empty(), "once");
    desk.send(output);
    assert_eq!(desk.published(), Some(("sales-lakehouse".to_owned(), Drift::Same, false)));
    assert!(desk.publishing().is_there_already());
    assert_eq!(desk.state.view.notices, [Notice::Done("Published as sales-lakehouse".to_owned())]);
    desk.press(|profiles, _| profiles.restore());
    assert_eq!(desk.published(), None);
    assert!(desk.publishing().change().is_some() && !desk.state.export.profiles.is_changing());
}

#[test]
fn a_typed_name_is_asked_about_when_the_keys_rest_and_stays() {
    let mut desk = Desk::sales();
    desk.state.export.profiles.type_name(desk.id, "a b".to_owned(), at(0));
    assert!(desk.publishing().unfit().is_some() && desk.publishing().change().is_none());
    desk.send_with(|state| state.tick(at(1)));
    assert_eq!(desk.engine.sent("PlanPublish"), 1, "not for a name that cannot be");
    desk.state.export.profiles.type_name(desk.id, "mine".to_owned(), at(2));
    desk.send_with(|state| state.tick(at(2)));
    assert_eq!(desk.engine.sent("PlanPublish"), 1);
    desk.send_with(|state| state.tick(at(3)));
    assert_eq!(desk.engine.sent("PlanPublish"), 2);
    desk.send_with(|state| state.export.load(&state.connections));
    assert_eq!(desk.publishing().name(), "mine");
}

#[test]
fn a_profile_that_was_published_is_known_by_its_own_name() {
    let desk = Desk::drifted(Drift::Same);
    assert_eq!(desk.publishing().name(), "their-name");
}

#[test]
fn drift_has_three_ways_out() {
    for drift in [Drift::ChangedThere, Drift::Both] {
        let mut desk = Desk::drifted(drift);
        desk.press(Profiles::apply);
        assert_eq!(desk.published().unwrap().1, Drift::Same, "publish again");
        let mut desk = Desk::drifted(drift);
        desk.press(|profiles, id| profiles.keep_file_version(id));
        assert_eq!((desk.published().unwrap().1, desk.engine.sent("ApplyPlan")), (Drift::Same, 0), "keep theirs");
        let mut desk = Desk::drifted(drift);
        desk.press(|profiles, id| profiles.stop_tracking(id));
        assert_eq!((desk.published(), desk.engine.sent("ApplyPlan")), (None, 0), "forget");
    }
}

#[test]
fn the_default_profile_is_set_after_its_own_look() {
    let mut desk = Desk::drifted(Drift::Same);
    desk.press(|profiles, id| profiles.plan_for(id, Intent::Default));
    assert_eq!(desk.publishing().intent(), Intent::Default);
    assert!(desk.publishing().change().unwrap().diff.iter().any(|line| line.text == "default_profile = their-name"));
    desk.press(Profiles::leave_plan);
    assert_eq!((desk.publishing().intent(), desk.published().unwrap().2), (Intent::Publish, false));
    desk.press(|profiles, id| profiles.plan_for(id, Intent::Default));
    desk.press(Profiles::apply);
    assert_eq!((desk.publishing().intent(), desk.published().unwrap().2), (Intent::Publish, true));
}

#[test]
fn a_file_that_changed_meanwhile_is_shown_again_and_nothing_is_written() {
    let mut desk = Desk::sales();
    desk.engine.0.borrow_mut().tools.apply_failure = Some(refused(Code::Conflict));
    desk.press(Profiles::apply);
    assert_eq!(desk.publishing().trouble.as_ref().map(|failure| failure.code), Some(Code::Conflict));
    assert_eq!((desk.engine.sent("ListProfiles"), desk.engine.sent("PlanPublish")), (2, 2));
    assert!(desk.publishing().change().is_some() && desk.published().is_none());
}

#[test]
fn a_late_plan_and_a_late_verification_find_nobody() {
    let mut desk = Desk::drifted(Drift::Same);
    let before = desk.publishing().plan().value().cloned();
    desk.state.export.profiles.planned(desk.id, RunId::next(), Err(refused(Code::Internal)));
    assert_eq!(desk.publishing().plan().value().cloned(), before);
    let output = desk.state.export.profiles.verify(desk.id);
    assert!(desk.state.export.profiles.verify(desk.id).requests().is_empty(), "once at a time");
    desk.state.export.profiles.verified(RunId::next(), desk.id, Ok(Vec::new()));
    assert!(desk.publishing().verification().waits());
    desk.send(output);
    assert!(!desk.publishing().verification().waits());
}

#[test]
fn a_worker_that_crashed_leaves_nothing_waiting() {
    let mut desk = Desk::sales();
    let output = desk.apply();
    assert_eq!(output.requests().len(), 1);
    desk.engine.0.borrow_mut().tools.apply_failure = Some(refused(Code::Internal));
    desk.send(output);
    assert!(!desk.state.export.profiles.is_changing() && desk.publishing().trouble.is_some());
}

#[test]
fn pb_05_a_profile_of_somebody_else_is_replaced_only_once_that_was_ticked() {
    let sales = connection("Sales", |_| {});
    let replaced = brickpass_engine::Replaced {
        profile: "sales".to_owned(),
        leads: Some("https://old.cloud.databricks.com".to_owned()),
        signs_in: None,
        only_copies: vec!["token".to_owned()],
        vault_closed: false,
    };
    let mut desk = Desk::new(&sales, |engine| engine.0.borrow_mut().tools.replaces = vec![replaced]);
    assert!(desk.publishing().change().is_some() && !desk.publishing().is_ready());
    assert!(desk.apply().requests().is_empty());
    let id = desk.id;
    desk.state.export.profiles.publishing_mut(id).unwrap().agreed = true;
    let output = desk.apply();
    assert!(matches!(output.requests(), [ask] if ask.of::<ApplyPlan>().is_some_and(|asked| asked.plan.agreed)));
    desk.send(output);
    assert!(!desk.publishing().agreed, "of the next one, nobody has agreed to anything");
}
