//! The office's thread.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use terrace_desk::Request;
use terrace_model::OfficeId;
use terrace_store::Store;
use terrace_sync::Frame;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{
    Entropy, Shared,
    ports::{OfficeEnd, Room},
};
use crate::machine::{Answer, Fault, LinkId, Machine, Moment, Sample, Sheet, Ticket};

/// The longest that the office sleeps: a new day begins unasked.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Commands taken in before the office rules on them.
const AT_A_TIME: usize = 512;

/// What is told to the office's thread.
#[derive(Debug)]
pub(super) enum Command {
    Request {
        ticket: Ticket,
        request: Request,
        reply: oneshot::Sender<Answer>,
    },
    Sheet {
        ticket: Ticket,
        sheet: Sheet,
        reply: oneshot::Sender<Answer>,
    },
    LinkUp {
        link: LinkId,
        peer: OfficeId,
        end: OfficeEnd,
    },
    Frame {
        link: LinkId,
        frame: Frame,
    },
    Room {
        link: LinkId,
    },
    LinkDown {
        link: LinkId,
    },
    Sample(Sample),
    Stop,
}

/// What the thread owns.
pub(super) struct Writer<S: Store> {
    machine: Machine<S::Reader>,
    store: S,
    commands: mpsc::Receiver<Command>,
    back: mpsc::WeakSender<Command>,
    shared: Arc<Shared>,
    entropy: Entropy,
    runtime: Handle,
    ends: BTreeMap<LinkId, OfficeEnd>,
    replies: BTreeMap<Ticket, oneshot::Sender<Answer>>,
    stopping: bool,
    /// The view may be behind the log.
    unsettled: bool,
}

impl<S: Store> Writer<S> {
    pub(super) fn new(
        machine: Machine<S::Reader>,
        store: S,
        commands: mpsc::Receiver<Command>,
        back: mpsc::WeakSender<Command>,
        shared: Arc<Shared>,
        entropy: Entropy,
    ) -> Self {
        Self {
            machine,
            store,
            commands,
            back,
            shared,
            entropy,
            runtime: Handle::current(),
            ends: BTreeMap::new(),
            replies: BTreeMap::new(),
            stopping: false,
            unsettled: true,
        }
    }

    /// Runs until the office is told to stop, or nobody is left to tell it
    /// anything. Gives its store back, to be closed.
    pub(super) fn run(mut self) -> Result<S, Fault> {
        match self.serve() {
            Ok(()) => Ok(self.store),
            Err(fault) => {
                self.shared.fail();
                Err(fault)
            }
        }
    }

    fn serve(&mut self) -> Result<(), Fault> {
        self.rule()?;
        while !self.stopping {
            match self.next_command()? {
                Some(command) => {
                    self.handle(command)?;
                    self.take_waiting()?;
                }
                None => {
                    let at = self.moment();
                    self.machine.handle_timeout(at)?;
                }
            }
            self.rule()?;
        }
        let at = self.moment();
        self.machine.close_links(at)?;
        self.rule()?;
        self.commands.close();
        Ok(())
    }

    fn moment(&self) -> Moment {
        (self.shared.clocks)()
    }

    /// The next command; none when it is time for something else.
    fn next_command(&mut self) -> Result<Option<Command>, Fault> {
        while self.unsettled {
            match self.commands.try_recv() {
                Ok(command) => return Ok(Some(command)),
                Err(mpsc::error::TryRecvError::Disconnected) => return Ok(Some(Command::Stop)),
                Err(mpsc::error::TryRecvError::Empty) => {}
            }
            if self.is_due() {
                return Ok(None);
            }
            self.unsettled = self.store.settle()?;
        }
        let sleep = self.sleep();
        let commands = &mut self.commands;
        let received = self
            .runtime
            .block_on(async move { tokio::time::timeout(sleep, commands.recv()).await });
        Ok(match received {
            Ok(Some(command)) => Some(command),
            Ok(None) => Some(Command::Stop),
            Err(_elapsed) => None,
        })
    }

