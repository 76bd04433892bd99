//! From the button to the end of a sign-in: its steps, its port, and how it is stopped.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use brickpass_core::{
    connection::{BaseUrl, Status},
    failure::Code,
};
use brickpass_databricks::check::Step;
use brickpass_demo::OAuthFault;
use brickpass_engine::{Event, SignInStep};
use secrecy::ExposeSecret as _;

use super::{Desk, SALES, come_back, form};
use crate::support::{
    browser::{consent, visit},
    desk::{News, SignInNews, sign_in_news},
    own_port,
};

#[test]
fn who_presses_sign_in_is_asked_in_the_browser_and_named_in_the_window() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    assert_eq!(desk.test(&sales).state, Status::SignIn, "nobody has signed in yet");

    // What the save and the test have told is not about the sign-in.
    while desk.try_next_event().is_some() {}
    let _run = desk.begin(7, &sales);
    let mut steps = Vec::new();
    let mut history = Vec::new();
    let outcome = loop {
        let event = desk.until(Some);
        if let Event::History(changes) = event {
            history.extend(changes);
            continue;
        }
        match sign_in_news(event) {
            Some(SignInNews { run: 7, news: News::Step(step) }) => {
                if let SignInStep::Waiting { address, port, until, browser_opened } = &step {
                    let left = until.as_second() - jiff::Timestamp::now().as_second();
                    assert!((298..=301).contains(&left), "{left}");
                    assert_eq!((*port, *browser_opened), (desk.port, true));
                    assert_eq!(desk.opened(), [address.expose_secret()]);
                    come_back(&consent(address.expose_secret(), &me.name, &me.password).unwrap());
                }
                steps.push(format!("{step:?}").split([' ', '{']).next().unwrap().to_owned());
            }
            Some(SignInNews { run: 7, news: News::End(outcome) }) => break outcome.unwrap(),
            _ => {}
        }
    };
    assert_eq!(steps, ["CheckingVault", "Discovering", "Waiting", "Exchanging"]);
    assert_eq!((outcome.sign_in.user.as_str(), outcome.sign_in.renews), (me.name.as_str(), true));
    assert_eq!((outcome.hints, outcome.found), (Vec::<String>::new(), None));
    assert_eq!(history, [(sales.id, None)], "the row says Sign in no more");
    assert_eq!(desk.who(sales.id), Some(me.name.clone()));

    let report = desk.test(&sales);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    let authentication = report.steps.iter().find(|step| step.step == Step::Authentication).unwrap();
    assert!(authentication.detail.as_ref().unwrap().starts_with("OAuth, access token valid until "), "{authentication:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 1);
}

#[test]
fn lb_41_a_cancelled_sign_in_ends_at_once_and_closes_its_port() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    let sign_in = desk.begin(1, &sales);
    let (address, _) = desk.waiting(1);
    let back = consent(&address, &me.name, &me.password).unwrap();
    let began = Instant::now();
    drop(sign_in.cancel);
    assert_eq!(desk.finished(1).unwrap_err().code, Code::Cancelled);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(desk.port_is_closed());
    assert!(std::panic::catch_unwind(|| visit(&back)).is_err(), "nobody takes a late answer");
    assert_eq!(desk.demo.authorization().exchanges(), 0);
    assert_eq!(desk.who(sales.id), None);
}

