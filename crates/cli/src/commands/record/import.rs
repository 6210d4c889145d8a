use std::future;
use std::io::{self, Read};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::Serialize;
use terrace_catalog::Lang;
use terrace_wire::proto::import_records_request::Kind;
use terrace_wire::proto::import_start::Format as SheetFormat;
use terrace_wire::{Refusal, RefusalCode, RowFault, proto};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_stream::Stream;

use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::file;
use crate::office::{Office, ask};
use crate::output::Format;
use crate::shell::Shell;

/// Bytes of one message; as many as the office takes.
const CHUNK: usize = 256 << 10;

/// Messages that are read and not yet sent.
const WAITING: usize = 2;

/// Longest name of a file that is told, in bytes.
const NAME_BYTES: usize = 400;

/// Keep the rows of a sheet as records
///
/// The first line holds field ids. The file is checked whole: if a row is bad
/// nothing is kept, all bad cells are told, and the exit code is 3. With
/// --keep-good the other rows are kept all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record import person roster.csv --dry-run
  terrace record import person roster.csv
  terrace record import person roster.csv --keep-good --format json
  terrace record import organisation - < organisations.csv")]
pub(crate) struct Args {
    /// The type of the records
    #[arg(value_name = "TYPE")]
    of: String,
    /// The sheet; - reads csv from standard input
    file: PathBuf,
    /// Check the file and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep the good rows of a file that has bad ones
    #[arg(long)]
    keep_good: bool,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    kept: u64,
    #[serde(skip_serializing_if = "is_none")]
    unchanged: u64,
    faults: Vec<Fault<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    more: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "it is called with a reference"
)]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Serialize)]
struct Fault<'a> {
    line: u32,
    field: &'a str,
    value: &'a str,
    reason: &'a str,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let source = file::open(&args.file, shell)?;
    let dry_run = args.dry_run;
    let (messages, waiting) = mpsc::channel(WAITING);
    let reading = spawn_blocking(move || send(start(&args), source, &messages));
    let answer = async { ask!(office, import_records, Messages(waiting)) };
    let broken = async {
        match reading.await {
            Ok(Ok(())) => future::pending().await,
            Ok(Err(error)) => anyhow::Error::new(error),
            Err(error) => anyhow::Error::new(error),
        }
    };
    let answer = tokio::select! {
        answer = answer => answer,
        fault = broken => Err(Failure::Fault(fault.context("the file cannot be read to its end"))),
    };
    match answer {
        Ok(reply) => {
            let faults = reply.faults.into_iter().map(RowFault::from_proto);
            let imported = Imported {
                kept: reply.kept,
                unchanged: reply.unchanged,
                faults: faults.collect(),
                more: reply.more,
            };
            report(&imported, dry_run, shell)
        }
        Err(Failure::Refused(refusal)) if has_rows(&refusal) => {
            shell.tell(&refusal.text);
            let imported = Imported {
                faults: refusal.faults,
                ..Imported::default()
            };
            report(&imported, dry_run, shell)
        }
        Err(failure) => Err(failure),
    }
}

/// What became of a sheet.
#[derive(Default)]
struct Imported {
    /// Rows that the office holds by it.
    kept: u64,
    /// Of those, rows that changed nothing.
    unchanged: u64,
    faults: Vec<RowFault>,
    /// Faults beyond those told.
    more: u64,
}

/// Whether a refusal is a report about rows.
fn has_rows(refusal: &Refusal) -> bool {
    refusal.code == RefusalCode::Content && !refusal.faults.is_empty()
}

fn start(args: &Args) -> proto::ImportStart {
    let ending = args.file.extension().unwrap_or_default();
    let format = if ending.eq_ignore_ascii_case("xlsx") {
        SheetFormat::Xlsx
    } else {
        SheetFormat::Csv
    };
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    proto::ImportStart {
        r#type: args.of.clone(),
        file: cut(&name).to_owned(),
        format: format as i32,
        keep_good: args.keep_good,
        dry_run: args.dry_run,
    }
}

