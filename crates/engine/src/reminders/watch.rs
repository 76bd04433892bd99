//! Looks for reminders that are due: when the library is known, when notes change, every hour, and after a sleep.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::{
    due, messages,
    notification::{Notification, Notify, Reminder, ReminderChoice},
    signal::RemindersSignal,
};
use crate::{blocking::blocking, event::Event, shared::Shared};
use brickpass_core::connection::ConnectionId;
use brickpass_storage::Told;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The steady clock stands still while the computer sleeps: so often the wall's is looked at.
const CLOCK_CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// A desktop that has not said by then whether it shows a notification counts as one that does not.
const NOTIFICATION_TIMEOUT: Duration = Duration::from_secs(5);

/// So many notifications may wait for the person, or hang; after that the window tells.
const MAX_OPEN_NOTIFICATIONS: usize = 4;

/// Goes on as long as the engine does.
pub(crate) async fn watch(shared: Arc<Shared>, signal: RemindersSignal) {
    let Some(notify) = shared.places.notify.clone() else { return };
    let (answers, mut answered) = mpsc::unbounded_channel();
    let mut watch = Watch { shared, signal, notify, told: HashMap::new(), waiting: Arc::default(), answers };
    let mut last = Timestamp::now();
    loop {
        let rung = tokio::select! {
            () = watch.signal.raised() => true,
            Some((id, choice)) = answered.recv() => {
                watch.shared.outbox.send(Event::ReminderAnswered { id, choice });
                continue;
            }
            () = tokio::time::sleep(CLOCK_CHECK_INTERVAL) => false,
        };
        let now = Timestamp::now();
        if rung || is_time(last, now) {
            last = now;
            watch.look(now).await;
        }
    }
}

/// An hour has passed by the clock on the wall, or somebody has set it back.
fn is_time(last: Timestamp, now: Timestamp) -> bool {
    now < last || now.duration_since(last) >= HOUR
}

struct Watch {
    shared: Arc<Shared>,
    signal: RemindersSignal,
    notify: Notify,
    /// Also when it cannot be written down.
    told: HashMap<ConnectionId, Told>,
    /// Notifications whose thread still runs.
    waiting: Arc<AtomicUsize>,
    /// By way of here, so that a thread that hangs holds nothing of the engine's.
    answers: mpsc::UnboundedSender<Answer>,
}

/// Which connection it is about; `None`: several.
type Answer = (Option<ConnectionId>, ReminderChoice);

impl Watch {
    async fn look(&mut self, now: Timestamp) {
        let Some(library) = self.signal.library() else { return };
        if !self.shared.current().settings.remind_of_expiry {
            return;
        }
        let (shared, before) = (Arc::clone(&self.shared), self.told.clone());
        let looked = blocking(move || {
            let connections = library.entries.iter().map(|entry| &entry.connection);
            let found = due::due(connections, &shared.token_notes.load(), &before, now);
            if found.is_empty() {
                return found;
            }
            let listed: HashSet<ConnectionId> = library.entries.iter().map(|entry| entry.connection.id).collect();
            let claims = found.iter().map(|(reminder, told)| (reminder.id, told.clone())).collect();
            match shared.reminders.claim(claims, &listed) {
                Ok(mine) => found.into_iter().filter(|(reminder, _)| mine.contains(&reminder.id)).collect(),
                // Rather told once more after the next start than never.
                Err(_) => found,
            }
        });
        // A crash in there is one reminder less, and the next look is in an hour.
        let Ok(found) = looked.await else { return };
        self.told.extend(found.iter().map(|(reminder, told)| (reminder.id, told.clone())));
        let due: Vec<Reminder> = found.into_iter().map(|(reminder, _)| reminder).collect();
        if due.is_empty() {
            return;
        }
        let shown = self.show(&due).await;
        self.shared.outbox.send(Event::Reminders { due, shown });
    }

    /// Whether the desktop has taken it.
    async fn show(&self, due: &[Reminder]) -> bool {
        if self.waiting.load(Ordering::Relaxed) >= MAX_OPEN_NOTIFICATIONS {
            return false;
        }
        let id = if let [one] = due { Some(one.id) } else { None };
        let (say, said) = oneshot::channel();
        let thread = Thread {
            notify: Arc::clone(&self.notify),
            notification: messages::notification(due),
            say,
            answers: self.answers.clone(),
            id,
            waiting: Waiting::one_more(&self.waiting),
        };
        if std::thread::Builder::new().name("notification".to_owned()).spawn(move || thread.run()).is_err() {
            return false;
        }
        matches!(tokio::time::timeout(NOTIFICATION_TIMEOUT, said).await, Ok(Ok(true)))
    }
}

struct Thread {
    notify: Notify,
    notification: Notification,
    say: oneshot::Sender<bool>,
    answers: mpsc::UnboundedSender<Answer>,
    id: Option<ConnectionId>,
    waiting: Waiting,
}

impl Thread {
    fn run(self) {
        let Self { notify, notification, say, answers, id, waiting } = self;
        let shown = Box::new(move |shown| {
            // Too late for whoever waited.
            let _ = say.send(shown);
        });
        let answered = Box::new(move |choice: ReminderChoice| {
            // The engine may have ended.
            let _ = answers.send((id, choice));
        });
        notify(&notification, shown, answered);
        drop(waiting);
    }
}

/// Counts a thread for as long as it runs, however it ends.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn one_more(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_time_after_an_hour_on_the_wall_and_when_the_clock_was_set_back() {
        let start = Timestamp::from_second(1_790_000_000).unwrap();
        let after = |minutes| is_time(start, start + SignedDuration::from_mins(minutes));
        assert_eq!([after(0), after(59), after(60), after(60 * 24 * 30), after(-1)], [false, false, true, true, true]);
    }
}
