//! One request, one answer, within limits: the one way out of this program to a host of Databricks.

use reqwest::{Request, header::CONTENT_LENGTH};
use tokio::time::{Instant, timeout_at};
use url::Url;
use zeroize::Zeroizing;

use super::{
    ApiError, Http,
    answer::Answer,
    error::too_large,
    http::Sender,
    logged::{UrlPath, method},
    proxy::Route,
};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure},
};

/// Bytes of an answer: more than any one that the service pages.
pub(crate) const PAGE: usize = 1024 * 1024;

/// Bytes of a list that the service gives in one piece: those of the largest accounts have some megabytes.
pub(super) const WHOLE_LIST: usize = 32 * 1024 * 1024;

impl Http {
    /// Sends one request to `base_url`, and nowhere else. `accepted` is called when the status says success, before the body has come.
    ///
    /// # Errors
    /// No whole answer came by `deadline`, or the answer is too large. An answer with any status is no error.
    pub(crate) async fn send(
        &self,
        base_url: &BaseUrl,
        request: Request,
        deadline: Instant,
        accepted: &(dyn Fn() + Send + Sync),
    ) -> Result<Answer, ApiError> {
        self.send_for(PAGE, base_url, request, deadline, accepted).await
    }

    /// As `send`, for an answer of at most `most` bytes.
    ///
    /// # Errors
    /// As `send`.
    pub(super) async fn send_for(
        &self,
        most: usize,
        base_url: &BaseUrl,
        request: Request,
        deadline: Instant,
        accepted: &(dyn Fn() + Send + Sync),
    ) -> Result<Answer, ApiError> {
        let span = brickpass_logging::span!("http", method = method(request.method()), host = base_url, path = UrlPath(request.url()));
        let asked = async {
            own_origin(base_url, request.url())?;
            let (sender, route) = self.sender(base_url).await?;
            let exchange = exchange(&sender, most, base_url, request, &route, accepted);
            timeout_at(deadline, exchange).await.unwrap_or_else(|_| Err(ApiError::too_late(base_url, &route)))
        };
        // On the heap: it would make the future of every caller several times as large.
        Box::pin(span.around(logged(asked))).await
    }
}

async fn logged(asked: impl Future<Output = Result<Answer, ApiError>>) -> Result<Answer, ApiError> {
    let began = Instant::now();
    brickpass_logging::trace!("sending");
    let outcome = asked.await;
    let time = began.elapsed();
    match &outcome {
        Ok(answer) => brickpass_logging::debug!("answered", status = answer.status.as_u16(), bytes = answer.body.len(), time = time),
        Err(error) => brickpass_logging::warn!("no answer", code = error, time = time),
    }
    outcome
}

async fn exchange(
    sender: &Sender,
    most: usize,
    base_url: &BaseUrl,
    request: Request,
    route: &Route,
    accepted: &(dyn Fn() + Send + Sync),
) -> Result<Answer, ApiError> {
    let lost = |error: reqwest::Error| ApiError::lost(&error, base_url, route);
    let mut response = sender.send(request).await?.map_err(lost)?;
    let (status, headers) = (response.status(), response.headers().clone());
    if status.is_success() {
        accepted();
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or_default();
    let mut over = announced > most as u64;
    // Of its size from the start: a body that grows leaves copies behind, and a body of tokens must not.
    let room = usize::try_from(announced).unwrap_or_default().min(most);
    let mut answer = Answer { status, headers, body: Zeroizing::new(Vec::with_capacity(room)) };
    while !over {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                over = answer.body.len() + chunk.len() > most;
                if !over {
                    answer.body.extend_from_slice(&chunk);
                }
            }
            Ok(None) => break,
            // The status alone says what matters.
            Err(_) if !status.is_success() => break,
            Err(error) => return Err(lost(error)),
        }
    }
    if over && status.is_success() {
        return Err(too_large(base_url, status.as_u16(), most));
    }
    Ok(answer)
}

/// What is secret in a request goes to the origin it is meant for.
pub(super) fn own_origin(base_url: &BaseUrl, target: &Url) -> Result<(), ApiError> {
    let own = base_url.join("/");
    let same = target.scheme() == own.scheme()
        && target.host() == own.host()
        && target.port_or_known_default() == own.port_or_known_default()
        && target.username().is_empty()
        && target.password().is_none();
    if same {
        return Ok(());
    }
    Err(ApiError::before_an_answer(Failure::new(
        Code::Internal,
        "The request was stopped before it was sent.",
        "It would have sent your token to a different address than the connection's.",
        "Please report this as a bug.",
    )))
}
