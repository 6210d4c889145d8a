use core::fmt;

use terrace_model::{OfficeId, PublicKey};
use terrace_pki::Peer;
use terrace_wire::proto::enrolment_server::{Enrolment as Service, EnrolmentServer};
use terrace_wire::{EnrolRequest, Refusal, RefusalCode, proto};
use tonic::{Request, Response, Status};

use super::Enrols;
use crate::language;
use crate::tls_stream::Caller;

/// Longest message of an enrolment, in bytes.
pub(super) const MESSAGE_BYTES: usize = 64 << 10;

/// Answers child offices that come with an invitation (the parent's end of the
/// enrolment).
pub struct Enrolment<E>(E);

impl<E: Enrols> Enrolment<E> {
    /// The service of an office.
    pub fn service(office: E) -> EnrolmentServer<Self> {
        EnrolmentServer::new(Self(office))
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES)
    }
}

impl<E> fmt::Debug for Enrolment<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment")
    }
}

/// Who calls, as its certificate says: an office that was never here, or one
/// whose answer got lost.
fn caller<T>(request: &Request<T>) -> Option<(OfficeId, PublicKey)> {
    let caller = request.extensions().get::<Caller>()?;
    match caller.peer {
        Peer::Known(office) | Peer::Stranger { office, .. } => Some((office, caller.key)),
    }
}

#[tonic::async_trait]
impl<E: Enrols> Service for Enrolment<E> {
    async fn enrol(
        &self,
        request: Request<proto::EnrolRequest>,
    ) -> Result<Response<proto::EnrolReply>, Status> {
        let (caller, lang) = (caller(&request), language::of(&request));
        let asked = EnrolRequest::from_proto(request.get_ref())
            .map_err(|error| Refusal::new(RefusalCode::Usage, error.to_string()).to_status())?;
        // Whoever brings a token proves in the handshake that it has the key.
        if caller != Some((asked.office, asked.key)) {
            let text = "an office enrols with the key that its certificate is made by";
            return Err(Refusal::new(RefusalCode::Content, text).to_status());
        }
        let office = asked.office;
        let reply = self.0.enrol(asked, lang).await.map_err(|refusal| {
            tracing::info!(peer = %office, code = ?refusal.code, "an enrolment is refused");
            refusal.to_status()
        })?;
        tracing::info!(peer = %office, "an office has enrolled");
        let reply = reply.to_proto().map_err(|error| {
            tracing::error!(%error, "the answer to an enrolment cannot be written");
            Refusal::new(RefusalCode::Fault, "this office failed").to_status()
        })?;
        Ok(Response::new(reply))
    }
}
