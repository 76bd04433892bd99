//! Answers of the fake engine about personal access tokens.

use super::*;

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_tokens(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, Self::list_tokens)?;
        let ask = self.on(ask, Self::use_token)?;
        let ask = self.on(ask, Self::revoke_tokens)?;
        let ask = self.on(ask, Self::rotate_token)?;
        if ask.of::<GenerateToken>().is_none() {
            return Some(ask);
        }
        let (request, then) = ask.open::<GenerateToken>()?;
        self.token_request = Some(request.token.clone());
        self.generating = Some(then);
        if !self.tokens_wait {
            let outcome = self.token_failure.clone().map_or_else(|| Ok(self.make_token(&request.token)), Err);
            self.token_is_made(outcome);
        }
        None
    }

    /// Completes the creation of a token.
    pub fn token_is_made(&mut self, outcome: Result<NewToken, Failure>) {
        let then = self.generating.take().expect("one is being made");
        self.events.push_back(Event::Answer(then(outcome)));
    }

    fn list_tokens(&mut self, _: ListTokens) -> Result<TokenList, Failure> {
        let list = TokenList {
            tokens: self.tokens.clone(),
            in_use: self.in_use.clone(),
            left_over: self.left_over.clone(),
            longest_days: self.longest_days,
        };
        self.token_failure.clone().map_or(Ok(list), Err)
    }

    fn use_token(&mut self, UseToken { id, new }: UseToken) -> Result<(), Failure> {
        if let Some(failure) = self.token_failure.clone() {
            return Err(failure);
        }
        self.in_use = Some(new.token.id.clone());
        self.secrets.insert((id, SecretKind::PersonalAccessToken), new.value);
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of answers")]
    fn revoke_tokens(&mut self, RevokeTokens { token_ids, .. }: RevokeTokens) -> Result<RevokedTokens, Failure> {
        let (kept, revoked): (Vec<String>, Vec<String>) = token_ids.into_iter().partition(|id| self.irrevocable.contains(id));
        self.tokens.retain(|token| !revoked.contains(&token.id));
        let failed = kept.into_iter().map(|id| (id, unauthorized())).collect();
        Ok(RevokedTokens { revoked, failed })
    }

    fn rotate_token(&mut self, RotateToken { token, .. }: RotateToken) -> Result<Rotated, Failure> {
        self.token_request = Some(token.clone());
        if let Some(failure) = self.token_failure.clone() {
            return Err(failure);
        }
        let old = self.in_use.take();
        let new = self.make_token(&token);
        self.in_use = Some(new.token.id.clone());
        let old_remains = old.clone().filter(|old| self.irrevocable.contains(old)).map(|_| unauthorized());
        if old_remains.is_none() {
            self.tokens.retain(|token| Some(&token.id) != old.as_ref());
        }
        Ok(Rotated { token: new.token, old_remains })
    }

    pub fn make_token(&mut self, request: &TokenRequest) -> NewToken {
        let number = self.tokens.len() + 1;
        let expires_at = request.lifetime.map(|lifetime| at(0) + lifetime);
        let token = Token {
            id: format!("new{number}"),
            comment: request.comment.clone(),
            created_at: Some(at(0)),
            expires_at,
            last_used: None,
            scopes: request.scopes.clone(),
        };
        self.tokens.push(token.clone());
        NewToken { value: new_value().into(), token }
    }
}
