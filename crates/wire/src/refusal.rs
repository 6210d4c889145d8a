use tonic::{Code, Status};

use crate::{guard, proto};

/// Why a request was not done. A closed list: scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// The program failed.
    Fault,
    /// The request itself: malformed periods, dates, codes, numbers.
    Usage,
    /// The content: an illegal act, a sheet with bad rows.
    Content,
    /// The office, or the one it had to ask, cannot be reached.
    Unreachable,
    /// A well-formed type, indicator, office or id that does not exist here.
    Unknown,
    /// The store failed and the daemon stopped.
    Store,
}

impl RefusalCode {
    /// All codes, by their exit code.
    pub const ALL: [Self; 6] = [
        Self::Fault,
        Self::Usage,
        Self::Content,
        Self::Unreachable,
        Self::Unknown,
        Self::Store,
    ];

    /// The exit code of the command line: 1 to 6.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Fault => 1,
            Self::Usage => 2,
            Self::Content => 3,
            Self::Unreachable => 4,
            Self::Unknown => 5,
            Self::Store => 6,
        }
    }

    /// The gRPC status code.
    #[must_use]
    pub const fn grpc(self) -> Code {
        match self {
            Self::Fault => Code::Internal,
            Self::Usage => Code::InvalidArgument,
            Self::Content => Code::FailedPrecondition,
            Self::Unreachable => Code::Unavailable,
            Self::Unknown => Code::NotFound,
            Self::Store => Code::DataLoss,
        }
    }

    const fn to_proto(self) -> proto::RefusalCode {
        match self {
            Self::Fault => proto::RefusalCode::Fault,
            Self::Usage => proto::RefusalCode::Usage,
            Self::Content => proto::RefusalCode::Content,
            Self::Unreachable => proto::RefusalCode::Unreachable,
            Self::Unknown => proto::RefusalCode::Unknown,
            Self::Store => proto::RefusalCode::Store,
        }
    }

    fn from_proto(number: i32) -> Option<Self> {
        match proto::RefusalCode::try_from(number).ok()? {
            proto::RefusalCode::Unspecified => None,
            proto::RefusalCode::Fault => Some(Self::Fault),
            proto::RefusalCode::Usage => Some(Self::Usage),
            proto::RefusalCode::Content => Some(Self::Content),
            proto::RefusalCode::Unreachable => Some(Self::Unreachable),
            proto::RefusalCode::Unknown => Some(Self::Unknown),
            proto::RefusalCode::Store => Some(Self::Store),
        }
    }
}

/// One bad cell of a sheet, or one bad field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// From 1, the sheet's first line included; 0 where there is no sheet.
    pub line: u32,
    /// Field id; empty where the whole row is meant.
    pub field: String,
    /// The cell, cut to 40 characters.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

impl RowFault {
    /// The message that says this; what is too long is cut.
    #[must_use]
    pub fn to_proto(&self) -> proto::Fault {
        proto::Fault {
            line: self.line,
            field: cut(&self.field, FIELD_BYTES),
            value: self.value.chars().take(VALUE_CHARACTERS).collect(),
            reason: cut(&self.reason, REASON_BYTES),
        }
    }

    /// What a message says.
    #[must_use]
    pub fn from_proto(message: proto::Fault) -> Self {
        let proto::Fault {
            line,
            field,
            value,
            reason,
        } = message;
        Self {
            line,
            field,
            value,
            reason,
        }
    }
}

/// A request that was not done, in words that a clerk understands. It travels
/// as the details of a gRPC status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub todo: Option<String>,
    /// The rows it concerns; at most 1,000 travel.
    pub faults: Vec<RowFault>,
}

/// What names a [`proto::Refusal`] in a status.
const TYPE_URL: &str = "type.googleapis.com/terrace.v1.Refusal";

const TEXT_BYTES: usize = 4096;
const FIELD_BYTES: usize = 400;
const VALUE_CHARACTERS: usize = 40;
const REASON_BYTES: usize = 2000;
const FAULTS: usize = 1000;

/// Most bytes of details: they travel in a header, which receivers bound.
const DETAILS_BYTES: usize = 4 << 10;

/// Most bytes of text in the status itself.
const MESSAGE_BYTES: usize = 400;

