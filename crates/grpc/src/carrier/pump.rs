//! Frames between a gRPC stream and an office's port, both ways. Whoever is slow
//! slows the other down: nothing is queued but what HTTP/2 lets in.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use terrace_sync::Frame;
use terrace_wire::{WireError, frame_from_proto, frame_to_proto, proto};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_stream::Stream;
use tonic::{Status, Streaming};

/// When its session is over, an office gives the other end this long to end the
/// stream, so that the last frame arrives.
const LINGER: Duration = Duration::from_secs(2);

/// Why a stream ended.
#[derive(Debug, Error)]
pub(super) enum End {
    /// This office's session is over.
    #[error("this office ended the session")]
    Over,
    /// The other office ended the stream.
    #[error("the other office ended the stream")]
    Finished,
    /// The connection is gone, or a message was too large or no frame at all.
    #[error("the stream broke: {}: {}", .0.code(), .0.message())]
    Broken(Status),
    /// A message that is no frame of this version.
    #[error(transparent)]
    NoFrame(#[from] WireError),
}

/// Frames on their way out, as the gRPC library wants them. It ends when the
/// office's session does, and when the other direction has.
pub(super) struct Outgoing {
    outbox: mpsc::Receiver<Frame>,
    incoming_ended: oneshot::Receiver<()>,
    /// Dropped when this ends.
    over: Option<oneshot::Sender<()>>,
}

/// The incoming direction of the same stream.
pub(super) struct Incoming {
    inbox: mpsc::Sender<Frame>,
    /// Dropped when this ends.
    ended: oneshot::Sender<()>,
    outgoing_over: oneshot::Receiver<()>,
}

/// Both directions of a stream.
pub(super) fn directions(
    inbox: mpsc::Sender<Frame>,
    outbox: mpsc::Receiver<Frame>,
) -> (Outgoing, Incoming) {
    let (ended, incoming_ended) = oneshot::channel();
    let (over, outgoing_over) = oneshot::channel();
    let outgoing = Outgoing {
        outbox,
        incoming_ended,
        over: Some(over),
    };
    let incoming = Incoming {
        inbox,
        ended,
        outgoing_over,
    };
    (outgoing, incoming)
}

impl Outgoing {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<proto::Frame>> {
        if Pin::new(&mut self.incoming_ended).poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        let Some(frame) = ready!(self.outbox.poll_recv(cx)) else {
            return Poll::Ready(None);
        };
        match frame_to_proto(&frame) {
            Ok(frame) => Poll::Ready(Some(frame)),
            Err(error) => {
                tracing::error!(%error, "a frame of this office cannot be written");
                Poll::Ready(None)
            }
        }
    }
}

impl Stream for Outgoing {
    type Item = proto::Frame;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<proto::Frame>> {
        if self.over.is_none() {
            return Poll::Ready(None);
        }
        let frame = ready!(self.poll_frame(cx));
        if frame.is_none() {
            self.over = None;
        }
        Poll::Ready(frame)
    }
}

impl Incoming {
    /// Moves frames in until one of the two directions ends.
    pub(super) async fn run(self, mut frames: Streaming<proto::Frame>) -> End {
        let Self {
            inbox,
            ended,
            mut outgoing_over,
        } = self;
        let end = tokio::select! {
            end = take_in(&mut frames, inbox) => end,
            _dropped = &mut outgoing_over => End::Over,
        };
        if matches!(end, End::Over) {
            // What still comes is for a session that is over.
            let unheard = async { while let Ok(Some(_)) = frames.message().await {} };
            let _late = timeout(LINGER, unheard).await;
        }
        drop(ended);
        end
    }
}

async fn take_in(frames: &mut Streaming<proto::Frame>, inbox: mpsc::Sender<Frame>) -> End {
    loop {
        let message = tokio::select! {
            message = frames.message() => message,
            () = inbox.closed() => return End::Over,
        };
        let frame = match message {
            Ok(Some(frame)) => frame_from_proto(frame),
            Ok(None) => return End::Finished,
            Err(status) => return End::Broken(status),
        };
        let sent = match frame {
            Ok(frame) => inbox.send(frame).await,
            Err(error) => return End::NoFrame(error),
        };
        if sent.is_err() {
            return End::Over;
        }
    }
}