    fn is_due(&self) -> bool {
        let due = self.machine.poll_timeout();
        due.is_some_and(|due| due <= self.moment().now)
    }

    fn sleep(&self) -> Duration {
        let now = self.moment().now;
        let due = self.machine.poll_timeout();
        due.map_or(LONGEST_SLEEP, |due| {
            let millis = u64::try_from(due.millis_since(now)).unwrap_or(0);
            Duration::from_millis(millis).min(LONGEST_SLEEP)
        })
    }

    fn take_waiting(&mut self) -> Result<(), Fault> {
        for _ in 1..AT_A_TIME {
            match self.commands.try_recv() {
                Ok(command) => self.handle(command)?,
                Err(mpsc::error::TryRecvError::Empty | mpsc::error::TryRecvError::Disconnected) => {
                    break;
                }
            }
        }
        let at = self.moment();
        if self.is_due() {
            self.machine.handle_timeout(at)?;
        }
        Ok(())
    }

    fn handle(&mut self, command: Command) -> Result<(), Fault> {
        let at = self.moment();
        match command {
            Command::Request {
                ticket,
                request,
                reply,
            } => {
                self.replies.insert(ticket, reply);
                self.machine.handle_request(ticket, request);
            }
            Command::Sheet {
                ticket,
                sheet,
                reply,
            } => {
                self.replies.insert(ticket, reply);
                self.machine.handle_sheet(ticket, sheet);
            }
            Command::LinkUp { link, peer, end } => {
                self.ends.insert(link, end);
                let mut session = [0; 8];
                (self.entropy)(&mut session);
                let session = u64::from_le_bytes(session);
                self.machine.handle_link_up(at, link, peer, session)?;
            }
            Command::Frame { link, frame } => self.machine.handle_frame(at, link, frame)?,
            Command::Room { link } => {
                if let Some(end) = self.ends.get_mut(&link) {
                    end.freed();
                }
            }
            Command::LinkDown { link } => {
                self.ends.remove(&link);
                self.machine.handle_link_down(at, link);
            }
            Command::Sample(sample) => self.machine.handle_sample(at, sample),
            Command::Stop => self.stopping = true,
        }
        Ok(())
    }

    /// Rules on what waits, commits it, and tells what follows.
    fn rule(&mut self) -> Result<(), Fault> {
        let began = Instant::now();
        loop {
            let at = self.moment();
            let Some(batch) = self.machine.poll_commit(at, &mut *self.entropy)? else {
                break;
            };
            self.store.commit(batch)?;
            self.unsettled = true;
            let at = self.moment();
            self.machine.handle_committed(at)?;
            self.answer();
            self.transmit(at)?;
        }
        self.answer();
        self.transmit(self.moment())?;
        self.shared.show_tree(self.machine.tree());
        self.shared.show_neighbours(self.machine.neighbours());
        tracing::trace!(micros = began.elapsed().as_micros(), "ruled on what waited");
        Ok(())
    }

    fn answer(&mut self) {
        // A door must never see less than it was told: the tree goes first.
        self.shared.show_tree(self.machine.tree());
        while let Some((ticket, answer)) = self.machine.poll_answer() {
            if let Some(reply) = self.replies.remove(&ticket) {
                // Who asked may have gone; what was done stays done.
                let _gone = reply.send(answer);
            }
        }
    }

    /// Hands frames to carriers, as far as they take them.
    fn transmit(&mut self, at: Moment) -> Result<(), Fault> {
        let mut over = Vec::new();
        for (link, end) in &mut self.ends {
            loop {
                match end.room(*link, &self.runtime, &self.back) {
                    Room::Full => break,
                    Room::Gone => break over.push(*link),
                    Room::Free(permit) => {
                        if let Some(frame) = self.machine.poll_transmit(at, *link)? {
                            permit.send(frame);
                            continue;
                        }
                        drop(permit);
                        if self.machine.is_over(*link) {
                            over.push(*link);
                        }
                        break;
                    }
                }
            }
        }
        for link in over {
            // The carrier sees the end of the outbox, and ends.
            self.ends.remove(&link);
        }
        Ok(())
    }
}