#[test]
fn lb_40_a_sign_in_without_an_answer_ends_in_time_and_closes_its_port() {
    let mut desk = Desk::with(|places| places.sign_in_limit = Duration::from_secs(1));
    let sales = desk.sales();
    let _run_1 = desk.begin(1, &sales);
    desk.waiting(1);
    let began = Instant::now();
    let failure = desk.finished(1).unwrap_err();
    assert_eq!(failure.code, Code::SignInTimeout, "{failure}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(desk.port_is_closed());
}

#[test]
fn lb_38_with_every_port_taken_no_browser_is_opened() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, desk.port)).unwrap();
    let _run_1 = desk.begin(1, &sales);
    let failure = desk.finished(1).unwrap_err();
    assert_eq!(failure.code, Code::PortsTaken, "{failure}");
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn lb_43_two_sign_ins_at_once_each_take_their_own_answer() {
    let mut desk = Desk::new();
    let (me, base_url) = (desk.me(), desk.workspace(SALES));
    let ports = [own_port(), own_port()];
    let connections = ports.map(|port| {
        desk.demo.authorization().register_redirect_port(port);
        desk.save(form(&format!("On {port}"), &base_url, |draft| draft.redirect_port = port.to_string()))
    });
    let _run_1 = desk.begin(1, &connections[0]);
    let (first, _) = desk.waiting(1);
    let _run_2 = desk.begin(2, &connections[1]);
    let (second, _) = desk.waiting(2);
    let for_first = consent(&first, &me.name, &me.password).unwrap();

    // The answer of the first, brought to the second.
    visit(&for_first.replace(&ports[0].to_string(), &ports[1].to_string()));
    let count = desk.step(2, |step| if let SignInStep::WrongKey { count } = step { Some(count) } else { None });
    assert_eq!(count, 1);

    come_back(&consent(&second, &me.name, &me.password).unwrap());
    assert!(desk.finished(2).is_ok());
    come_back(&for_first);
    assert!(desk.finished(1).is_ok());
    assert_eq!(desk.demo.authorization().exchanges(), 2);
}

#[test]
fn lb_43_a_second_sign_in_of_the_same_connection_takes_the_place_and_the_port_of_the_first() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    let _run_1 = desk.begin(1, &sales);
    desk.waiting(1);
    let _run_2 = desk.begin(2, &sales);
    assert_eq!(desk.finished(1).unwrap_err().code, Code::Cancelled);
    let (address, _) = desk.waiting(2);
    come_back(&consent(&address, &me.name, &me.password).unwrap());
    assert!(desk.finished(2).is_ok());
}

#[test]
fn lb_46_without_a_browser_the_address_is_told_and_the_sign_in_goes_on() {
    let mut desk = Desk::with(|places| {
        places.open_url = Some(Arc::new(|_| Err(std::io::ErrorKind::NotFound.into())));
    });
    let (sales, me) = (desk.sales(), desk.me());
    let _run_1 = desk.begin(1, &sales);
    let (address, opened) = desk.waiting(1);
    assert!(!opened);
    come_back(&consent(&address, &me.name, &me.password).unwrap());
    assert!(desk.finished(1).is_ok());
}

#[test]
fn nobody_is_signed_in_at_an_address_that_nobody_confirmed() {
    let mut desk = Desk::new();
    let mut sales = desk.sales();
    sales.base_url = BaseUrl::read("https://databricks.invalid").unwrap().base_url;
    let _run_1 = desk.begin(1, &sales);
    assert_eq!(desk.finished(1).unwrap_err().code, Code::InvalidInput);
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn lb_30_an_answer_that_does_not_name_its_server_is_accepted_and_noted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    desk.demo.authorization().set_fault(OAuthFault::NoIss);
    let signed_in = desk.sign_in(&sales, &desk.me()).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("does not name the authorization server")), "{signed_in:?}");
    desk.demo.authorization().clear_fault();
    let signed_in = desk.sign_in(&sales, &desk.me()).unwrap();
    assert!(signed_in.hints.is_empty(), "{signed_in:?}");
}

#[test]
fn ot_14_scopes_that_were_not_granted_are_told() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.demo.authorization().set_fault(OAuthFault::FewerScopes("sql offline_access"));
    let signed_in = desk.sign_in(&sales, &me).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("all-apis")), "{signed_in:?}");
}

#[test]
fn ot_03_a_server_that_does_not_say_how_long_a_token_is_valid_is_hinted_at() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.demo.authorization().set_fault(OAuthFault::ExpiresIn(None));
    let signed_in = desk.sign_in(&sales, &me).unwrap();
    assert!(signed_in.hints.iter().any(|hint| hint.contains("one hour is assumed")), "{signed_in:?}");
    let report = desk.test(&sales);
    assert_eq!(report.state, Status::Ok);
    assert!(report.hints.iter().any(|hint| hint.contains("one hour is assumed")), "{:?}", report.hints);
}

#[test]
fn the_port_is_closed_when_the_program_ends() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let _run_1 = desk.begin(1, &sales);
    desk.waiting(1);
    assert!(desk.port_is_open());
    desk.finish();
    assert!(desk.port_is_closed());
}
