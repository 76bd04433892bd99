//! A valid access token, whoever asks, however many ask, whatever goes wrong in between.

mod processes;
mod world;

use std::{
    sync::Barrier,
    time::{Duration, Instant},
};

use brickpass_core::failure::{Code, Remedy};
use brickpass_demo::OAuthFault;
use brickpass_storage::{RefreshLock, SecretKey};
use serde_json::json;

use crate::support::{comes, stays};
use world::{ID, World, key, text, until};

/// Past the end of a token that was issued before.
const TWO_HOURS: i64 = 120;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_once_and_given_out_while_it_is_fresh() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let first = sessions.access_token(&connection).await.unwrap();
    assert_eq!((text(&sessions.access_token(&connection).await.unwrap()), world.asked()), (text(&first), 0));
    world.clock.advance(56);
    let second = sessions.access_token(&connection).await.unwrap();
    assert!(text(&second) != text(&first) && world.authorization.refreshes() == 1, "five minutes ahead of its end");
    assert_eq!(sessions.expires_at(connection.id), second.expires_at);
    // The next start goes on with what is stored, without asking, and with nothing of it in the open.
    let next = world.sessions();
    assert_eq!(next.expires_at(connection.id), None);
    assert_eq!(text(&next.access_token(&connection).await.unwrap()), text(&second));
    assert_eq!((world.authorization.refreshes(), world.authorization.reuses()), (1, 0));
    let refresh_token = world.stored().unwrap()["refresh_token"].as_str().unwrap().to_owned();
    for (path, bytes) in world.home.files() {
        let bytes = String::from_utf8_lossy(&bytes);
        assert!(!bytes.contains(&refresh_token) && !bytes.contains(&text(&second)), "a token lies in the open in {}", path.display());
    }
    // It knows when to renew it, as the one who got it does.
    world.clock.advance(56);
    assert_ne!(text(&world.sessions().access_token(&connection).await.unwrap()), text(&second));
}

