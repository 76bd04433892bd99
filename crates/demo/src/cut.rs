//! An answer that breaks off.

use std::{
    io,
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};

use axum::body::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

/// Promises a whole answer and breaks off in the middle.
pub(super) struct Cut {
    half: Option<Bytes>,
    whole: usize,
    /// The first half is on its way when the connection ends; without it nothing at all would arrive.
    pause: Pin<Box<Sleep>>,
}

impl Cut {
    pub(super) fn of(text: &[u8]) -> Self {
        let half = Bytes::copy_from_slice(text.get(..text.len() / 2).unwrap_or_default());
        Self { half: Some(half), whole: text.len(), pause: Box::pin(tokio::time::sleep(Duration::from_millis(20))) }
    }
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None => self.pause.as_mut().poll(context).map(|()| Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole as u64)
    }
}
