//! What the fake engine answers about personal access tokens.

use super::*;

impl Inner {
    pub(super) fn answer_tokens(&mut self, command: Command) {
        let failure = self.token_failure.clone();
        match command {
            Command::ListTokens { id } => {
                let list = TokenList {
                    tokens: self.tokens.clone(),
                    in_use: self.in_use.clone(),
                    left_over: self.left_over.clone(),
                    longest_days: self.longest_days,
                };
                self.events.push_back(Event::Tokens { id, outcome: failure.map_or(Ok(list), Err) });
            }
            Command::GenerateToken { run, id, request } => {
                self.token_request = Some(request.clone());
                if self.tokens_wait {
                    return;
                }
                let outcome = failure.map_or_else(|| Ok(self.make_token(&request)), Err);
                self.events.push_back(Event::TokenGenerated { run, id, outcome });
            }
            Command::UseToken { id, new } => {
                if failure.is_none() {
                    self.in_use = Some(new.token.id.clone());
                    self.secrets.insert((id, SecretKind::PersonalAccessToken), new.value.clone());
                }
                self.events.push_back(Event::TokenUsed { id, outcome: failure.map_or(Ok(()), Err) });
            }
            Command::RevokeTokens { id, token_ids } => {
                let (kept, revoked): (Vec<String>, Vec<String>) = token_ids.into_iter().partition(|id| self.irrevocable.contains(id));
                self.tokens.retain(|token| !revoked.contains(&token.id));
                let failed = kept.into_iter().map(|id| (id, unauthorized())).collect();
                self.events.push_back(Event::TokensRevoked { id, revoked, failed });
            }
            Command::RotateToken { run, id, request } => {
                self.token_request = Some(request.clone());
                let outcome = if let Some(failure) = failure {
                    Err(failure)
                } else {
                    let old = self.in_use.take();
                    let new = self.make_token(&request);
                    self.in_use = Some(new.token.id.clone());
                    let old_remains = old.clone().filter(|old| self.irrevocable.contains(old)).map(|_| unauthorized());
                    if old_remains.is_none() {
                        self.tokens.retain(|token| Some(&token.id) != old.as_ref());
                    }
                    Ok(Rotated { token: new.token, old_remains })
                };
                self.events.push_back(Event::TokenRotated { run, id, outcome });
            }
            Command::Admin { run, id, request } => self.answer_admin(run, id, request),
            other => self.answer_import(other),
        }
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
