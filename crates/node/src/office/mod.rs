//! The running office: the thread that owns its machine and its store, and the
//! handle by which doors, carriers and jobs speak to it.
//!
//! The thread is the one writer. It takes what waits, commits it together, and
//! answers after the commit; it never waits for a neighbour that is slow.

mod ports;
mod writer;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use terrace_desk::{Book, Request};
use terrace_model::{OfficeId, Tree};
use terrace_pki::{Anchor, Anchors};
use terrace_store::{Store, StoreError};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::machine::{
    Answer, Constants, Fault, LinkId, Machine, Moment, Neighbour, Sample, Sheet, Ticket,
};
pub use ports::Port;
use writer::{Command, Writer};

/// Commands that wait for the office's thread; who brings more waits.
const WAITING: usize = 512;

/// Stack of an office's thread, bytes.
const STACK_BYTES: usize = 1 << 20;

/// The office has ended: nothing can be asked of it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stopped {
    /// It was told to.
    #[error("the office has stopped")]
    InOrder,
    /// It could not go on, as when its store failed. What was not answered is
    /// not acknowledged, and may be durable all the same.
    #[error("the office could not go on, and stopped")]
    Failed,
}

/// Reads the clocks of the machine that the office runs on.
pub type Clocks = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Fills bytes with randomness that nobody can guess.
pub type Entropy = Box<dyn FnMut(&mut [u8]) + Send>;

/// What an office needs to run.
pub struct Start<S> {
    /// What it is.
    pub constants: Constants,
    /// Its store.
    pub store: S,
    /// How the store is closed when the office stops in good order.
    pub close: fn(S) -> Result<(), StoreError>,
    /// Its clocks.
    pub clocks: Clocks,
    /// Its randomness.
    pub entropy: Entropy,
    /// The first measurements.
    pub sample: Sample,
}

/// Why there is no running office, or not any more.
#[derive(Debug, Error)]
pub enum Ended {
    /// The office failed: its process ends, and starts again from what is
    /// durable.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The system gives no thread.
    #[error("no thread for the office")]
    Thread(#[source] std::io::Error),
    /// The thread panicked.
    #[error("the office's thread broke down")]
    Panicked,
}

/// Tells when and how an office ended.
#[derive(Debug)]
pub struct End(oneshot::Receiver<Result<(), Fault>>);

impl End {
    /// Waits for the end.
    ///
    /// # Errors
    /// The office failed.
    pub async fn wait(self) -> Result<(), Ended> {
        match self.0.await {
            Ok(result) => Ok(result?),
            Err(_dropped) => Err(Ended::Panicked),
        }
    }
}

/// A running office, as doors, carriers and jobs see it. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    commands: mpsc::Sender<Command>,
    shared: Arc<Shared>,
}

/// What the office's thread shows of itself.
pub(crate) struct Shared {
    id: OfficeId,
    book: Arc<Book>,
    clocks: Clocks,
    tree: RwLock<Arc<Tree>>,
    neighbours: RwLock<Arc<BTreeMap<OfficeId, Neighbour>>>,
    next: AtomicU64,
    failed: AtomicBool,
}

impl Shared {
    /// The office's thread cannot go on. Said before anybody who waits for an
    /// answer learns that there is none.
    fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    fn show_tree(&self, tree: &Arc<Tree>) {
        let mut shown = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&shown, tree) {
            *shown = Arc::clone(tree);
        }
    }

    fn show_neighbours(&self, neighbours: BTreeMap<OfficeId, Neighbour>) {
        let shown = &self.neighbours;
        *shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(neighbours);
    }
}

