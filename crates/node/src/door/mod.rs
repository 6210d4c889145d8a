//! The office as people and programs ask it: text in, nouns of the domain out,
//! and every no in words with what to do about it.
//!
//! A door reads what is committed through a handle of its own, and asks the
//! office's one writer for whatever changes something. It decides nothing: what
//! it refuses itself is text that cannot be read, and names that nobody has.

mod catalog;
mod enrol;
mod figures;
mod import;
mod invite;
mod notices;
mod records;
mod refused;
mod status;
mod submissions;

#[cfg(test)]
mod tests;

use core::time::Duration;
use std::sync::Arc;

use terrace_catalog::Lang;
use terrace_desk::{Book, Request};
use terrace_model::{Code, IdError, OfficeId, Tree, TreeId};
use terrace_pki::{Fingerprint, LinkAddress};
use terrace_store::{Read, StoreError};
use terrace_wire::Refusal;
use tokio::sync::Semaphore;

use crate::{
    Office, Stopped,
    machine::{self, Answer},
    reads::Here,
};

pub use catalog::InForce;
pub use terrace_desk::Mark;
pub use terrace_rollup::{Figure, Row as FigureRow};
pub use terrace_sheets::SheetLimits;

pub use figures::{Asked, AskedSpan, ROWS_AT_ONCE, Rows};
pub use import::{Form, Import, Imported, Start};
pub use invite::{Invited, NewOffice};
pub use notices::{NewNotice, To};
pub use records::NewRecord;
pub use status::{OwnStatus, Status};

use refused::{broken, desk, either, failed, stopped, usage};

/// Reads of an office under way at one time; more wait.
const READS: usize = 16;

/// Random bits of an id that sorts by time: so many can be made in one
/// millisecond, anywhere, before two of them are likely to be the same.
const RANDOM_BITS: u32 = 20;

/// Questions for figures under way at one time; more wait.
const QUESTIONS: usize = 4;

/// Sheets taken in at one time; more wait, and are not read meanwhile.
const SHEETS: usize = 1;

/// Fills bytes with randomness that nobody can guess.
pub type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What a door must know beside the running office.
#[derive(Clone)]
pub struct Setup {
    /// The tree that the office belongs to.
    pub tree: TreeId,
    /// The fingerprint of the office's signing key.
    pub key: Fingerprint,
    /// Where its invitations say that it listens; none: it takes no children.
    pub link: Option<LinkAddress>,
    /// Version of the program.
    pub version: String,
    /// How long a link may be down before an office counts as silent.
    pub silent_after: Duration,
    /// How large a sheet may be.
    pub sheets: SheetLimits,
    /// Where ids and tokens come from.
    pub randomness: Randomness,
}

/// A door into a running office. Cheap to clone; its limits hold for all clones
/// together.
#[derive(Clone)]
pub struct Door<R> {
    inner: Arc<Inner<R>>,
    /// Language of the person who asks.
    lang: Lang,
}

/// What was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<T> {
    /// Its id.
    pub id: T,
    /// What is unusual about it, in words.
    pub warnings: Vec<String>,
}

struct Inner<R> {
    office: Office,
    reader: R,
    setup: Setup,
    reads: Arc<Semaphore>,
    questions: Arc<Semaphore>,
    sheets: Arc<Semaphore>,
}

impl<R: Read> Door<R> {
    /// A door into an office, with a handle that reads its store.
    #[must_use]
    pub fn new(office: Office, reader: R, setup: Setup) -> Self {
        let inner = Inner {
            office,
            reader,
            setup,
            reads: Arc::new(Semaphore::new(READS)),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
            sheets: Arc::new(Semaphore::new(SHEETS)),
        };
        Self {
            inner: Arc::new(inner),
            lang: Lang::En,
        }
    }

    /// The same door for a person who reads a language. Without one it speaks
    /// English.
    #[must_use]
    pub fn speaking(&self, lang: Lang) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            lang,
        }
    }

    /// This office.
    #[must_use]
    pub fn id(&self) -> OfficeId {
        self.inner.office.id()
    }

    /// The offices that this one knows, as last committed: by it doors give
    /// offices their codes.
    #[must_use]
    pub fn tree(&self) -> Arc<Tree> {
        self.inner.office.tree()
    }

    fn book(&self) -> &Arc<Book> {
        self.inner.office.book()
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.inner.setup.randomness)(&mut bytes);
        bytes
    }

    fn random_id(&self) -> u64 {
        u64::from_le_bytes(self.random())
    }

    /// An id that sorts by when it was made, in milliseconds; the rest of it is
    /// random.
    fn timed_id(&self) -> u64 {
        let millis = self.inner.office.moment().wall.0.cast_unsigned();
        (millis << RANDOM_BITS) | (self.random_id() >> (u64::BITS - RANDOM_BITS))
    }

    /// Asks the office's writer. Whether anything changed makes no difference
    /// to who asked: asked again, a request is answered again.
    async fn ask(&self, request: Request) -> Result<(), Refusal> {
        let answer = self.asked(request).await?;
        answer.map_err(|refusal| desk(&refusal, self.lang))
    }

    /// The same, with the desk's own refusal.
    async fn asked(&self, request: Request) -> Result<Result<(), terrace_desk::Refusal>, Refusal> {
        let answer = self.inner.office.ask(request).await;
        match answer.map_err(|why| stopped(why, self.lang))? {
            Answer::Done { .. } => Ok(Ok(())),
            Answer::Refused(refusal) => Ok(Err(refusal)),
            Answer::Sheet(_) => Err(broken("an answer to another request", self.lang)),
        }
    }

    async fn take_sheet(&self, sheet: machine::Sheet) -> Result<machine::Kept, Refusal> {
        let answer = self.inner.office.import(sheet).await;
        match answer.map_err(|why| stopped(why, self.lang))? {
            Answer::Sheet(kept) => Ok(kept),
            Answer::Refused(refusal) => Err(desk(&refusal, self.lang)),
            Answer::Done { .. } => Err(broken("an answer to another request", self.lang)),
        }
    }

    /// Reads what is committed, on a thread that may wait for a disk.
    async fn look<T, F>(&self, ask: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&R, &Here<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.inner.reads).acquire_owned().await;
        let permit = permit.map_err(|_closed| stopped(Stopped::InOrder, self.lang))?;
        let door = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let tree = door.tree();
            ask(&door.inner.reader, &door.here(&tree))
        });
        match read.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(failed(&error, self.lang)),
            Err(_panicked) => Err(broken("a read broke down", self.lang)),
        }
    }

    fn here<'a>(&'a self, tree: &'a Tree) -> Here<'a> {
        Here {
            me: self.id(),
            tree,
            book: self.book(),
        }
    }

    /// The office that has a code, wherever in the tree it stands.
    fn office(&self, code: &str) -> Result<OfficeId, Refusal> {
        let code = parse_code(code, self.lang)?;
        let tree = self.tree();
        let office = tree.by_code(&code).map(|office| office.id);
        office.ok_or_else(|| refused::no_office(&code, self.lang))
    }
}

fn parse_code(text: &str, lang: Lang) -> Result<Code, Refusal> {
    let parsed = text.parse();
    parsed.map_err(|error: IdError| {
        usage(either(
            lang,
            "代码为 2 至 12 位数字".to_owned(),
            error.to_string(),
        ))
    })
}
