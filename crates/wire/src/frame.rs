use terrace_model::{Hash, Head, OfficeId, Page, Stream};
use terrace_sync::{CloseReason, Frame, Hello, Versions};

use crate::{
    WireError,
    error::given,
    guard,
    limits::FRAME_BYTES,
    noun::{self, Noun, optional, required},
    page,
    proto::{self, close::Reason, frame::Kind},
};

/// Encodes a frame, as a bundle holds it.
///
/// # Errors
/// A frame beyond the limits.
pub fn encode_frame(frame: &Frame) -> Result<Vec<u8>, WireError> {
    let bytes = guard::encode(&frame_to_proto(frame)?)?;
    if bytes.len() > FRAME_BYTES {
        return Err(WireError::TooLarge {
            what: "frame",
            most: FRAME_BYTES,
        });
    }
    Ok(bytes)
}

/// Reads a frame.
///
/// # Errors
/// Bytes that are no frame; a kind of frame that this program does not know.
pub fn decode_frame(bytes: &[u8]) -> Result<Frame, WireError> {
    if bytes.len() > FRAME_BYTES {
        return Err(WireError::TooLarge {
            what: "frame",
            most: FRAME_BYTES,
        });
    }
    frame_from_proto(guard::decode(bytes)?)
}

/// The message of a frame, for a gRPC stream.
///
/// # Errors
/// A frame that its receiver would refuse.
pub fn frame_to_proto(frame: &Frame) -> Result<proto::Frame, WireError> {
    let kind = match frame {
        Frame::Hello(hello) => Kind::Hello(hello.to_message()?),
        Frame::Branches(branches) => {
            let branch = |(office, digest): &(OfficeId, Hash)| proto::Branch {
                office: office.0,
                digest: digest.0.to_vec(),
            };
            Kind::Branches(proto::Branches {
                branches: branches.iter().map(branch).collect(),
            })
        }
        Frame::Heads { branches, heads } => Kind::Heads(proto::Heads {
            branches: branches.iter().map(|office| office.0).collect(),
            heads: heads.iter().map(stream_head).collect::<Result<_, _>>()?,
        }),
        Frame::Pages { number, pages } => Kind::Pages(to_pages(*number, pages)?),
        Frame::Ack {
            session,
            upto,
            credit_bytes,
        } => Kind::Ack(proto::Ack {
            session: *session,
            upto: *upto,
            credit_bytes: *credit_bytes,
        }),
        Frame::Again {
            stream,
            head,
            after_millis,
        } => Kind::Again(proto::Again {
            stream: Some(stream.to_message()?),
            head: head.as_ref().map(Head::to_message).transpose()?,
            after_millis: *after_millis,
        }),
        Frame::Close { reason } => Kind::Close(proto::Close {
            reason: reason_number(*reason),
        }),
    };
    Ok(proto::Frame { kind: Some(kind) })
}

/// The frame of a message, from a gRPC stream.
///
/// # Errors
/// A message that is no frame; a kind of frame that this program does not know.
pub fn frame_from_proto(message: proto::Frame) -> Result<Frame, WireError> {
    Ok(
        match message
            .kind
            .ok_or(WireError::UnknownKind { what: "frame" })?
        {
            Kind::Hello(hello) => Frame::Hello(Hello::from_message(hello)?),
            Kind::Branches(proto::Branches { branches }) => {
                let branch = |proto::Branch { office, digest }| {
                    Ok((OfficeId(office), noun::hash(&digest, "digest")?))
                };
                let branches = branches.into_iter().map(branch);
                Frame::Branches(branches.collect::<Result<_, WireError>>()?)
            }
            Kind::Heads(proto::Heads { branches, heads }) => Frame::Heads {
                branches: branches.into_iter().map(OfficeId).collect(),
                heads: heads
                    .into_iter()
                    .map(from_stream_head)
                    .collect::<Result<_, _>>()?,
            },
            Kind::Pages(pages) => from_pages(pages)?,
            Kind::Ack(proto::Ack {
                session,
                upto,
                credit_bytes,
            }) => Frame::Ack {
                session,
                upto,
                credit_bytes,
            },
            Kind::Again(proto::Again {
                stream,
                head,
                after_millis,
            }) => Frame::Again {
                stream: required(stream, "stream")?,
                head: optional(head)?,
                after_millis,
            },
            Kind::Close(proto::Close { reason }) => Frame::Close {
                reason: close_reason(reason),
            },
        },
    )
}

fn to_pages(number: u64, pages: &[Page]) -> Result<proto::Pages, WireError> {
    given(pages.first(), "pages")?;
    let mut before = None;
    let mut messages = Vec::with_capacity(pages.len());
    for page in pages {
        messages.push(page::to_message(page, before)?);
        before = Some(page.hash());
    }
    Ok(proto::Pages {
        number,
        pages: messages,
    })
}

fn from_pages(message: proto::Pages) -> Result<Frame, WireError> {
    given(message.pages.first(), "pages")?;
    let mut before = None;
    let mut pages = Vec::with_capacity(message.pages.len());
    for page in message.pages {
        let page = page::from_message(page, before)?;
        before = Some(page.hash());
        pages.push(page);
    }
    Ok(Frame::Pages {
        number: message.number,
        pages,
    })
}

