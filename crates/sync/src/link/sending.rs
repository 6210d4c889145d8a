use alloc::{collections::VecDeque, vec::Vec};

use terrace_model::{FindingKind, Hash, Page, PageNo, Stream, Time};

use super::streams::Streams;
use crate::{AnswerError, Frame, Limits, ProtocolError};

/// Pages on their way to the neighbour: asked for, packed into frames, sent
/// within its credit, acknowledged.
#[derive(Debug)]
pub(super) struct Sending {
    frame_bytes: u64,
    max_page_bytes: u32,
    unacked_millis: u32,
    slowest_bytes_per_second: u32,
    /// What the neighbour allows to be unacknowledged, in bytes.
    credit: u64,
    need: Option<Need>,
    /// Pages that wait for a frame: less than a frame's bytes, and what the
    /// last answer went beyond that.
    outbox: VecDeque<Page>,
    outbox_bytes: u64,
    /// Number of the newest frame sent.
    sent: u64,
    /// Number of the newest frame acknowledged.
    acked: u64,
    /// Frames after the newest acknowledged, up to the newest sent.
    in_flight: VecDeque<InFlight>,
    in_flight_bytes: u64,
    /// When the neighbour last acknowledged anything.
    progress: Time,
}

/// Pages that were asked for and have not come.
#[derive(Debug)]
struct Need {
    stream: Stream,
    from: PageNo,
    limit_bytes: u64,
    /// The neighbour has since said that it stands elsewhere: the answer is
    /// of no use.
    void: bool,
}

#[derive(Debug)]
struct InFlight {
    bytes: u64,
    at: Time,
    /// The last page of each stream in the frame.
    ends: Vec<(Stream, PageNo, Hash)>,
}

/// Bytes of a page, as every limit counts them.
pub(super) fn bytes_of(page: &Page) -> u64 {
    u64::try_from(page.size()).unwrap_or(u64::MAX)
}

impl Sending {
    pub(super) fn new(limits: &Limits, now: Time) -> Self {
        Self {
            frame_bytes: limits.frame_bytes.max(1).into(),
            max_page_bytes: limits.max_page_bytes,
            unacked_millis: limits.unacked_millis,
            slowest_bytes_per_second: limits.slowest_bytes_per_second,
            credit: 0,
            need: None,
            outbox: VecDeque::new(),
            outbox_bytes: 0,
            sent: 0,
            acked: 0,
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            progress: now,
        }
    }

    pub(super) fn set_credit(&mut self, bytes: u32) {
        self.credit = bytes.into();
    }

    /// Bytes that may still be sent; one frame may always be on its way.
    fn credit_left(&self) -> u64 {
        if self.in_flight.is_empty() {
            u64::MAX
        } else {
            self.credit.saturating_sub(self.in_flight_bytes)
        }
    }

    /// Bytes of pages that may be asked for now.
    fn room(&self) -> u64 {
        if self.need.is_some() {
            return 0;
        }
        let allowed = self.credit_left().min(self.frame_bytes);
        allowed.saturating_sub(self.outbox_bytes)
    }

    /// Asks for pages of the most urgent stream, if there is room for them.
    pub(super) fn poll_need(&mut self, streams: &Streams) -> Option<(Stream, PageNo, u32)> {
        let limit_bytes = self.room();
        if limit_bytes == 0 {
            return None;
        }
        let (stream, from) = streams.next()?;
        self.need = Some(Need {
            stream,
            from,
            limit_bytes,
            void: false,
        });
        let limit_bytes = u32::try_from(limit_bytes).unwrap_or(u32::MAX);
        Some((stream, from, limit_bytes))
    }

    /// Takes the answer to the last need.
    pub(super) fn handle_pages(
        &mut self,
        now: Time,
        streams: &mut Streams,
        stream: &Stream,
        pages: Vec<Page>,
    ) -> Result<Option<FindingKind>, AnswerError> {
        let need = self.need.take_if(|need| need.stream == *stream);
        let need = need.ok_or(AnswerError::NotAsked(*stream))?;
        if need.void {
            return Ok(None);
        }
        let checked = self.check(streams, &need, pages);
        let (pages, found) = checked.inspect_err(|_| streams.stop(now, stream))?;
        match pages.last() {
            Some(last) => streams.taken(now, stream, last.header.position.number),
            None => streams.moved(now, stream),
        }
        if found.is_some() {
            streams.stop(now, stream);
        }
        self.outbox_bytes += pages.iter().map(bytes_of).sum::<u64>();
        self.outbox.extend(pages);
        Ok(found)
    }

