//! Records in the order they were written.

use super::{
    error::{Damage, LogError},
    position::{LogMark, LogPosition, SegmentNumber},
    reader::LogReader,
    segment::Slot,
};

/// One record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub at: LogPosition,
    /// Its bytes, checked.
    pub payload: Vec<u8>,
    /// The point after it.
    pub after: LogMark,
}

/// Walks over records; made by [`LogReader::scan`]. Ends after an error.
#[derive(Debug)]
pub struct Scan {
    reader: LogReader,
    at: LogMark,
    end: LogMark,
    only: Option<SegmentNumber>,
    over: bool,
}

impl Scan {
    pub(super) fn to_end(reader: LogReader, from: LogMark) -> Self {
        let end = reader.end();
        Self {
            reader,
            at: from,
            end,
            only: None,
            over: false,
        }
    }

    pub(super) fn within_segment(reader: LogReader, from: LogMark) -> Self {
        let only = Some(from.next.segment);
        Self {
            only,
            ..Self::to_end(reader, from)
        }
    }

    fn step(&mut self) -> Result<Option<Record>, LogError> {
        while self.at.records < self.end.records {
            let LogPosition {
                segment: number,
                offset,
            } = self.at.next;
            let segment = match self.reader.segment(number) {
                // A point at the end of a segment that was removed is also the
                // start of the next one.
                Err(LogError::Missing { segment }) => {
                    let next = self.first_of_next(number);
                    self.at = next.map_err(|_| LogError::Missing { segment })?;
                    continue;
                }
                other => other?,
            };
            match segment.slot(offset)? {
                Slot::Record(frame) if frame.follows(&self.at) => {
                    let at = self.at.next;
                    let payload = segment
                        .payload(offset, &frame, 0..frame.length)?
                        .ok_or_else(|| segment.damaged(offset, Damage::Payload))?;
                    self.at = frame.mark_after(at);
                    return Ok(Some(Record {
                        at,
                        payload,
                        after: self.at,
                    }));
                }
                Slot::Closing(frame) if frame.closes(&self.at) => {
                    if self.only == Some(number) {
                        return Ok(None);
                    }
                    self.at = self.first_of_next(number)?;
                }
                Slot::Record(_) | Slot::Closing(_) => {
                    return Err(segment.damaged(offset, Damage::Chain));
                }
                Slot::Nothing => return Err(segment.damaged(offset, Damage::Frame)),
            }
        }
        self.check_end()
    }

    /// A point that the log does not have, or has otherwise, is no end.
    fn check_end(&self) -> Result<Option<Record>, LogError> {
        let (end, witness) = (self.end, self.at);
        if witness.records > end.records {
            return Err(LogError::LostRecord {
                end,
                witness,
                torn: None,
            });
        }
        if witness != end {
            return Err(LogError::OtherRecord { witness });
        }
        Ok(None)
    }

    fn first_of_next(&self, number: SegmentNumber) -> Result<LogMark, LogError> {
        let next = SegmentNumber(number.get().saturating_add(1));
        let mark = self.reader.start_of(next)?;
        if mark == self.at {
            Ok(mark)
        } else {
            Err(LogError::Damaged {
                segment: next,
                offset: 0,
                damage: Damage::Chain,
            })
        }
    }
}

impl Iterator for Scan {
    type Item = Result<Record, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let step = self.step();
        self.over = !matches!(step, Ok(Some(_)));
        step.transpose()
    }
}
