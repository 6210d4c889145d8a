//! The office's ends of sessions: a queue each way, and two small tasks that
//! never let a slow neighbour hold the office up.

use terrace_sync::Frame;
use tokio::sync::mpsc;

use super::writer::Command;
use crate::machine::LinkId;

/// Frames of one direction of one session that wait.
const FRAMES: usize = 2;

/// The carrier's end of one session with a neighbour.
#[derive(Debug)]
pub struct Port {
    /// Takes what the neighbour says. Dropped when the carrier is gone.
    pub inbox: mpsc::Sender<Frame>,
    /// What to say to the neighbour. It ends when the session is over.
    pub outbox: mpsc::Receiver<Frame>,
}

/// The office's end of the same.
#[derive(Debug)]
pub(super) struct OfficeEnd {
    outbox: mpsc::Sender<Frame>,
    /// Somebody waits for room and will tell.
    waits: bool,
}

/// Whether a frame can be handed to the carrier.
pub(super) enum Room<'a> {
    /// It can.
    Free(mpsc::Permit<'a, Frame>),
    /// The neighbour is slow: the office is told when there is room.
    Full,
    /// The carrier is gone: the office is told, or was.
    Gone,
}

/// Makes both ends of a session, and a task that brings the office what the
/// neighbour says.
pub(super) fn open(link: LinkId, commands: mpsc::Sender<Command>) -> (Port, OfficeEnd) {
    let (inbox, mut said) = mpsc::channel(FRAMES);
    let (outbox, waiting) = mpsc::channel(FRAMES);
    tokio::spawn(async move {
        while let Some(frame) = said.recv().await {
            if commands.send(Command::Frame { link, frame }).await.is_err() {
                return;
            }
        }
        // An office that has stopped has no links.
        let _stopped = commands.send(Command::LinkDown { link }).await;
    });
    let port = Port {
        inbox,
        outbox: waiting,
    };
    let end = OfficeEnd {
        outbox,
        waits: false,
    };
    (port, end)
}

impl OfficeEnd {
    /// Looks for room; if there is none, has the office told when there is.
    pub(super) fn room(
        &mut self,
        link: LinkId,
        runtime: &tokio::runtime::Handle,
        commands: &mpsc::WeakSender<Command>,
    ) -> Room<'_> {
        match self.outbox.try_reserve() {
            Ok(permit) => Room::Free(permit),
            Err(mpsc::error::TrySendError::Closed(())) => Room::Gone,
            Err(mpsc::error::TrySendError::Full(())) => {
                if !self.waits {
                    self.waits = true;
                    let (outbox, commands) = (self.outbox.clone(), commands.clone());
                    runtime.spawn(async move {
                        let free = outbox.reserve().await.is_ok();
                        drop(outbox);
                        if let (true, Some(commands)) = (free, commands.upgrade()) {
                            // An office that has stopped sends nothing.
                            let _stopped = commands.send(Command::Room { link }).await;
                        }
                    });
                }
                Room::Full
            }
        }
    }

    /// There was room.
    pub(super) const fn freed(&mut self) {
        self.waits = false;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]
mod tests {
    use terrace_sync::CloseReason;

    use super::*;

    fn frame() -> Frame {
        Frame::Close {
            reason: CloseReason::Stopping,
        }
    }

    #[tokio::test]
    async fn the_office_is_told_once_when_a_slow_carrier_has_room() {
        let (commands, mut told) = mpsc::channel(8);
        let link = LinkId(7);
        let (mut port, mut end) = open(link, commands.clone());
        let (runtime, back) = (tokio::runtime::Handle::current(), commands.downgrade());
        for _ in 0..FRAMES {
            let Room::Free(permit) = end.room(link, &runtime, &back) else {
                panic!("there was room for {FRAMES} frames");
            };
            permit.send(frame());
        }
        for _ in 0..3 {
            assert!(matches!(end.room(link, &runtime, &back), Room::Full));
        }
        assert_eq!(port.outbox.recv().await, Some(frame()));
        assert!(matches!(
            told.recv().await,
            Some(Command::Room { link: LinkId(7) })
        ));
        end.freed();
        assert!(matches!(end.room(link, &runtime, &back), Room::Free(_)));
        drop(port);
        assert!(matches!(end.room(link, &runtime, &back), Room::Gone));
        assert!(matches!(
            told.recv().await,
            Some(Command::LinkDown { link: LinkId(7) })
        ));
    }
}
