//! What the fake engine answers about sign-ins, which go on when they are told to.

use super::*;

impl FakeEngine {
    /// The sign-in that began last goes on by a step.
    pub fn sign_in_step(&self, step: SignInStep) {
        let mut inner = self.0.borrow_mut();
        let (run, id) = inner.sign_ins.last().map(|(run, owner, _)| (*run, owner.id)).unwrap();
        inner.events.push_back(Event::SignInProgress { run, id, step });
    }

    /// The browser is open (or not), the listener waits from second 0 on.
    pub fn sign_in_waits(&self, browser_opened: bool) {
        self.sign_in_step(SignInStep::CheckingVault);
        self.sign_in_step(SignInStep::Discovering);
        self.sign_in_step(SignInStep::Waiting { address: LINK.into(), port: 8020, until: at(300), browser_opened });
    }

    /// The sign-in that began last ends.
    pub fn sign_in_ends(&self, outcome: Result<&str, Failure>) {
        self.sign_in_ends_with(outcome.map(|user| SignedIn { sign_in: sign_in(user), hints: Vec::new(), found: None }));
    }

    pub fn sign_in_finds(&self, found: Found) {
        self.sign_in_ends_with(Ok(SignedIn { sign_in: sign_in("priya@example.com"), hints: Vec::new(), found: Some(found) }));
    }

    pub fn sign_in_ends_with(&self, outcome: Result<SignedIn, Failure>) {
        let mut inner = self.0.borrow_mut();
        let (run, owner, _) = inner.sign_ins.pop().unwrap();
        if let Ok(signed_in) = &outcome {
            inner.signed_in.insert(owner.id, signed_in.sign_in.clone());
            inner.events.push_back(Event::History(vec![(owner.id, None)]));
        }
        inner.events.push_back(Event::SignInFinished { run, id: owner.id, outcome });
    }
}

impl Inner {
    pub(super) fn answer_sign_in(&mut self, command: Command) {
        match command {
            Command::SignIn { run, owner, place, .. } => self.sign_ins.push((run, *owner, place)),
            Command::AnswerSignIn { yes, .. } => self.answers.push(yes),
            Command::PasteSignIn { address, .. } => self.pasted.push(address),
            Command::CancelSignIn { run } => self.sign_ins.retain(|(running, ..)| *running != run),
            _ => {}
        }
    }

    /// Gives back what is about something else.
    pub(super) fn answer_accounts(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, SignOut { id }| {
            inner.signed_in.remove(&id);
            Ok(SignedOut { users: vec![id], farewell: Farewell::Revoked })
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