    /// Keeps what may be sent of an answer: what was asked for, up to where
    /// the link was told that the office holds it. A chain that does not
    /// follow what the neighbour holds is a fork: its first page goes as the
    /// proof of it, so that the neighbour finds it too, and nothing after.
    fn check(
        &self,
        streams: &Streams,
        need: &Need,
        mut pages: Vec<Page>,
    ) -> Result<(Vec<Page>, Option<FindingKind>), AnswerError> {
        let mut due = pages
            .first()
            .map_or(need.from, |page| page.header.position.number.max(need.from));
        let (mut count, mut bytes) = (0, 0);
        let last = streams.last(&need.stream);
        for page in &pages {
            let position = page.header.position;
            if position.stream != need.stream || position.number != due {
                return Err(AnswerError::Order(need.stream));
            }
            let size = bytes_of(page);
            if size > self.max_page_bytes.into() {
                let limit_bytes = self.max_page_bytes;
                return Err(AnswerError::PageTooLarge {
                    bytes: size,
                    limit_bytes,
                });
            }
            let more_than_asked = count > 0 && bytes + size > need.limit_bytes;
            if more_than_asked || Some(position.number) > last {
                break;
            }
            (count, bytes, due) = (count + 1, bytes + size, due.next());
        }
        pages.truncate(count);
        let forked = pages.first().is_some_and(|first| {
            let follows = streams.follows(&need.stream, first.header.position.number);
            follows.is_some_and(|hash| hash != first.header.previous)
        });
        if forked {
            pages.truncate(1);
        }
        Ok((pages, forked.then_some(FindingKind::Fork)))
    }

    /// The next frame of pages: full, or all that can be had now. A page that
    /// the neighbour got from elsewhere while it waited here is left out.
    pub(super) fn poll_transmit(&mut self, now: Time, streams: &mut Streams) -> Option<Frame> {
        let more = self.need.is_some() || (self.room() > 0 && streams.next().is_some());
        if more && self.outbox_bytes < self.frame_bytes {
            return None;
        }
        let left = self.credit_left();
        let (mut pages, mut bytes) = (Vec::new(), 0);
        while let Some(page) = self.outbox.front() {
            let size = bytes_of(page);
            if streams.peer_holds(page) {
                self.outbox_bytes = self.outbox_bytes.saturating_sub(size);
                self.outbox.pop_front();
                continue;
            }
            let fits = bytes + size <= left.min(self.frame_bytes);
            let alone = pages.is_empty() && size <= left;
            if !fits && !alone {
                break;
            }
            bytes += size;
            pages.extend(self.outbox.pop_front());
        }
        if pages.is_empty() {
            return None;
        }
        self.outbox_bytes = self.outbox_bytes.saturating_sub(bytes);
        let number = self.note_sent(now, streams, bytes, &pages);
        Some(Frame::Pages { number, pages })
    }

    fn note_sent(&mut self, now: Time, streams: &mut Streams, bytes: u64, pages: &[Page]) -> u64 {
        let mut ends: Vec<&Page> = Vec::new();
        for page in pages {
            let stream = page.header.position.stream;
            match ends.last_mut() {
                Some(end) if end.header.position.stream == stream => *end = page,
                Some(_) | None => ends.push(page),
            }
        }
        let ends = ends.into_iter().map(|end| {
            let position = end.header.position;
            (position.stream, position.number, end.hash())
        });
        let ends: Vec<_> = ends.collect();
        for (stream, _, _) in &ends {
            streams.sent(stream);
        }
        self.sent += 1;
        self.in_flight_bytes += bytes;
        self.in_flight.push_back(InFlight {
            bytes,
            at: now,
            ends,
        });
        self.sent
    }

    /// All frames up to this one are durable at the neighbour, or asked for
    /// again.
    pub(super) fn handle_ack(
        &mut self,
        now: Time,
        streams: &mut Streams,
        upto: u64,
    ) -> Result<(), ProtocolError> {
        if upto < self.acked || upto > self.sent {
            return Err(ProtocolError::AckRange {
                acked: self.acked,
                sent: self.sent,
                got: upto,
            });
        }
        if upto > self.acked {
            self.progress = now;
        }
        while self.acked < upto {
            let Some(frame) = self.in_flight.pop_front() else {
                break;
            };
            self.acked += 1;
            self.in_flight_bytes = self.in_flight_bytes.saturating_sub(frame.bytes);
            for (stream, last, hash) in frame.ends {
                streams.acked(now, &stream, last, hash);
            }
        }
        Ok(())
    }

    /// The neighbour stands elsewhere in a stream: what waits to be sent of it
    /// is of no use.
    pub(super) fn forget(&mut self, stream: &Stream) {
        if let Some(need) = self.need.as_mut().filter(|need| need.stream == *stream) {
            need.void = true;
        }
        self.outbox
            .retain(|page| page.header.position.stream != *stream);
        self.outbox_bytes = self.outbox.iter().map(bytes_of).sum();
    }

    /// When the oldest frame has been unacknowledged for too long. Its bytes
    /// are given the time that they take on the slowest link.
    pub(super) fn deadline(&self) -> Option<Time> {
        let oldest = self.in_flight.front()?;
        let wait = transfer_millis(oldest.bytes, self.slowest_bytes_per_second);
        let begun = oldest.at.max(self.progress);
        Some(
            begun
                .plus_millis(wait)
                .plus_millis(self.unacked_millis.into()),
        )
    }
}

/// Milliseconds that bytes take at a rate.
pub(super) fn transfer_millis(bytes: u64, bytes_per_second: u32) -> i64 {
    let millis = bytes.saturating_mul(1000) / u64::from(bytes_per_second.max(1));
    i64::try_from(millis).unwrap_or(i64::MAX)
}
