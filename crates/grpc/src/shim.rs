//! TEMPORARY: stands in for what wire and node will have.
#![allow(missing_docs, unreachable_pub)]
use terrace_model::{Hash, OfficeId, Time};
use terrace_sync::{CloseReason, Frame, Hello, Versions};
use terrace_wire::{WireError, proto};
use tokio::sync::mpsc;

#[derive(Debug)]
pub struct Port {
    pub inbox: mpsc::Sender<Frame>,
    pub outbox: mpsc::Receiver<Frame>,
}
#[derive(Debug)]
pub struct Stopped;

pub(crate) fn to_proto(frame: &Frame) -> Result<proto::Frame, WireError> {
    use proto::frame::Kind;
    let kind = match frame {
        Frame::Hello(h) => Kind::Hello(proto::Hello {
            lowest_version: h.versions.lowest,
            highest_version: h.versions.highest,
            session: h.session,
            at: h.at.0,
            digest: h.digest.0.to_vec(),
            credit_bytes: h.credit_bytes,
        }),
        Frame::Branches(b) => Kind::Branches(proto::Branches {
            branches: b
                .iter()
                .map(|(o, h)| proto::Branch {
                    office: o.0,
                    digest: h.0.to_vec(),
                })
                .collect(),
        }),
        Frame::Ack {
            session,
            upto,
            credit_bytes,
        } => Kind::Ack(proto::Ack {
            session: *session,
            upto: *upto,
            credit_bytes: *credit_bytes,
        }),
        Frame::Close { .. } => Kind::Close(proto::Close { reason: 1 }),
        Frame::Heads { .. } | Frame::Pages { .. } | Frame::Again { .. } => {
            return Err(WireError::UnknownKind { what: "frame" });
        }
    };
    Ok(proto::Frame { kind: Some(kind) })
}

fn hash(b: &[u8]) -> Hash {
    Hash(b.try_into().unwrap_or([0; 32]))
}

pub(crate) fn of_proto(frame: proto::Frame) -> Result<Frame, WireError> {
    use proto::frame::Kind;
    Ok(match frame.kind {
        Some(Kind::Hello(h)) => Frame::Hello(Hello {
            versions: Versions {
                lowest: h.lowest_version,
                highest: h.highest_version,
            },
            session: h.session,
            at: Time(h.at),
            digest: hash(&h.digest),
            credit_bytes: h.credit_bytes,
        }),
        Some(Kind::Branches(b)) => Frame::Branches(
            b.branches
                .iter()
                .map(|b| (OfficeId(b.office), hash(&b.digest)))
                .collect(),
        ),
        Some(Kind::Ack(a)) => Frame::Ack {
            session: a.session,
            upto: a.upto,
            credit_bytes: a.credit_bytes,
        },
        Some(Kind::Close(_)) => Frame::Close {
            reason: CloseReason::Stopping,
        },
        Some(Kind::Heads(_) | Kind::Pages(_) | Kind::Again(_)) | None => {
            return Err(WireError::UnknownKind { what: "frame" });
        }
    })
}
