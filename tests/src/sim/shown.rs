//! Frames, batches and answers in a few words, for the trace.

use std::collections::BTreeMap;

use terrace_model::{Audience, Batch, Lane, Page, Stream};
use terrace_node::machine::Answer;
use terrace_sync::Frame;

use super::check::Posts;

fn stream(stream: Stream, posts: &Posts) -> String {
    let journal = stream.journal;
    let audience = match journal.audience {
        Audience::Home => "home".to_owned(),
        Audience::Parent => "parent".to_owned(),
        Audience::Ancestors => "up".to_owned(),
        Audience::Office(office) => format!("to {}", posts.name(office)),
        Audience::Subtree { root, level } => {
            let level = level.map_or_else(String::new, |level| format!(" {level}"));
            format!("below {}{level}", posts.name(root))
        }
    };
    let lane = match journal.lane {
        Lane::Every => "",
        Lane::Latest => " latest",
    };
    format!("{} {audience}{lane}", posts.name(journal.origin))
}

fn pages(all: &[Page], posts: &Posts) -> String {
    let mut spans: BTreeMap<Stream, (u64, u64, u64)> = BTreeMap::new();
    for page in all {
        let position = page.header.position;
        let number = position.number.0;
        let span = spans
            .entry(position.stream)
            .or_insert((number, number, page.header.base.0));
        *span = (span.0.min(number), span.1.max(number), page.header.base.0);
    }
    let spans: Vec<String> = spans
        .into_iter()
        .map(|(of, (first, last, base))| {
            let span = if first == last {
                format!("{first}")
            } else {
                format!("{first}-{last}")
            };
            format!("[{} {span} base {base}]", stream(of, posts))
        })
        .collect();
    spans.join(" ")
}

pub(super) fn frame(frame: &Frame, posts: &Posts) -> String {
    match frame {
        Frame::Hello(hello) => format!("hello {:?}", hello.digest),
        Frame::Branches(branches) => format!("{} branches", branches.len()),
        Frame::Heads { branches, heads } => {
            let heads = heads.iter().map(|(of, head)| {
                format!("[{} {}-{}]", stream(*of, posts), head.base.0, head.number.0)
            });
            let heads: Vec<String> = heads.collect();
            format!("heads of {} branches {}", branches.len(), heads.join(" "))
        }
        Frame::Pages { number, pages: all } => format!("#{number} {}", pages(all, posts)),
        Frame::Ack { upto, .. } => format!("ack {upto}"),
        Frame::Again {
            stream: of,
            head,
            after_millis,
        } => {
            let head = head.map_or(0, |head| head.number.0);
            format!(
                "again [{}] after {head} in {after_millis} ms",
                stream(*of, posts)
            )
        }
        Frame::Close { reason } => format!("close {reason:?}"),
    }
}

pub(super) fn batch(batch: &Batch, posts: &Posts) -> String {
    format!(
        "{} changes {}",
        batch.changes.len(),
        pages(&batch.pages, posts)
    )
}

pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Done { changed: true } => "done".to_owned(),
        Answer::Done { changed: false } => "done already".to_owned(),
        Answer::Refused(refusal) => format!("refused: {refusal}"),
        Answer::Sheet(kept) => format!(
            "{} changed, {} unchanged, {} faults",
            kept.changed,
            kept.unchanged,
            kept.faults.len()
        ),
    }
}
