use core::future::Future;
use std::io;
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;

use crate::ProgramSocket;
use crate::accept::{self, Accept};
use crate::limits;
use crate::unix_stream::AccountStream;

/// Live connections; more wait unaccepted.
const CONNECTIONS: usize = 256;

/// Connections that are ready and not yet served.
const READY: usize = 16;

/// What calls are given to end by themselves when the office stops.
const DRAIN: Duration = Duration::from_secs(5);

/// A call is answered, or its stream of rows begun, within this time: a large
/// sheet is long in coming.
const ANSWER: Duration = Duration::from_secs(15 * 60);

impl ProgramSocket {
    /// Serves until `stop` completes; then takes nobody in, and gives calls
    /// under way five seconds to end by themselves.
    ///
    /// # Errors
    /// The HTTP server failed; none is expected.
    pub async fn serve(
        self,
        routes: Routes,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), tonic::transport::Error> {
        let (listener, _files) = self.into_parts();
        let (ready, incoming) = mpsc::channel(READY);
        // Ends when this future does, whatever ends it.
        let mut behind = JoinSet::new();
        behind.spawn(take_in(listener, ready));

        let (draining, drained) = oneshot::channel::<()>();
        let stop = async move {
            stop.await;
            drop(draining);
        };
        let late = async {
            // Only the end of the sender says so.
            let _dropped = drained.await;
            sleep(DRAIN).await;
        };
        let incoming = ReceiverStream::new(incoming).map(Ok::<_, io::Error>);
        let server = limits::server().timeout(ANSWER).add_routes(routes);
        tokio::select! {
            result = server.serve_with_incoming_shutdown(incoming, stop) => result,
            () = late => Ok(()),
        }
    }
}

impl Accept for UnixListener {
    type Accepted = UnixStream;

    async fn accept(&mut self) -> io::Result<UnixStream> {
        let (stream, _unnamed) = UnixListener::accept(self).await?;
        Ok(stream)
    }
}

async fn take_in(mut socket: UnixListener, ready: mpsc::Sender<AccountStream>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let stream = accept::next(&mut socket, || ()).await;
        match AccountStream::new(stream, slot) {
            // Nobody takes it any more once the office stops.
            Ok(stream) => {
                if ready.send(stream).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "the system does not say who calls"),
        }
    }
}