impl Office {
    /// Starts an office over its store, in a thread of its own. Call this
    /// within a tokio runtime: timers and the office's ends of links live there.
    ///
    /// # Errors
    /// The store failed, or there is no thread.
    pub fn start<S>(start: Start<S>) -> Result<(Self, End), Ended>
    where
        S: Store + Send + 'static,
    {
        let Start {
            constants,
            store,
            close,
            clocks,
            entropy,
            sample,
        } = start;
        let (id, book) = (constants.me, Arc::clone(&constants.book));
        let machine = Machine::start(constants, store.reader(), clocks(), sample)?;
        let shared = Arc::new(Shared {
            id,
            book,
            tree: RwLock::new(Arc::clone(machine.tree())),
            neighbours: RwLock::default(),
            next: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            clocks,
        });
        let (commands, waiting) = mpsc::channel(WAITING);
        let writer = Writer::new(
            machine,
            store,
            waiting,
            commands.downgrade(),
            Arc::clone(&shared),
            entropy,
        );
        let (ended, end) = oneshot::channel();
        thread::Builder::new()
            .name("office".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let result = writer.run();
                let result = result.and_then(|store| close(store).map_err(Fault::from));
                // Whoever waited for the end may be gone.
                let _unheard = ended.send(result);
            })
            .map_err(Ended::Thread)?;
        Ok((Self { commands, shared }, End(end)))
    }

    /// This office.
    #[must_use]
    pub fn id(&self) -> OfficeId {
        self.shared.id
    }

    /// The catalog in force.
    #[must_use]
    pub fn book(&self) -> &Arc<Book> {
        &self.shared.book
    }

    /// The clocks, now.
    #[must_use]
    pub fn moment(&self) -> Moment {
        (self.shared.clocks)()
    }

    /// The tree as last committed.
    #[must_use]
    pub fn tree(&self) -> Arc<Tree> {
        let tree = &self.shared.tree;
        Arc::clone(&tree.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The links to the neighbours.
    #[must_use]
    pub fn neighbours(&self) -> Arc<BTreeMap<OfficeId, Neighbour>> {
        let neighbours = &self.shared.neighbours;
        Arc::clone(&neighbours.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks for something; the answer comes when it is durable.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn ask(&self, request: Request) -> Result<Answer, Stopped> {
        let (reply, answer) = oneshot::channel();
        let ticket = Ticket(self.number());
        let command = Command::Request {
            ticket,
            request,
            reply,
        };
        self.tell(command).await?;
        answer.await.map_err(|_dropped| self.stopped())
    }

    /// Brings a sheet.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn import(&self, sheet: Sheet) -> Result<Answer, Stopped> {
        let (reply, answer) = oneshot::channel();
        let ticket = Ticket(self.number());
        let command = Command::Sheet {
            ticket,
            sheet,
            reply,
        };
        self.tell(command).await?;
        answer.await.map_err(|_dropped| self.stopped())
    }

    /// Whether this office is a child of ours that has joined.
    #[must_use]
    pub fn is_child(&self, office: OfficeId) -> bool {
        let tree = self.tree();
        let child = tree.get(office);
        child.is_some_and(|child| child.parent == Some(self.shared.id) && child.key.is_some())
    }

    /// Begins a session with a neighbour to which a carrier is open.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn open_link(&self, peer: OfficeId) -> Result<Port, Stopped> {
        let link = LinkId(self.number());
        let (port, end) = ports::open(link, self.commands.clone());
        self.tell(Command::LinkUp { link, peer, end }).await?;
        Ok(port)
    }

    /// Tells new measurements.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn sample(&self, sample: Sample) -> Result<(), Stopped> {
        self.tell(Command::Sample(sample)).await
    }

    /// Stops in good order: what waits is committed and answered, sessions end
    /// with a last word, the store is closed.
    pub async fn stop(&self) {
        // One that has stopped needs no telling.
        let _stopped = self.tell(Command::Stop).await;
    }

    /// Why it is not there any more.
    fn stopped(&self) -> Stopped {
        if self.shared.failed.load(Ordering::Acquire) {
            Stopped::Failed
        } else {
            Stopped::InOrder
        }
    }

    fn number(&self) -> u64 {
        self.shared.next.fetch_add(1, Ordering::Relaxed)
    }

    async fn tell(&self, command: Command) -> Result<(), Stopped> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_closed| self.stopped())
    }
}

impl Anchors for Office {
    fn anchor(&self, office: OfficeId) -> Option<Anchor> {
        self.tree().get(office)?.key.map(Anchor::Open)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]
mod tests;
