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

/// Faults of one sheet that the office tells at most.
const MOST_FAULTS: usize = 1_000;

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
    faults: Vec<Fault<'a>>,
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
            report(reply.kept, &faults.collect::<Vec<_>>(), dry_run, shell)
        }
        Err(Failure::Refused(refusal)) if has_rows(&refusal) => {
            shell.tell(&refusal.text);
            report(0, &refusal.faults, dry_run, shell)
        }
        Err(failure) => Err(failure),
    }
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
fn report<'a>(
    kept: u64,
    faults: &'a [RowFault],
    dry_run: bool,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    if shell.asked == Some(Format::Json) {
        let fault = |fault: &'a RowFault| Fault {
            line: fault.line,
            field: &fault.field,
            value: &fault.value,
            reason: &fault.reason,
        };
        let faults = faults.iter().map(fault).collect();
        shell.json(&Report { kept, faults })?;
    } else {
        failure::tell_faults(faults, shell.stderr, shell.lang).unwrap_or_default();
        shell.tell(&summary(kept, faults.len(), dry_run, shell.lang));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Told(Exit::CONTENT))
    }
}

fn summary(kept: u64, faults: usize, dry_run: bool, lang: Lang) -> String {
    // As many as are told at most: there may be more.
    let is_cut = faults >= MOST_FAULTS;
    let at_least = match lang {
        _ if !is_cut => "",
        Lang::Zh => "至少 ",
        Lang::En => "at least ",
    };
    let (fault, row) = (s(faults != 1), s(kept != 1));
    match (lang, dry_run) {
        (Lang::Zh, false) => format!("{at_least}{faults} 处错误，保存了 {kept} 行"),
        (Lang::Zh, true) => {
            format!("{at_least}{faults} 处错误，可保存 {kept} 行；试运行，没有保存")
        }
        (Lang::En, false) => format!("{at_least}{faults} fault{fault}; {kept} row{row} kept"),
        (Lang::En, true) => {
            format!("{at_least}{faults} fault{fault}; {kept} row{row} would be kept")
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
    fn no_more_faults_are_counted_than_are_known_and_one_is_one() {
        let told = |kept, faults| summary(kept, faults, false, Lang::En);
        assert_eq!(told(1, 0), "0 faults; 1 row kept");
        assert_eq!(told(0, 1), "1 fault; 0 rows kept");
        assert_eq!(told(0, 999), "999 faults; 0 rows kept");
        assert_eq!(told(0, 1_000), "at least 1000 faults; 0 rows kept");
        let told = summary(2, 1_000, true, Lang::Zh);
        assert_eq!(told, "至少 1000 处错误，可保存 2 行；试运行，没有保存");
    }

    #[test]
    fn a_long_name_is_cut_to_whole_characters() {
        assert_eq!(cut("名册.csv"), "名册.csv");
        assert_eq!(cut(&"名".repeat(134)), "名".repeat(133));
        assert_eq!(cut(&"a".repeat(401)).len(), NAME_BYTES);
    }
}