impl Refusal {
    /// A refusal without a hint or rows.
    #[must_use]
    pub fn new(code: RefusalCode, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            todo: None,
            faults: Vec::new(),
        }
    }

    /// The gRPC status that carries it. Details travel in a header of at most
    /// 8 KiB: the faults that do not fit are left out, the last first.
    #[must_use]
    pub fn to_status(&self) -> Status {
        let message = cut(&self.text, MESSAGE_BYTES);
        let mut refusal = self.to_proto();
        let mut details = details(self.code.grpc(), &message, &refusal);
        while details.len() > DETAILS_BYTES && !refusal.faults.is_empty() {
            let half = refusal.faults.len() / 2;
            refusal.faults.truncate(half);
            details = self::details(self.code.grpc(), &message, &refusal);
        }
        if details.len() > DETAILS_BYTES {
            refusal.text = cut(&refusal.text, DETAILS_BYTES / 4);
            refusal.todo = refusal.todo.map(|todo| cut(&todo, DETAILS_BYTES / 4));
            details = self::details(self.code.grpc(), &message, &refusal);
        }
        Status::with_details(self.code.grpc(), message, details.into())
    }

    /// The refusal that a status carries; none where it carries none, as one
    /// from a proxy or from the network.
    #[must_use]
    pub fn from_status(status: &Status) -> Option<Self> {
        let details: proto::ErrorDetails = guard::decode(status.details()).ok()?;
        let packed = details
            .details
            .into_iter()
            .find(|packed| packed.type_url == TYPE_URL)?;
        let refusal: proto::Refusal = guard::decode(&packed.value).ok()?;
        Some(Self {
            code: RefusalCode::from_proto(refusal.code)?,
            text: refusal.text,
            todo: refusal.todo,
            faults: refusal
                .faults
                .into_iter()
                .map(RowFault::from_proto)
                .collect(),
        })
    }

    fn to_proto(&self) -> proto::Refusal {
        proto::Refusal {
            code: self.code.to_proto() as i32,
            text: cut(&self.text, TEXT_BYTES),
            todo: self.todo.as_deref().map(|todo| cut(todo, TEXT_BYTES)),
            faults: self
                .faults
                .iter()
                .take(FAULTS)
                .map(RowFault::to_proto)
                .collect(),
        }
    }
}

fn details(code: Code, message: &str, refusal: &proto::Refusal) -> Vec<u8> {
    use prost::Message;
    let packed = proto::Packed {
        type_url: TYPE_URL.to_owned(),
        value: refusal.encode_to_vec(),
    };
    let details = proto::ErrorDetails {
        code: i32::from(code),
        message: message.to_owned(),
        details: vec![packed],
    };
    details.encode_to_vec()
}

/// Text cut to whole characters within so many bytes.
fn cut(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u32) -> RowFault {
        RowFault {
            line,
            field: "category".into(),
            value: "poet".into(),
            reason: "类别不在代码表中".into(),
        }
    }

    #[test]
    fn a_refusal_travels_in_a_status() {
        for code in RefusalCode::ALL {
            let refusal = Refusal {
                code,
                text: "这份表有错误".into(),
                todo: Some("改正后再导入".into()),
                faults: vec![fault(3), fault(4)],
            };
            let status = refusal.to_status();
            assert_eq!(status.code(), code.grpc());
            assert_eq!(status.message(), refusal.text);
            assert_eq!(Refusal::from_status(&status), Some(refusal));
        }
    }

    #[test]
    fn codes_are_the_exit_codes() {
        let codes = RefusalCode::ALL.map(|code| (code.exit_code(), code.to_proto() as i32));
        assert_eq!(codes, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]);
    }

    #[test]
    fn a_status_of_others_carries_no_refusal() {
        assert_eq!(
            Refusal::from_status(&Status::unavailable("connection refused")),
            None
        );
        let odd = Status::with_details(Code::Internal, "", vec![1, 2, 3].into());
        assert_eq!(Refusal::from_status(&odd), None);
    }

    #[test]
    fn what_does_not_fit_a_header_is_left_out() {
        let long = Refusal {
            code: RefusalCode::Content,
            text: "错".repeat(5000),
            todo: Some("改".repeat(5000)),
            faults: (0..2000).map(fault).collect(),
        };
        let status = long.to_status();
        assert!(status.details().len() <= DETAILS_BYTES && status.message().len() <= 400);
        let read = Refusal::from_status(&status).unwrap();
        assert!(long.text.starts_with(&read.text) && read.text.len() > 1000);

        let rows = Refusal {
            faults: long.faults,
            ..Refusal::new(RefusalCode::Content, "错")
        };
        let read = Refusal::from_status(&rows.to_status()).unwrap();
        assert!(read.faults.len() > 20, "{}", read.faults.len());
        assert_eq!(read.faults[..], rows.faults[..read.faults.len()]);
    }
}