fn cut(name: &str) -> &str {
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(|end| *end <= NAME_BYTES).last();
    name.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Messages on their way. One that broke off never looks like one that ended:
/// the office would take half a file for the whole.
struct Messages(mpsc::Receiver<Step>);

/// What the reader of the file says.
enum Step {
    Next(proto::ImportRecordsRequest),
    End,
}

impl Stream for Messages {
    type Item = proto::ImportRecordsRequest;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.get_mut().0.poll_recv(context) {
            Poll::Ready(Some(Step::Next(message))) => Poll::Ready(Some(message)),
            Poll::Ready(Some(Step::End)) => Poll::Ready(None),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Sends the start and the file's bytes, until nobody takes them.
fn send(
    start: proto::ImportStart,
    mut source: impl Read,
    messages: &mpsc::Sender<Step>,
) -> io::Result<()> {
    let message = |kind| Step::Next(proto::ImportRecordsRequest { kind: Some(kind) });
    let mut next = message(Kind::Start(start));
    while messages.blocking_send(next).is_ok() {
        let content = chunk(&mut source)?;
        if content.is_empty() {
            // Nobody takes it any more where the office has answered already.
            messages.blocking_send(Step::End).unwrap_or_default();
            break;
        }
        next = message(Kind::Content(content));
    }
    Ok(())
}

/// The next bytes, as they come: the office waits for none that are held back.
/// Empty at the end.
fn chunk(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut content = vec![0; CHUNK];
    loop {
        match source.read(&mut content) {
            Ok(read) => {
                content.truncate(read);
                return Ok(content);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tells what became of the file to the person who imports, and to nobody else.
fn report<'a>(imported: &'a Imported, dry_run: bool, shell: &mut Shell<'_>) -> Result<(), Failure> {
    if shell.asked == Some(Format::Json) {
        let fault = |fault: &'a RowFault| Fault {
            line: fault.line,
            field: &fault.field,
            value: &fault.value,
            reason: &fault.reason,
        };
        shell.json(&Report {
            kept: imported.kept,
            unchanged: imported.unchanged,
            faults: imported.faults.iter().map(fault).collect(),
            more: imported.more,
        })?;
    } else {
        failure::tell_faults(&imported.faults, shell.stderr, shell.lang).unwrap_or_default();
        shell.tell(&summary(imported, dry_run, shell.lang));
    }
    if imported.faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Told(Exit::CONTENT))
    }
}

fn summary(imported: &Imported, dry_run: bool, lang: Lang) -> String {
    let Imported {
        kept,
        unchanged,
        more,
        ref faults,
    } = *imported;
    let told = faults.len();
    let all = more.saturating_add(told as u64);
    let (fault, row) = (s(all != 1), s(kept != 1));
    let cut = match lang {
        _ if more == 0 => String::new(),
        Lang::Zh => format!("（列出前 {told} 处）"),
        Lang::En => format!(" (the first {told} are told)"),
    };
    let changed = kept.saturating_sub(unchanged);
    let already = match lang {
        _ if unchanged == 0 => String::new(),
        Lang::Zh => format!("（{changed} 行有变化，{unchanged} 行原已存在）"),
        Lang::En => format!(": {changed} changed, {unchanged} there already"),
    };
    match (lang, dry_run) {
        (Lang::Zh, false) => format!("{all} 处错误{cut}，保存了 {kept} 行{already}"),
        (Lang::Zh, true) => {
            format!("{all} 处错误{cut}，可保存 {kept} 行{already}；试运行，没有保存")
        }
        (Lang::En, false) => format!("{all} fault{fault}{cut}; {kept} row{row} kept{already}"),
        (Lang::En, true) => {
            format!("{all} fault{fault}{cut}; {kept} row{row} would be kept{already}")
        }
    }
}

const fn s(several: bool) -> &'static str {
    if several { "s" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    fn polled(messages: &mut Messages) -> Poll<Option<proto::ImportRecordsRequest>> {
        Pin::new(messages).poll_next(&mut Context::from_waker(Waker::noop()))
    }

    fn sent(steps: Vec<Step>) -> Messages {
        let (messages, waiting) = mpsc::channel(WAITING);
        for step in steps {
            messages.try_send(step).unwrap();
        }
        Messages(waiting)
    }

    #[test]
    fn what_breaks_off_never_ends() {
        let message = proto::ImportRecordsRequest { kind: None };
        let mut whole = sent(vec![Step::Next(message.clone()), Step::End]);
        assert_eq!(polled(&mut whole), Poll::Ready(Some(message.clone())));
        assert_eq!(polled(&mut whole), Poll::Ready(None));
        let mut broken = sent(vec![Step::Next(message.clone())]);
        assert_eq!(polled(&mut broken), Poll::Ready(Some(message)));
        assert_eq!(polled(&mut broken), Poll::Pending);
    }

    /// A pipe in which one word comes after the other.
    struct Pipe(Vec<Result<&'static [u8], io::ErrorKind>>);

    impl Read for Pipe {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let word = self.0.pop().unwrap_or(Ok(b""))?;
            into[..word.len()].copy_from_slice(word);
            Ok(word.len())
        }
    }

    #[test]
    fn bytes_are_sent_as_they_come() {
        let interrupted = Err(io::ErrorKind::Interrupted);
        let mut pipe = Pipe(vec![Ok(b"name\n"), interrupted, Ok(b"id,")]);
        assert_eq!(chunk(&mut pipe).unwrap(), b"id,");
        assert_eq!(chunk(&mut pipe).unwrap(), b"name\n");
        assert_eq!(chunk(&mut pipe).unwrap(), b"");
        let mut whole = io::repeat(b'a');
        assert_eq!(chunk(&mut whole).unwrap().len(), CHUNK);
    }

    #[test]
    fn what_changed_what_was_there_and_all_faults_are_counted() {
        let fault = RowFault::from_proto(proto::Fault::default());
        let told = |kept, unchanged, faults, more| {
            let imported = Imported {
                kept,
                unchanged,
                faults: vec![fault.clone(); faults],
                more,
            };
            [Lang::En, Lang::Zh].map(|lang| summary(&imported, false, lang))
        };
        assert_eq!(told(1, 0, 0, 0)[0], "0 faults; 1 row kept");
        assert_eq!(
            told(3, 2, 0, 0),
            [
                "0 faults; 3 rows kept: 1 changed, 2 there already",
                "0 处错误，保存了 3 行（1 行有变化，2 行原已存在）"
            ]
        );
        assert_eq!(told(0, 0, 1, 0)[0], "1 fault; 0 rows kept");
        assert_eq!(told(0, 0, 1_000, 0)[0], "1000 faults; 0 rows kept");
        assert_eq!(
            told(0, 0, 1_000, 200),
            [
                "1200 faults (the first 1000 are told); 0 rows kept",
                "1200 处错误（列出前 1000 处），保存了 0 行"
            ]
        );
    }

    #[test]
    fn a_long_name_is_cut_to_whole_characters() {
        assert_eq!(cut("名册.csv"), "名册.csv");
        assert_eq!(cut(&"名".repeat(134)), "名".repeat(133));
        assert_eq!(cut(&"a".repeat(401)).len(), NAME_BYTES);
    }
}