#[test]
fn rf_02_fifty_threads_that_ask_at_expiry_make_one_request() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let (sessions, connection) = (runtime.block_on(world.signed_in()), world.connection());
    world.clock.advance(TWO_HOURS);
    let barrier = Barrier::new(50);
    let tokens: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            text(&runtime.handle().block_on(sessions.access_token(&connection)).unwrap())
        };
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(world.asked(), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_04_a_token_that_the_vault_does_not_take_is_used_kept_and_stored_later() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let before = world.stored();
    world.spoil_vault();
    world.clock.advance(TWO_HOURS);
    world.changes.lock().unwrap().clear();
    sessions.access_token(&connection).await.unwrap();
    assert_eq!((sessions.unsaved(), world.stored()), (vec![connection.id], before), "what would be lost is told");
    assert!(world.changes.lock().unwrap().contains(&connection.id));
    world.clock.advance(TWO_HOURS);
    sessions.access_token(&connection).await.unwrap();
    assert_eq!((world.authorization.refreshes(), world.authorization.reuses()), (2, 0), "the next renewal goes on from memory");
    let failure = sessions.store_unsaved(None).await.unwrap_err();
    assert_eq!((failure.code, sessions.unsaved()), (Code::VaultUnusable, vec![connection.id]));
    world.mend_vault();
    // Nobody asks for it.
    until("storing in the background", || sessions.unsaved().is_empty()).await;
    world.clock.advance(TWO_HOURS);
    world.sessions().access_token(&connection).await.unwrap();
    assert_eq!((world.authorization.refreshes(), world.authorization.reuses()), (3, 0), "the next start has the newest");
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_04_what_is_offered_to_the_vault_again_does_not_replace_a_newer_sign_in() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    world.spoil_vault();
    world.clock.advance(TWO_HOURS);
    sessions.access_token(&connection).await.unwrap();
    world.mend_vault();
    // Another window, in the meantime.
    world.signed_in().await;
    let newest = world.stored();
    sessions.store_unsaved(None).await.unwrap();
    assert_eq!((world.stored(), sessions.unsaved()), (newest, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_06_a_lock_that_is_held_too_long_is_reported_and_nothing_is_sent() {
    let world = World::new();
    world.signed_in().await;
    let (sessions, connection) = (world.sessions_with(Duration::from_secs(1)), world.connection());
    world.clock.advance(TWO_HOURS);
    let stuck = RefreshLock::acquire(&world.home.state_dir(), connection.id, Duration::ZERO).unwrap().unwrap();
    let began = Instant::now();
    let failure = sessions.access_token(&connection).await.unwrap_err();
    assert!((Duration::from_secs(1)..Duration::from_secs(20)).contains(&began.elapsed()), "{:?}", began.elapsed());
    assert_eq!((failure.code, world.asked()), (Code::RefreshBusy, 0));
    assert!(failure.what.contains("Another Brickpass process is renewing"), "{failure}");

    // One that makes progress is waited for a little longer than this.
    let patience = Duration::from_secs(5);
    let (patient, other, new) = (world.sessions_with(patience), world.sessions_with(Duration::ZERO), world.log_in().await);
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { patient.access_token(&connection).await }
    });
    tokio::task::block_in_place(|| stays("it waits for the lock", || !waiting.is_finished()));
    other.signed_in(&connection, "ada@example.com".into(), new).await.unwrap();
    // Past the time for which it waits for a holder that shows no progress.
    let past = Instant::now() + patience;
    tokio::task::block_in_place(|| comes("that time", || Instant::now() > past));
    drop(stuck);
    waiting.await.unwrap().unwrap();
    assert_eq!(world.asked(), 0, "the new sign-in brought a token for both");
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_06_whoever_has_a_valid_token_does_not_wait_long_for_a_better_one() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let token = sessions.access_token(&connection).await.unwrap();
    let stuck = RefreshLock::acquire(&world.home.state_dir(), connection.id, Duration::ZERO).unwrap().unwrap();
    world.clock.advance(56);
    let began = Instant::now();
    assert_eq!(text(&sessions.access_token(&connection).await.unwrap()), text(&token));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(stuck);
    sessions.drained().await;
    assert_eq!(world.authorization.refreshes(), 1, "the renewal went on");
    assert_ne!(text(&sessions.access_token(&connection).await.unwrap()), text(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_07_a_refused_refresh_token_gives_way_to_a_newer_one_that_is_stored() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let old = world.stored().unwrap()["refresh_token"].as_str().unwrap().to_owned();
    let newer = world.log_in().await;
    world.clock.advance(TWO_HOURS);
    world.authorization.set_fault(OAuthFault::SlowTokens(Duration::from_millis(600)));
    let asking = tokio::spawn({
        let (sessions, connection) = (sessions.clone(), connection.clone());
        async move { sessions.access_token(&connection).await }
    });
    until("the request", || world.asked() == 1).await;
    // While the old token is on its way, it ends, and somebody who knows no locks stores a newer one.
    let revoked = [("token", old.as_str()), ("client_id", "databricks-cli")];
    crate::support::client().post(format!("{}/oidc/v1/revoke", world.workspace().base_url)).form(&revoked).send().await.unwrap();
    world.sessions_with(Duration::ZERO).signed_in(&connection, "ada@example.com".into(), newer).await.unwrap();
    asking.await.unwrap().unwrap();
    assert_eq!((world.asked(), world.authorization.refreshes()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_has_ended_is_told_and_its_token_is_not_sent_again() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let stored = world.stored();
    world.authorization.revoke_all();
    world.clock.advance(TWO_HOURS);
    for _ in 0..3 {
        let failure = sessions.access_token(&connection).await.unwrap_err();
        assert_eq!((failure.code, failure.remedy), (Code::SignInNeeded, Some(Remedy::SignIn)));
    }
    assert_eq!((world.asked(), world.stored()), (1, stored), "one request, and nothing deleted");
    assert_eq!(sessions.signed_in_as(&connection).await.unwrap(), None);
    sessions.signed_in(&connection, "ada@example.com".into(), world.log_in().await).await.unwrap();
    sessions.access_token(&connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_10_a_token_that_ended_while_the_computer_slept_is_renewed_on_wake() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let before = sessions.access_token(&connection).await.unwrap();
    world.clock.advance(8 * 60);
    let after = sessions.access_token(&connection).await.unwrap();
    assert!(text(&after) != text(&before) && after.expires_at.unwrap() > world.clock.now());
    assert_eq!(world.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_11_a_server_that_asks_for_an_hour_of_peace_gets_it() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    world.authorization.set_fault(OAuthFault::RateLimited { retry_after: Duration::from_hours(1), times: 1 });
    world.clock.advance(56);
    // Ahead of its end the token is still good.
    sessions.access_token(&connection).await.unwrap();
    let asked = world.asked();
    world.clock.advance(10);
    for _ in 0..5 {
        let failure = sessions.access_token(&connection).await.unwrap_err();
        assert_eq!(failure.code, Code::RateLimited);
        assert!(failure.fix.contains("in 50 minutes"), "it says when: {failure}");
    }
    assert_eq!(world.asked(), asked, "no hammering");
    world.clock.advance(51);
    sessions.access_token(&connection).await.unwrap();
    assert_eq!(world.authorization.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_11_who_stops_waiting_does_not_stop_the_others() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    world.clock.advance(TWO_HOURS);
    world.authorization.set_fault(OAuthFault::SlowTokens(Duration::from_millis(300)));
    let ask = || {
        let (sessions, connection) = (sessions.clone(), connection.clone());
        tokio::spawn(async move { sessions.access_token(&connection).await })
    };
    let impatient = ask();
    until("the request", || world.asked() == 1).await;
    let patient = ask();
    impatient.abort();
    patient.await.unwrap().unwrap();
    assert_eq!(world.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rf_12_a_token_that_the_service_refuses_is_renewed_once_and_then_it_is_an_error() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let first = sessions.access_token(&connection).await.unwrap();
    let second = sessions.replace(&connection, &first).await.unwrap();
    assert_ne!(text(&first), text(&second));
    for _ in 0..3 {
        assert_eq!(sessions.replace(&connection, &second).await.unwrap_err().code, Code::Unauthorized);
    }
    assert_eq!(world.asked(), 1, "one renewal for two refusals");
    // Somebody who is late with the first refusal gets what is there.
    assert_eq!(text(&sessions.replace(&connection, &first).await.unwrap()), text(&second));
    assert_eq!(world.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_fails_ahead_of_time_keeps_the_valid_token_and_rests_a_minute() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let token = sessions.access_token(&connection).await.unwrap();
    world.authorization.set_fault(OAuthFault::HtmlTokens);
    world.clock.advance(56);
    for _ in 0..3 {
        assert_eq!(text(&sessions.access_token(&connection).await.unwrap()), text(&token));
    }
    let asked = world.asked();
    world.clock.advance(2);
    sessions.access_token(&connection).await.unwrap();
    assert!(asked >= 1 && world.asked() > asked, "after the minute it is tried again");
    world.clock.advance(10);
    assert!(sessions.access_token(&connection).await.is_err(), "what has ended is not given out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_sent_nowhere_but_where_it_was_issued() {
    let world = World::new();
    world.signed_in().await;
    let sessions = world.sessions();
    for changes in [
        json!({"base_url": world.demo.workspaces()[1].base_url}),
        json!({"auth": {"type": "browser", "client_id": "another-application"}}),
        json!({"auth": {"type": "browser", "scopes": ["sql", "offline_access"]}}),
        json!({"level": {"account": {"account_id": world.demo.account().account_id}}}),
    ] {
        let edited = world.connection_with(changes);
        let failure = sessions.access_token(&edited).await.unwrap_err();
        assert_eq!((failure.code, sessions.signed_in_as(&edited).await.unwrap()), (Code::SignInNeeded, None), "{edited:?}");
    }
    assert_eq!(world.asked(), 0);
    sessions.access_token(&world.connection()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_sign_in_that_cannot_be_read_is_left_alone_and_asks_for_another() {
    let world = World::new();
    let (sessions, connection) = (world.sessions(), world.connection());
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::SignInNeeded);
    world.vault().put(&key(), &"{\"v\":2,\"of\":\"the future\"}".into()).unwrap();
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::SignInNeeded);
    assert_eq!(sessions.signed_in_as(&connection).await.unwrap(), None);
    assert_eq!(world.stored().unwrap()["of"], "the future");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_revokes_deletes_and_forgets() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let as_who = sessions.signed_in_as(&connection).await.unwrap().unwrap();
    assert_eq!((as_who.user.as_str(), as_who.renews), ("ada@example.com", true));
    assert_eq!(as_who.expires_at, sessions.expires_at(connection.id));
    sessions.sign_out(&connection).await.unwrap();
    assert!(world.authorization.requests().iter().any(|request| request.contains("/v1/revoke")));
    assert_eq!((world.stored(), sessions.expires_at(connection.id)), (None, None));
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::SignInNeeded);
    assert_eq!(world.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_for_a_connection_that_is_not_saved_is_held_until_it_is() {
    let world = World::new();
    let (sessions, connection) = (world.sessions(), world.connection());
    sessions.stage(&connection, "ada@example.com".into(), world.log_in().await).await;
    world.clock.advance(TWO_HOURS);
    sessions.access_token(&connection).await.unwrap();
    sessions.store_unsaved(None).await.unwrap();
    assert_eq!((world.stored(), sessions.unsaved()), (None, vec![]), "nobody has saved the connection");
    sessions.store_unsaved(Some(connection.id)).await.unwrap();
    world.clock.advance(TWO_HOURS);
    world.sessions().access_token(&connection).await.unwrap();
    assert_eq!((world.authorization.refreshes(), world.authorization.reuses()), (2, 0));
    assert_eq!(world.stored().unwrap()["user"], "ada@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_not_to_stay_ends_with_its_access_token() {
    let world = World::new();
    let connection = world.connection_with(json!({"auth": {"type": "browser", "scopes": ["all-apis"]}}));
    let sessions = world.signed_in().await;
    sessions.signed_in(&connection, "ada@example.com".into(), world.log_in_for("all-apis").await).await.unwrap();
    let stored = world.stored().unwrap();
    assert_eq!(stored.get("refresh_token"), None, "nothing of the former sign-in stays: {stored:#}");
    assert!(!sessions.signed_in_as(&connection).await.unwrap().unwrap().renews);
    let token = sessions.access_token(&connection).await.unwrap();
    // To its very end, and for whoever comes later.
    world.clock.advance(59);
    assert_eq!(text(&world.sessions().access_token(&connection).await.unwrap()), text(&token));
    assert_eq!(world.sessions().signed_in_as(&connection).await.unwrap().unwrap().expires_at, token.expires_at);
    world.clock.advance(TWO_HOURS);
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::SignInNeeded);
    assert_eq!(sessions.signed_in_as(&connection).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_principal_gets_its_tokens_by_its_secret() {
    let world = World::new();
    let principal = world.demo.service_principal();
    let connection = world.connection_with(json!({"auth": {"type": "service-principal", "client_id": principal.client_id}}));
    let sessions = world.sessions();
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::NoSecret);
    let key = SecretKey::of(&connection, brickpass_core::connection::SecretKind::ClientSecret);
    sessions.try_client_secret(&connection, &principal.client_secret.as_str().into()).await.unwrap();
    assert_eq!(sessions.expires_at(connection.id), None, "what is only typed leaves nothing behind");
    world.vault().put(&key, &principal.client_secret.as_str().into()).unwrap();
    let asked = || world.authorization.requests().iter().filter(|request| request.contains("client_credentials")).count();
    let before = asked();
    let first = sessions.access_token(&connection).await.unwrap();
    assert_eq!(text(&sessions.access_token(&connection).await.unwrap()), text(&first));
    assert_eq!(asked(), before + 1);
    // A secret that was replaced by a wrong one is not covered up by a token of the old one.
    world.vault().put(&key, &"dose-wrong".into()).unwrap();
    world.clock.advance(56);
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::OauthRefused);
    assert_eq!(sessions.try_client_secret(&connection, &"dose-wrong".into()).await.unwrap_err().code, Code::OauthRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_access_token_is_given_as_it_is_stored() {
    let world = World::new();
    let connection = world.connection_with(json!({"auth": {"type": "pat"}}));
    let sessions = world.sessions();
    assert_eq!(sessions.access_token(&connection).await.unwrap_err().code, Code::NoSecret);
    let key = SecretKey::of(&connection, brickpass_core::connection::SecretKind::PersonalAccessToken);
    world.vault().put(&key, &"first".into()).unwrap();
    let token = sessions.access_token(&connection).await.unwrap();
    assert_eq!((text(&token).as_str(), token.expires_at), ("first", None));
    assert_eq!(sessions.replace(&connection, &token).await.unwrap_err().code, Code::Unauthorized);
    world.vault().put(&key, &"second".into()).unwrap();
    assert_eq!(text(&sessions.replace(&connection, &token).await.unwrap()), "second");
}

/// `ID` is the id of every connection here.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_to_know_is_told_of_each_change() {
    let world = World::new();
    let (sessions, connection) = (world.signed_in().await, world.connection());
    let told = || std::mem::take(&mut *world.changes.lock().unwrap());
    assert_eq!(told(), [ID.parse().unwrap()], "signed in");
    sessions.access_token(&connection).await.unwrap();
    assert_eq!(told(), []);
    world.clock.advance(TWO_HOURS);
    sessions.access_token(&connection).await.unwrap();
    assert_eq!(told(), [connection.id], "renewed");
    world.authorization.revoke_all();
    world.clock.advance(TWO_HOURS);
    sessions.access_token(&connection).await.unwrap_err();
    assert_eq!(told(), [connection.id], "ended");
    sessions.sign_out(&connection).await.unwrap();
    assert_eq!(told(), [connection.id], "signed out");
}