fn stream_head((stream, head): &(Stream, Head)) -> Result<proto::StreamHead, WireError> {
    Ok(proto::StreamHead {
        stream: Some(stream.to_message()?),
        head: Some(head.to_message()?),
    })
}

fn from_stream_head(message: proto::StreamHead) -> Result<(Stream, Head), WireError> {
    Ok((
        required(message.stream, "stream")?,
        required(message.head, "head")?,
    ))
}

/// The number of a reason on the wire.
const fn reason_number(reason: CloseReason) -> i32 {
    match reason {
        CloseReason::Stopping => Reason::Stopping as i32,
        CloseReason::Version => Reason::Version as i32,
        CloseReason::Protocol => Reason::Protocol as i32,
        CloseReason::Timeout => Reason::Timeout as i32,
        CloseReason::Replaced => Reason::Replaced as i32,
        CloseReason::Other(number) => number.cast_signed(),
    }
}

fn close_reason(number: i32) -> CloseReason {
    match Reason::try_from(number) {
        Ok(Reason::Stopping) => CloseReason::Stopping,
        Ok(Reason::Version) => CloseReason::Version,
        Ok(Reason::Protocol) => CloseReason::Protocol,
        Ok(Reason::Timeout) => CloseReason::Timeout,
        Ok(Reason::Replaced) => CloseReason::Replaced,
        Ok(Reason::Unspecified) | Err(_) => CloseReason::Other(number.cast_unsigned()),
    }
}

impl Noun for Hello {
    type Message = proto::Hello;

    fn to_message(&self) -> Result<proto::Hello, WireError> {
        Ok(proto::Hello {
            lowest_version: self.versions.lowest,
            highest_version: self.versions.highest,
            session: self.session,
            at: noun::millis(self.at)?,
            digest: self.digest.0.to_vec(),
            credit_bytes: self.credit_bytes,
        })
    }

    fn from_message(message: proto::Hello) -> Result<Self, WireError> {
        let versions = Versions {
            lowest: message.lowest_version,
            highest: message.highest_version,
        };
        Ok(Self {
            versions,
            session: message.session,
            at: noun::time(message.at)?,
            digest: noun::hash(&message.digest, "digest")?,
            credit_bytes: message.credit_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn frames_come_back(frame in samples::frame()) {
            let bytes = encode_frame(&frame).unwrap();
            prop_assert_eq!(decode_frame(&bytes), Ok(frame));
        }
    }

    #[test]
    fn a_frame_of_a_later_kind_says_so() {
        let later = [9 << 3 | 2, 0];
        assert_eq!(
            decode_frame(&later),
            Err(WireError::UnknownKind { what: "frame" })
        );
    }

    #[test]
    fn a_frame_of_pages_holds_at_least_one() {
        let none = Frame::Pages {
            number: 1,
            pages: vec![],
        };
        assert_eq!(
            encode_frame(&none),
            Err(WireError::Missing { what: "pages" })
        );
        let kind = Some(Kind::Pages(proto::Pages {
            number: 1,
            pages: vec![],
        }));
        let none = frame_from_proto(proto::Frame { kind });
        assert_eq!(none, Err(WireError::Missing { what: "pages" }));
    }

    #[test]
    fn hashes_that_the_receiver_can_tell_are_left_out() {
        let chain = samples::chain(3);
        let alone: usize = chain
            .iter()
            .map(|page| {
                encode_frame(&Frame::Pages {
                    number: 1,
                    pages: vec![page.clone()],
                })
            })
            .map(|bytes| bytes.unwrap().len())
            .sum();
        let together = Frame::Pages {
            number: 1,
            pages: chain.clone(),
        };
        let bytes = encode_frame(&together).unwrap();
        assert!(bytes.len() + 2 * 34 < alone, "{} and {alone}", bytes.len());
        assert_eq!(decode_frame(&bytes), Ok(together));

        let other_order = chain.into_iter().rev().collect();
        let apart = Frame::Pages {
            number: 1,
            pages: other_order,
        };
        assert_eq!(decode_frame(&encode_frame(&apart).unwrap()), Ok(apart));
    }

    #[test]
    fn a_page_that_leaves_out_what_nobody_can_tell_is_refused() {
        let page = page::to_message(&samples::chain(2)[1], None).unwrap();
        let left_out = proto::LeftOut::PreviousAndBody as i32;
        let pages = vec![proto::Page { left_out, ..page }];
        let kind = Some(Kind::Pages(proto::Pages { number: 1, pages }));
        let refused = frame_from_proto(proto::Frame { kind });
        assert_eq!(refused, Err(WireError::Invalid { what: "left out" }));
    }

    #[test]
    fn the_largest_page_fits_a_frame() {
        let frame = Frame::Pages {
            number: u64::MAX,
            pages: vec![samples::largest_page()],
        };
        let bytes = encode_frame(&frame).unwrap();
        assert!(bytes.len() > crate::limits::PAGE_BYTES - 100);
        assert_eq!(decode_frame(&bytes), Ok(frame));
        let most = FRAME_BYTES;
        let too_large = Err(WireError::TooLarge {
            what: "frame",
            most,
        });
        assert_eq!(decode_frame(&vec![0; FRAME_BYTES + 1]), too_large);
    }
}
