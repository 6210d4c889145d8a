use core::time::Duration;
use std::sync::Arc;

use terrace_catalog::Lang;
use terrace_pki::{
    Clock, CurrentIdentity, Fingerprint, Identity, Invitation, LinkAddress, ParentTrust,
    ParentVerifier, Refused, claim_of, client_config,
};
use terrace_wire::proto::enrolment_client::EnrolmentClient;
use terrace_wire::{EnrolReply, EnrolRequest, Refusal, RefusalCode, WireError};
use thiserror::Error;
use tokio::time::timeout;
use tonic::Status;

use super::server::MESSAGE_BYTES;
use crate::connect::{ConnectError, connect};
use crate::in_language;

/// The parent answers within this time, once it is connected.
const ANSWER: Duration = Duration::from_secs(30);

/// Why an office could not enrol.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// The parent could not be spoken with, or is not the office that invited.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The parent says no.
    #[error("{}", .0.text)]
    Refused(Refusal),
    /// The parent did not answer in time, or the connection broke. It may have
    /// taken the enrolment: asking again is safe.
    #[error("the parent did not answer")]
    Unanswered(#[source] Option<Status>),
    /// The answer cannot be read.
    #[error("the parent's answer cannot be read")]
    Answer(#[from] WireError),
    /// The answer is about another tree, parent, office or key.
    #[error("the parent's answer does not fit the invitation")]
    OtherOffice,
    /// This office's own certificate cannot be read.
    #[error("this office's own certificate cannot be used")]
    Own(#[source] Refused),
}

impl EnrolError {
    /// Whether the parent could not be reached, so that the invitation is still
    /// good; else it, or this office, says no.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_unreachable(),
            Self::Refused(refusal) => matches!(refusal.code, RefusalCode::Unreachable),
            Self::Unanswered(_) => true,
            Self::Answer(_) | Self::OtherOffice | Self::Own(_) => false,
        }
    }
}

/// Enrols this office with the office that invited it, at the address in the
/// invitation or at another one. The identity is issued by this office's own
/// signing key, under [`Invitation::office_name`]. Asked again with the same key
/// it gives the same answer, until the token ends. What the parent refuses it
/// says in the language that is asked for.
///
/// # Errors
/// An [`EnrolError`].
pub async fn enrol(
    invitation: &Invitation,
    identity: Identity,
    clock: Arc<dyn Clock>,
    address: Option<&LinkAddress>,
    lang: Lang,
) -> Result<EnrolReply, EnrolError> {
    let key = claim_of(identity.chain()).map_err(EnrolError::Own)?.key;
    let trust = ParentVerifier::new(ParentTrust::Invitation(invitation.parent_key));
    let config =
        client_config(CurrentIdentity::new(identity), trust, clock).map_err(ConnectError::Tls)?;
    let address = address.unwrap_or(&invitation.link);
    let dialled = connect(address, invitation.parent_name(), config).await?;
    let request = EnrolRequest {
        office: invitation.office,
        token: *invitation.token.bytes(),
        key,
    };
    let mut client = EnrolmentClient::new(dialled.channel.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let answer = match timeout(ANSWER, client.enrol(in_language(request.to_proto(), lang))).await {
        Ok(Ok(answer)) => answer.into_inner(),
        Ok(Err(status)) => {
            return Err(
                match (Refusal::from_status(&status), dialled.turned_away()) {
                    (Some(refusal), _) => EnrolError::Refused(refusal),
                    (None, Some(turned_away)) => turned_away.into(),
                    (None, None) => EnrolError::Unanswered(Some(status)),
                },
            );
        }
        Err(_elapsed) => return Err(EnrolError::Unanswered(None)),
    };
    let reply = EnrolReply::from_proto(answer)?;
    if fits(&reply, invitation, &request) {
        Ok(reply)
    } else {
        Err(EnrolError::OtherOffice)
    }
}

/// Whether an answer is the one that was asked for.
fn fits(reply: &EnrolReply, invitation: &Invitation, request: &EnrolRequest) -> bool {
    let parent_key = reply.parent.key.as_ref().map(Fingerprint::of);
    reply.tree == invitation.tree
        && reply.parent.id == invitation.parent
        && parent_key == Some(invitation.parent_key)
        && reply.office.id == request.office
        && reply.office.key == Some(request.key)
}
