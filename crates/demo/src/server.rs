//! Listening on loopback and stopping.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::JoinHandle,
};

use axum::{Router, middleware};
use tokio::{runtime, sync::oneshot};

use super::{
    Workspace, auth, clusters, discovery, errors, identity, objects,
    oidc::{self, Realm},
    pages, principal_secrets, scim, tokens,
};

/// A thread with a runtime of its own. Dropping it closes every socket before it returns, so the ports are free at once.
pub(super) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Listeners on loopback: `port` and the ports after it, or ports of the system's choice when `port` is 0.
pub(super) fn bind(port: u16, count: usize) -> io::Result<Vec<TcpListener>> {
    (0..count)
        .map(|index| {
            let port = match port {
                0 => 0,
                first => u16::try_from(index)
                    .ok()
                    .and_then(|index| first.checked_add(index))
                    .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, format!("{count} hosts do not fit above port {first}")))?,
            };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .map_err(|error| io::Error::new(error.kind(), format!("port {port} on 127.0.0.1: {error}")))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        })
        .collect()
}

impl Server {
    pub(super) fn start(hosts: Vec<(TcpListener, Router)>) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listening = {
            let _inside = runtime.enter();
            hosts
                .into_iter()
                .map(|(listener, router)| Ok((tokio::net::TcpListener::from_std(listener)?, router)))
                .collect::<io::Result<Vec<_>>>()?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("demo".into()).spawn(move || {
            runtime.block_on(async {
                for (listener, router) in listening {
                    tokio::spawn(async move { axum::serve(listener, router).await });
                }
                let _ = stopped.await;
            });
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Everything that one workspace answers.
pub(super) fn router(workspace: Arc<Workspace>) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(discovery::routes())
        .merge(identity::routes())
        .merge(clusters::routes())
        .merge(tokens::routes())
        .merge(objects::routes())
        .merge(scim::routes())
        .merge(principal_secrets::routes())
        .merge(oidc::routes(Arc::clone(&workspace.authority), Realm::Workspace(workspace.id)))
        .fallback(errors::no_such_endpoint)
        .method_not_allowed_fallback(errors::no_such_endpoint)
        .layer(middleware::from_fn_with_state(workspace, auth::pass))
}
