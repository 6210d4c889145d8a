use core::fmt;
use core::pin::Pin;

use terrace_model::OfficeId;
use terrace_node::{Port, Stopped};
use terrace_pki::Peer;
use terrace_wire::proto;
use terrace_wire::proto::link_server::{Link, LinkServer};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use super::{Links, pump};
use crate::limits::MESSAGE_BYTES;
use crate::tls_stream::Caller;

/// Answers children that dial (the parent's end of the live carrier).
pub struct Carrier<L>(L);

impl<L: Links> Carrier<L> {
    /// The service of an office.
    pub fn service(links: L) -> LinkServer<Self> {
        LinkServer::new(Self(links))
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES)
    }

    /// The child that calls.
    async fn child<T>(&self, request: &Request<T>) -> Result<OfficeId, Status> {
        let caller = request.extensions().get::<Caller>();
        match caller.map(|caller| caller.peer) {
            Some(Peer::Known(office)) if self.0.is_child(office).await => Ok(office),
            Some(Peer::Known(_) | Peer::Stranger { .. }) | None => Err(Status::permission_denied(
                "links are for the child offices of this office",
            )),
        }
    }
}

impl<L> fmt::Debug for Carrier<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carrier")
    }
}

#[tonic::async_trait]
impl<L: Links> Link for Carrier<L> {
    type SessionStream = Pin<Box<dyn Stream<Item = Result<proto::Frame, Status>> + Send>>;

    async fn session(
        &self,
        request: Request<Streaming<proto::Frame>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        let peer = self.child(&request).await?;
        let opened = self.0.open_link(peer).await;
        let Port { inbox, outbox } =
            opened.map_err(|_stopped: Stopped| Status::unavailable("this office stops"))?;
        let (outgoing, incoming) = pump::directions(inbox, outbox);
        tokio::spawn(async move {
            tracing::info!(%peer, "a child's link is open");
            let end = incoming.run(request.into_inner()).await;
            tracing::info!(%peer, %end, "a child's link is closed");
        });
        Ok(Response::new(Box::pin(outgoing.map(Ok))))
    }
}
