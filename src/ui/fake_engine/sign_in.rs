//! Answers of the fake engine about sign-ins, which advance when the test says so.

use super::*;

use brickpass_engine::{Canceller, SignInWithBrowser};

/// A running sign-in.
pub struct RunningSignIn {
    pub request: SignInWithBrowser,
    then: Then<SignedIn>,
    canceller: Canceller,
}

impl RunningSignIn {
    pub(super) fn is_cancelled(&self) -> bool {
        self.canceller.is_cancelled()
    }
}

impl FakeEngine {
    /// Advances the latest sign-in by one step.
    pub fn sign_in_step(&self, step: SignInStep) {
        let mut inner = self.0.borrow_mut();
        let continuation = inner.sign_ins.last().unwrap().request.progress.of(step);
        inner.events.extend(continuation.map(Event::Answer));
    }

    /// The browser is open (or not), and the listener waits from second 0 on.
    pub fn sign_in_waits(&self, browser_opened: bool) {
        self.sign_in_step(SignInStep::CheckingVault);
        self.sign_in_step(SignInStep::Discovering);
        self.sign_in_step(SignInStep::Waiting { address: LINK.into(), port: 8020, until: at(300), browser_opened });
    }

    /// Ends the latest sign-in.
    pub fn sign_in_ends(&self, outcome: Result<&str, Failure>) {
        self.sign_in_ends_with(outcome.map(|user| SignedIn { sign_in: sign_in(user), hints: Vec::new(), found: None }));
    }

    pub fn sign_in_finds(&self, found: Found) {
        self.sign_in_ends_with(Ok(SignedIn { sign_in: sign_in("priya@example.com"), hints: Vec::new(), found: Some(found) }));
    }

    pub fn sign_in_ends_with(&self, outcome: Result<SignedIn, Failure>) {
        let mut inner = self.0.borrow_mut();
        let RunningSignIn { request, then, .. } = inner.sign_ins.pop().unwrap();
        if let Ok(signed_in) = &outcome {
            let owner = request.owner.id;
            inner.signed_in.insert(owner, signed_in.sign_in.clone());
            inner.events.push_back(Event::History(vec![(owner, None)]));
        }
        inner.events.push_back(Event::Answer(then(outcome)));
    }
}

impl Inner {
    pub(super) fn answer_sign_in(&mut self, ask: Ask) -> Option<Ask> {
        if ask.of::<SignInWithBrowser>().is_none() {
            return Some(ask);
        }
        let canceller = ask.canceller();
        let (request, then) = ask.open::<SignInWithBrowser>()?;
        self.sign_ins.push(RunningSignIn { request, then, canceller });
        None
    }

    /// The person's answers so far.
    pub(super) fn hear_sign_ins(&mut self) {
        for RunningSignIn { request, .. } in &mut self.sign_ins {
            self.answers.extend(std::iter::from_fn(|| request.input.try_answer()));
            self.pasted.extend(std::iter::from_fn(|| request.input.try_pasted()));
        }
    }

    /// Returns requests that belong elsewhere.
    pub(super) fn answer_accounts(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, SignOut { id }| {
            inner.signed_in.remove(&id);
            Ok(SignedOut { users: vec![id], revocation: Revocation::Revoked })
        })?;
        let ask = self.on(ask, |inner, DescribeSignIn { id }| Ok(inner.signed_in.get(&id).cloned()))?;
        let ask = self.on(ask, |inner, _: ListWorkspaces| inner.workspaces.clone())?;
        let ask = self.on(ask, Self::add_workspaces)?;
        self.on(ask, |inner, _: StoreSignIns| {
            let (ids, failure) = inner.unsaved_sign_ins.clone();
            Ok(UnsavedSignIns { ids, failure })
        })
    }

    fn add_workspaces(&mut self, AddWorkspaces { connections }: AddWorkspaces) -> Result<Vec<ConnectionId>, Failure> {
        if let Some(failure) = self.save_failure.clone() {
            return Err(failure);
        }
        let ids = connections.iter().map(|connection| connection.id).collect();
        self.entries.extend(connections.into_iter().map(|connection| Entry { connection, revision: Revision(1) }));
        self.tell_library();
        Ok(ids)
    }
}
