// Made from the options in proto/ by: cargo run -p terrace-tests --bin generate

static ACK: Shape = Shape {
    name: "Ack",
    size: size_of::<proto::Ack>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Ack {
    const SHAPE: &'static Shape = &ACK;
}

static AGAIN: Shape = Shape {
    name: "Again",
    size: size_of::<proto::Again>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&STREAM) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&HEAD) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Again {
    const SHAPE: &'static Shape = &AGAIN;
}

static AUDIENCE: Shape = Shape {
    name: "Audience",
    size: size_of::<proto::Audience>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Audience {
    const SHAPE: &'static Shape = &AUDIENCE;
}

static BATCH: Shape = Shape {
    name: "Batch",
    size: size_of::<proto::Batch>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: Some(16384), kind: Kind::Bytes { longest: 4259840 } },
        Rule { tag: 3, slot: 2, most: Some(1000000), kind: Kind::Message(&CHANGE) },
    ],
};

impl Guarded for proto::Batch {
    const SHAPE: &'static Shape = &BATCH;
}

static BEHIND: Shape = Shape {
    name: "Behind",
    size: size_of::<proto::Behind>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Behind {
    const SHAPE: &'static Shape = &BEHIND;
}

static BODY: Shape = Shape {
    name: "Body",
    size: size_of::<proto::Body>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: Some(10000), kind: Kind::Message(&ENTRY) },
    ],
};

impl Guarded for proto::Body {
    const SHAPE: &'static Shape = &BODY;
}

static BRANCH: Shape = Shape {
    name: "Branch",
    size: size_of::<proto::Branch>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::Branch {
    const SHAPE: &'static Shape = &BRANCH;
}

static BRANCHES: Shape = Shape {
    name: "Branches",
    size: size_of::<proto::Branches>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(16384), kind: Kind::Message(&BRANCH) },
    ],
};

impl Guarded for proto::Branches {
    const SHAPE: &'static Shape = &BRANCHES;
}

static CATALOG_REPLY: Shape = Shape {
    name: "CatalogReply",
    size: size_of::<proto::CatalogReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 32 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 2097152 } },
    ],
};

impl Guarded for proto::CatalogReply {
    const SHAPE: &'static Shape = &CATALOG_REPLY;
}

static CATALOG_REQUEST: Shape = Shape {
    name: "CatalogRequest",
    size: size_of::<proto::CatalogRequest>(),
    rules: &[
    ],
};

impl Guarded for proto::CatalogRequest {
    const SHAPE: &'static Shape = &CATALOG_REQUEST;
}

static CHANGE: Shape = Shape {
    name: "Change",
    size: size_of::<proto::Change>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 8192 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 8388608 } },
    ],
};

impl Guarded for proto::Change {
    const SHAPE: &'static Shape = &CHANGE;
}

static CHILD_LINK: Shape = Shape {
    name: "ChildLink",
    size: size_of::<proto::ChildLink>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Message(&BEHIND) },
    ],
};

impl Guarded for proto::ChildLink {
    const SHAPE: &'static Shape = &CHILD_LINK;
}

static CLOSE: Shape = Shape {
    name: "Close",
    size: size_of::<proto::Close>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Close {
    const SHAPE: &'static Shape = &CLOSE;
}

static CODES: Shape = Shape {
    name: "Codes",
    size: size_of::<proto::Codes>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(256), kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::Codes {
    const SHAPE: &'static Shape = &CODES;
}

static CONSENT: Shape = Shape {
    name: "Consent",
    size: size_of::<proto::Consent>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 4096 } },
    ],
};

impl Guarded for proto::Consent {
    const SHAPE: &'static Shape = &CONSENT;
}

static CONSENT_KEPT: Shape = Shape {
    name: "ConsentKept",
    size: size_of::<proto::ConsentKept>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::ConsentKept {
    const SHAPE: &'static Shape = &CONSENT_KEPT;
}

static CONSENT_REPLY: Shape = Shape {
    name: "ConsentReply",
    size: size_of::<proto::ConsentReply>(),
    rules: &[
    ],
};

impl Guarded for proto::ConsentReply {
    const SHAPE: &'static Shape = &CONSENT_REPLY;
}

static CONSENT_REQUEST: Shape = Shape {
    name: "ConsentRequest",
    size: size_of::<proto::ConsentRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 4096 } },
    ],
};

impl Guarded for proto::ConsentRequest {
    const SHAPE: &'static Shape = &CONSENT_REQUEST;
}

static CONTENT: Shape = Shape {
    name: "Content",
    size: size_of::<proto::Content>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&FIELDS) },
        Rule { tag: 3, slot: 1, most: None, kind: Kind::Message(&CONSENT) },
    ],
};

impl Guarded for proto::Content {
    const SHAPE: &'static Shape = &CONTENT;
}

static CORRECT: Shape = Shape {
    name: "Correct",
    size: size_of::<proto::Correct>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Correct {
    const SHAPE: &'static Shape = &CORRECT;
}

static COVERAGE: Shape = Shape {
    name: "Coverage",
    size: size_of::<proto::Coverage>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Coverage {
    const SHAPE: &'static Shape = &COVERAGE;
}

static DECIMAL: Shape = Shape {
    name: "Decimal",
    size: size_of::<proto::Decimal>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 16 } },
    ],
};

impl Guarded for proto::Decimal {
    const SHAPE: &'static Shape = &DECIMAL;
}

static DELETE: Shape = Shape {
    name: "Delete",
    size: size_of::<proto::Delete>(),
    rules: &[
    ],
};

impl Guarded for proto::Delete {
    const SHAPE: &'static Shape = &DELETE;
}

static DELETE_RECORD_REPLY: Shape = Shape {
    name: "DeleteRecordReply",
    size: size_of::<proto::DeleteRecordReply>(),
    rules: &[
    ],
};

impl Guarded for proto::DeleteRecordReply {
    const SHAPE: &'static Shape = &DELETE_RECORD_REPLY;
}

static DELETE_RECORD_REQUEST: Shape = Shape {
    name: "DeleteRecordRequest",
    size: size_of::<proto::DeleteRecordRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::DeleteRecordRequest {
    const SHAPE: &'static Shape = &DELETE_RECORD_REQUEST;
}

static ENROL_REPLY: Shape = Shape {
    name: "EnrolReply",
    size: size_of::<proto::EnrolReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&OFFICE_ENTRY) },
        Rule { tag: 4, slot: 3, most: Some(16), kind: Kind::Message(&OFFICE_ENTRY) },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Message(&OFFICE_ENTRY) },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::EnrolReply {
    const SHAPE: &'static Shape = &ENROL_REPLY;
}

static ENROL_REQUEST: Shape = Shape {
    name: "EnrolRequest",
    size: size_of::<proto::EnrolRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 16 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::EnrolRequest {
    const SHAPE: &'static Shape = &ENROL_REQUEST;
}

static ENTRY: Shape = Shape {
    name: "Entry",
    size: size_of::<proto::Entry>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&RECORD_ACT) },
        Rule { tag: 2, slot: 0, most: None, kind: Kind::Message(&CONSENT_KEPT) },
        Rule { tag: 3, slot: 0, most: None, kind: Kind::Message(&EPOCH_OPENED) },
        Rule { tag: 4, slot: 0, most: None, kind: Kind::Message(&OFFICE_ENTRY) },
        Rule { tag: 5, slot: 0, most: None, kind: Kind::Message(&FIGURES) },
        Rule { tag: 6, slot: 0, most: None, kind: Kind::Message(&THROUGH) },
        Rule { tag: 7, slot: 0, most: None, kind: Kind::Message(&RECEIPT_SAID) },
        Rule { tag: 8, slot: 0, most: None, kind: Kind::Message(&HEALTH) },
        Rule { tag: 9, slot: 0, most: None, kind: Kind::Message(&SUBMIT) },
        Rule { tag: 10, slot: 0, most: None, kind: Kind::Message(&FORWARD) },
        Rule { tag: 11, slot: 0, most: None, kind: Kind::Message(&STEP) },
        Rule { tag: 12, slot: 0, most: None, kind: Kind::Message(&NOTICE) },
    ],
};

impl Guarded for proto::Entry {
    const SHAPE: &'static Shape = &ENTRY;
}

static EPOCH_OPENED: Shape = Shape {
    name: "EpochOpened",
    size: size_of::<proto::EpochOpened>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::EpochOpened {
    const SHAPE: &'static Shape = &EPOCH_OPENED;
}

static ERROR_DETAILS: Shape = Shape {
    name: "ErrorDetails",
    size: size_of::<proto::ErrorDetails>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 3, slot: 2, most: Some(8), kind: Kind::Message(&PACKED) },
    ],
};

impl Guarded for proto::ErrorDetails {
    const SHAPE: &'static Shape = &ERROR_DETAILS;
}

static FACT: Shape = Shape {
    name: "Fact",
    size: size_of::<proto::Fact>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&OWN) },
        Rule { tag: 2, slot: 0, most: None, kind: Kind::Message(&OFFICE_ENTRY) },
        Rule { tag: 3, slot: 0, most: None, kind: Kind::Message(&INVITATION) },
        Rule { tag: 4, slot: 0, most: None, kind: Kind::Message(&HELD_HEAD) },
        Rule { tag: 5, slot: 0, most: None, kind: Kind::Message(&WINDOW) },
        Rule { tag: 6, slot: 0, most: None, kind: Kind::Message(&FINDING) },
        Rule { tag: 7, slot: 0, most: None, kind: Kind::Message(&RECORD) },
        Rule { tag: 8, slot: 0, most: None, kind: Kind::Message(&MARK) },
        Rule { tag: 9, slot: 0, most: None, kind: Kind::Message(&CONSENT) },
        Rule { tag: 10, slot: 0, most: None, kind: Kind::Message(&SAID_CELL) },
        Rule { tag: 11, slot: 0, most: None, kind: Kind::Message(&SAID_THROUGH) },
        Rule { tag: 12, slot: 0, most: None, kind: Kind::Message(&SAID_HEALTH) },
        Rule { tag: 13, slot: 0, most: None, kind: Kind::Message(&SUBMISSION) },
        Rule { tag: 14, slot: 0, most: None, kind: Kind::Message(&HELD_NOTICE) },
        Rule { tag: 15, slot: 0, most: None, kind: Kind::Message(&SAID_RECEIPT) },
    ],
};

impl Guarded for proto::Fact {
    const SHAPE: &'static Shape = &FACT;
}

static FAULT: Shape = Shape {
    name: "Fault",
    size: size_of::<proto::Fault>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 2000 } },
    ],
};

impl Guarded for proto::Fault {
    const SHAPE: &'static Shape = &FAULT;
}

static FIELD: Shape = Shape {
    name: "Field",
    size: size_of::<proto::Field>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 3, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 4, slot: 1, most: None, kind: Kind::Message(&CODES) },
        Rule { tag: 5, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 7, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 8, slot: 1, most: None, kind: Kind::Message(&DECIMAL) },
        Rule { tag: 9, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::Field {
    const SHAPE: &'static Shape = &FIELD;
}

static FIELDS: Shape = Shape {
    name: "Fields",
    size: size_of::<proto::Fields>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(128), kind: Kind::Message(&FIELD) },
    ],
};

impl Guarded for proto::Fields {
    const SHAPE: &'static Shape = &FIELDS;
}

static FIGURES: Shape = Shape {
    name: "Figures",
    size: size_of::<proto::Figures>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Fixed64 },
        Rule { tag: 4, slot: 3, most: Some(16), kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 5, slot: 4, most: Some(4096), kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 6, slot: 5, most: Some(65536), kind: Kind::Varint { size: 4 } },
        Rule { tag: 7, slot: 6, most: Some(4096), kind: Kind::Varint { size: 8 } },
        Rule { tag: 8, slot: 7, most: Some(4096), kind: Kind::Bytes { longest: 16 } },
        Rule { tag: 9, slot: 8, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Figures {
    const SHAPE: &'static Shape = &FIGURES;
}

static FINDING: Shape = Shape {
    name: "Finding",
    size: size_of::<proto::Finding>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&STREAM) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 4259840 } },
    ],
};

impl Guarded for proto::Finding {
    const SHAPE: &'static Shape = &FINDING;
}

static FORWARD: Shape = Shape {
    name: "Forward",
    size: size_of::<proto::Forward>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&STEP) },
        Rule { tag: 2, slot: 1, most: Some(64), kind: Kind::Bytes { longest: 4194304 } },
    ],
};

impl Guarded for proto::Forward {
    const SHAPE: &'static Shape = &FORWARD;
}

static FRAME: Shape = Shape {
    name: "Frame",
    size: size_of::<proto::Frame>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&HELLO) },
        Rule { tag: 2, slot: 0, most: None, kind: Kind::Message(&BRANCHES) },
        Rule { tag: 3, slot: 0, most: None, kind: Kind::Message(&HEADS) },
        Rule { tag: 4, slot: 0, most: None, kind: Kind::Message(&PAGES) },
        Rule { tag: 5, slot: 0, most: None, kind: Kind::Message(&ACK) },
        Rule { tag: 6, slot: 0, most: None, kind: Kind::Message(&AGAIN) },
        Rule { tag: 7, slot: 0, most: None, kind: Kind::Message(&CLOSE) },
    ],
};

impl Guarded for proto::Frame {
    const SHAPE: &'static Shape = &FRAME;
}

static GET_RECORD_REPLY: Shape = Shape {
    name: "GetRecordReply",
    size: size_of::<proto::GetRecordReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&RECORD_ROW) },
    ],
};

impl Guarded for proto::GetRecordReply {
    const SHAPE: &'static Shape = &GET_RECORD_REPLY;
}

static GET_RECORD_REQUEST: Shape = Shape {
    name: "GetRecordRequest",
    size: size_of::<proto::GetRecordRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::GetRecordRequest {
    const SHAPE: &'static Shape = &GET_RECORD_REQUEST;
}

static GIVEN: Shape = Shape {
    name: "Given",
    size: size_of::<proto::Given>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 4096 } },
    ],
};

impl Guarded for proto::Given {
    const SHAPE: &'static Shape = &GIVEN;
}

static HEAD: Shape = Shape {
    name: "Head",
    size: size_of::<proto::Head>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::Head {
    const SHAPE: &'static Shape = &HEAD;
}

static HEADS: Shape = Shape {
    name: "Heads",
    size: size_of::<proto::Heads>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(16384), kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: Some(16384), kind: Kind::Message(&STREAM_HEAD) },
    ],
};

impl Guarded for proto::Heads {
    const SHAPE: &'static Shape = &HEADS;
}

static HEALTH: Shape = Shape {
    name: "Health",
    size: size_of::<proto::Health>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 8, slot: 7, most: Some(10000), kind: Kind::Message(&CHILD_LINK) },
    ],
};

impl Guarded for proto::Health {
    const SHAPE: &'static Shape = &HEALTH;
}

static HELD_HEAD: Shape = Shape {
    name: "HeldHead",
    size: size_of::<proto::HeldHead>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&HEAD) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::HeldHead {
    const SHAPE: &'static Shape = &HELD_HEAD;
}

static HELD_NOTICE: Shape = Shape {
    name: "HeldNotice",
    size: size_of::<proto::HeldNotice>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&NOTICE) },
        Rule { tag: 2, slot: 1, most: Some(10000), kind: Kind::Message(&AUDIENCE) },
    ],
};

impl Guarded for proto::HeldNotice {
    const SHAPE: &'static Shape = &HELD_NOTICE;
}

static HELLO: Shape = Shape {
    name: "Hello",
    size: size_of::<proto::Hello>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Fixed64 },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 32 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Hello {
    const SHAPE: &'static Shape = &HELLO;
}

static IMPORT_RECORDS_REPLY: Shape = Shape {
    name: "ImportRecordsReply",
    size: size_of::<proto::ImportRecordsReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: Some(1000), kind: Kind::Message(&FAULT) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::ImportRecordsReply {
    const SHAPE: &'static Shape = &IMPORT_RECORDS_REPLY;
}

static IMPORT_RECORDS_REQUEST: Shape = Shape {
    name: "ImportRecordsRequest",
    size: size_of::<proto::ImportRecordsRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&IMPORT_START) },
        Rule { tag: 2, slot: 0, most: None, kind: Kind::Bytes { longest: 262144 } },
    ],
};

impl Guarded for proto::ImportRecordsRequest {
    const SHAPE: &'static Shape = &IMPORT_RECORDS_REQUEST;
}

static IMPORT_START: Shape = Shape {
    name: "ImportStart",
    size: size_of::<proto::ImportStart>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::ImportStart {
    const SHAPE: &'static Shape = &IMPORT_START;
}

static INVITATION: Shape = Shape {
    name: "Invitation",
    size: size_of::<proto::Invitation>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 32 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Invitation {
    const SHAPE: &'static Shape = &INVITATION;
}

static INVITE_REPLY: Shape = Shape {
    name: "InviteReply",
    size: size_of::<proto::InviteReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 1000 } },
        Rule { tag: 2, slot: 1, most: Some(16), kind: Kind::Bytes { longest: 2000 } },
    ],
};

impl Guarded for proto::InviteReply {
    const SHAPE: &'static Shape = &INVITE_REPLY;
}

static INVITE_REQUEST: Shape = Shape {
    name: "InviteRequest",
    size: size_of::<proto::InviteRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::InviteRequest {
    const SHAPE: &'static Shape = &INVITE_REQUEST;
}

static JOURNAL_ID: Shape = Shape {
    name: "JournalId",
    size: size_of::<proto::JournalId>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&AUDIENCE) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::JournalId {
    const SHAPE: &'static Shape = &JOURNAL_ID;
}

static LIST_RECORDS_REPLY: Shape = Shape {
    name: "ListRecordsReply",
    size: size_of::<proto::ListRecordsReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(1000), kind: Kind::Message(&RECORD_ROW) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::ListRecordsReply {
    const SHAPE: &'static Shape = &LIST_RECORDS_REPLY;
}

static LIST_RECORDS_REQUEST: Shape = Shape {
    name: "ListRecordsRequest",
    size: size_of::<proto::ListRecordsRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::ListRecordsRequest {
    const SHAPE: &'static Shape = &LIST_RECORDS_REQUEST;
}

static MARK: Shape = Shape {
    name: "Mark",
    size: size_of::<proto::Mark>(),
    rules: &[
    ],
};

impl Guarded for proto::Mark {
    const SHAPE: &'static Shape = &MARK;
}

static NOTICE: Shape = Shape {
    name: "Notice",
    size: size_of::<proto::Notice>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 1000 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 1048576 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Notice {
    const SHAPE: &'static Shape = &NOTICE;
}

static NOTICE_LIST_REPLY: Shape = Shape {
    name: "NoticeListReply",
    size: size_of::<proto::NoticeListReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(1000), kind: Kind::Message(&NOTICE_ROW) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::NoticeListReply {
    const SHAPE: &'static Shape = &NOTICE_LIST_REPLY;
}

static NOTICE_LIST_REQUEST: Shape = Shape {
    name: "NoticeListRequest",
    size: size_of::<proto::NoticeListRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::NoticeListRequest {
    const SHAPE: &'static Shape = &NOTICE_LIST_REQUEST;
}

static NOTICE_MARK_REPLY: Shape = Shape {
    name: "NoticeMarkReply",
    size: size_of::<proto::NoticeMarkReply>(),
    rules: &[
    ],
};

impl Guarded for proto::NoticeMarkReply {
    const SHAPE: &'static Shape = &NOTICE_MARK_REPLY;
}

static NOTICE_MARK_REQUEST: Shape = Shape {
    name: "NoticeMarkRequest",
    size: size_of::<proto::NoticeMarkRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::NoticeMarkRequest {
    const SHAPE: &'static Shape = &NOTICE_MARK_REQUEST;
}

static NOTICE_PUBLISH_REPLY: Shape = Shape {
    name: "NoticePublishReply",
    size: size_of::<proto::NoticePublishReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::NoticePublishReply {
    const SHAPE: &'static Shape = &NOTICE_PUBLISH_REPLY;
}

static NOTICE_PUBLISH_REQUEST: Shape = Shape {
    name: "NoticePublishRequest",
    size: size_of::<proto::NoticePublishRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 1000 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 1048576 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&OFFICE_CODES) },
        Rule { tag: 4, slot: 2, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 5, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::NoticePublishRequest {
    const SHAPE: &'static Shape = &NOTICE_PUBLISH_REQUEST;
}

static NOTICE_RECEIPTS_REPLY: Shape = Shape {
    name: "NoticeReceiptsReply",
    size: size_of::<proto::NoticeReceiptsReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(1000), kind: Kind::Message(&RECEIPT_ROW) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
    ],
};

impl Guarded for proto::NoticeReceiptsReply {
    const SHAPE: &'static Shape = &NOTICE_RECEIPTS_REPLY;
}

static NOTICE_RECEIPTS_REQUEST: Shape = Shape {
    name: "NoticeReceiptsRequest",
    size: size_of::<proto::NoticeReceiptsRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::NoticeReceiptsRequest {
    const SHAPE: &'static Shape = &NOTICE_RECEIPTS_REQUEST;
}

static NOTICE_ROW: Shape = Shape {
    name: "NoticeRow",
    size: size_of::<proto::NoticeRow>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 1000 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Message(&RECEIPT) },
    ],
};

impl Guarded for proto::NoticeRow {
    const SHAPE: &'static Shape = &NOTICE_ROW;
}

static NOTICE_SHOW_REPLY: Shape = Shape {
    name: "NoticeShowReply",
    size: size_of::<proto::NoticeShowReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&NOTICE_ROW) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 1048576 } },
    ],
};

impl Guarded for proto::NoticeShowReply {
    const SHAPE: &'static Shape = &NOTICE_SHOW_REPLY;
}

static NOTICE_SHOW_REQUEST: Shape = Shape {
    name: "NoticeShowRequest",
    size: size_of::<proto::NoticeShowRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::NoticeShowRequest {
    const SHAPE: &'static Shape = &NOTICE_SHOW_REQUEST;
}

static OFFICE_CODES: Shape = Shape {
    name: "OfficeCodes",
    size: size_of::<proto::OfficeCodes>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(10000), kind: Kind::Bytes { longest: 12 } },
    ],
};

impl Guarded for proto::OfficeCodes {
    const SHAPE: &'static Shape = &OFFICE_CODES;
}

static OFFICE_ENTRY: Shape = Shape {
    name: "OfficeEntry",
    size: size_of::<proto::OfficeEntry>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Fixed64 },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::OfficeEntry {
    const SHAPE: &'static Shape = &OFFICE_ENTRY;
}

static OFFICE_STATUS: Shape = Shape {
    name: "OfficeStatus",
    size: size_of::<proto::OfficeStatus>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 8, slot: 7, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 9, slot: 8, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 10, slot: 9, most: None, kind: Kind::Bytes { longest: 2000 } },
        Rule { tag: 11, slot: 10, most: None, kind: Kind::Bytes { longest: 2000 } },
        Rule { tag: 12, slot: 11, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 13, slot: 12, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 14, slot: 13, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 15, slot: 14, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 16, slot: 15, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 17, slot: 16, most: None, kind: Kind::Bytes { longest: 400 } },
    ],
};

impl Guarded for proto::OfficeStatus {
    const SHAPE: &'static Shape = &OFFICE_STATUS;
}

static OWN: Shape = Shape {
    name: "Own",
    size: size_of::<proto::Own>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::Own {
    const SHAPE: &'static Shape = &OWN;
}

static OWN_STATUS: Shape = Shape {
    name: "OwnStatus",
    size: size_of::<proto::OwnStatus>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 200 } },
    ],
};

impl Guarded for proto::OwnStatus {
    const SHAPE: &'static Shape = &OWN_STATUS;
}

static PACKED: Shape = Shape {
    name: "Packed",
    size: size_of::<proto::Packed>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 8388608 } },
    ],
};

impl Guarded for proto::Packed {
    const SHAPE: &'static Shape = &PACKED;
}

static PAGE: Shape = Shape {
    name: "Page",
    size: size_of::<proto::Page>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 1024 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 64 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 4194304 } },
        Rule { tag: 4, slot: 3, most: Some(10000), kind: Kind::Message(&PART) },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Page {
    const SHAPE: &'static Shape = &PAGE;
}

static PAGE_HEADER: Shape = Shape {
    name: "PageHeader",
    size: size_of::<proto::PageHeader>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&JOURNAL_ID) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Bytes { longest: 32 } },
        Rule { tag: 8, slot: 7, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::PageHeader {
    const SHAPE: &'static Shape = &PAGE_HEADER;
}

static PAGES: Shape = Shape {
    name: "Pages",
    size: size_of::<proto::Pages>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: Some(16384), kind: Kind::Message(&PAGE) },
    ],
};

impl Guarded for proto::Pages {
    const SHAPE: &'static Shape = &PAGES;
}

static PART: Shape = Shape {
    name: "Part",
    size: size_of::<proto::Part>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 16 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 65536 } },
    ],
};

impl Guarded for proto::Part {
    const SHAPE: &'static Shape = &PART;
}

static PERIOD_RANGE: Shape = Shape {
    name: "PeriodRange",
    size: size_of::<proto::PeriodRange>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 8 } },
    ],
};

impl Guarded for proto::PeriodRange {
    const SHAPE: &'static Shape = &PERIOD_RANGE;
}

static POSITION: Shape = Shape {
    name: "Position",
    size: size_of::<proto::Position>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&STREAM) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Position {
    const SHAPE: &'static Shape = &POSITION;
}

static PROPOSAL: Shape = Shape {
    name: "Proposal",
    size: size_of::<proto::Proposal>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Fixed64 },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Message(&FIELDS) },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::Proposal {
    const SHAPE: &'static Shape = &PROPOSAL;
}

static PUT: Shape = Shape {
    name: "Put",
    size: size_of::<proto::Put>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Put {
    const SHAPE: &'static Shape = &PUT;
}

static PUT_RECORD_REPLY: Shape = Shape {
    name: "PutRecordReply",
    size: size_of::<proto::PutRecordReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 2, slot: 1, most: Some(16), kind: Kind::Bytes { longest: 2000 } },
    ],
};

impl Guarded for proto::PutRecordReply {
    const SHAPE: &'static Shape = &PUT_RECORD_REPLY;
}

static PUT_RECORD_REQUEST: Shape = Shape {
    name: "PutRecordRequest",
    size: size_of::<proto::PutRecordRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: Some(128), kind: Kind::Message(&GIVEN) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::PutRecordRequest {
    const SHAPE: &'static Shape = &PUT_RECORD_REQUEST;
}

static RECEIPT: Shape = Shape {
    name: "Receipt",
    size: size_of::<proto::Receipt>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Receipt {
    const SHAPE: &'static Shape = &RECEIPT;
}

static RECEIPT_ROW: Shape = Shape {
    name: "ReceiptRow",
    size: size_of::<proto::ReceiptRow>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 400 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&RECEIPT) },
    ],
};

impl Guarded for proto::ReceiptRow {
    const SHAPE: &'static Shape = &RECEIPT_ROW;
}

static RECEIPT_SAID: Shape = Shape {
    name: "ReceiptSaid",
    size: size_of::<proto::ReceiptSaid>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&RECEIPT) },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::ReceiptSaid {
    const SHAPE: &'static Shape = &RECEIPT_SAID;
}

static RECORD: Shape = Shape {
    name: "Record",
    size: size_of::<proto::Record>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&FIELDS) },
        Rule { tag: 2, slot: 1, most: Some(1000), kind: Kind::Message(&STATE) },
        Rule { tag: 3, slot: 2, most: Some(10000), kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Record {
    const SHAPE: &'static Shape = &RECORD;
}

static RECORD_ACT: Shape = Shape {
    name: "RecordAct",
    size: size_of::<proto::RecordAct>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&PUT) },
        Rule { tag: 4, slot: 2, most: None, kind: Kind::Message(&CORRECT) },
        Rule { tag: 5, slot: 2, most: None, kind: Kind::Message(&DELETE) },
        Rule { tag: 6, slot: 3, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 7, slot: 4, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::RecordAct {
    const SHAPE: &'static Shape = &RECORD_ACT;
}

static RECORD_ROW: Shape = Shape {
    name: "RecordRow",
    size: size_of::<proto::RecordRow>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 3, slot: 2, most: Some(128), kind: Kind::Message(&SHOWN) },
    ],
};

impl Guarded for proto::RecordRow {
    const SHAPE: &'static Shape = &RECORD_ROW;
}

static REFUSAL: Shape = Shape {
    name: "Refusal",
    size: size_of::<proto::Refusal>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 4, slot: 3, most: Some(1000), kind: Kind::Message(&FAULT) },
    ],
};

impl Guarded for proto::Refusal {
    const SHAPE: &'static Shape = &REFUSAL;
}

static ROLLUP_REPLY: Shape = Shape {
    name: "RollupReply",
    size: size_of::<proto::RollupReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(500), kind: Kind::Message(&ROLLUP_ROW) },
    ],
};

impl Guarded for proto::RollupReply {
    const SHAPE: &'static Shape = &ROLLUP_REPLY;
}

static ROLLUP_REQUEST: Shape = Shape {
    name: "RollupRequest",
    size: size_of::<proto::RollupRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(100), kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 8 } },
        Rule { tag: 4, slot: 2, most: None, kind: Kind::Message(&PERIOD_RANGE) },
        Rule { tag: 5, slot: 3, most: Some(16), kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 6, slot: 4, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::RollupRequest {
    const SHAPE: &'static Shape = &ROLLUP_REQUEST;
}

static ROLLUP_ROW: Shape = Shape {
    name: "RollupRow",
    size: size_of::<proto::RollupRow>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 8 } },
        Rule { tag: 4, slot: 3, most: Some(16), kind: Kind::Message(&GIVEN) },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 64 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Bytes { longest: 64 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Bytes { longest: 64 } },
        Rule { tag: 8, slot: 7, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 9, slot: 8, most: None, kind: Kind::Message(&COVERAGE) },
        Rule { tag: 10, slot: 9, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 11, slot: 10, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 12, slot: 11, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 13, slot: 12, most: Some(16), kind: Kind::Bytes { longest: 8 } },
    ],
};

impl Guarded for proto::RollupRow {
    const SHAPE: &'static Shape = &ROLLUP_ROW;
}

static SAID_CELL: Shape = Shape {
    name: "SaidCell",
    size: size_of::<proto::SaidCell>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&DECIMAL) },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::SaidCell {
    const SHAPE: &'static Shape = &SAID_CELL;
}

static SAID_HEALTH: Shape = Shape {
    name: "SaidHealth",
    size: size_of::<proto::SaidHealth>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&HEALTH) },
    ],
};

impl Guarded for proto::SaidHealth {
    const SHAPE: &'static Shape = &SAID_HEALTH;
}

static SAID_RECEIPT: Shape = Shape {
    name: "SaidReceipt",
    size: size_of::<proto::SaidReceipt>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&RECEIPT) },
    ],
};

impl Guarded for proto::SaidReceipt {
    const SHAPE: &'static Shape = &SAID_RECEIPT;
}

static SAID_THROUGH: Shape = Shape {
    name: "SaidThrough",
    size: size_of::<proto::SaidThrough>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Message(&THROUGH) },
    ],
};

impl Guarded for proto::SaidThrough {
    const SHAPE: &'static Shape = &SAID_THROUGH;
}

static SHOWN: Shape = Shape {
    name: "Shown",
    size: size_of::<proto::Shown>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 3, slot: 1, most: None, kind: Kind::Message(&CODES) },
    ],
};

impl Guarded for proto::Shown {
    const SHAPE: &'static Shape = &SHOWN;
}

static STATE: Shape = Shape {
    name: "State",
    size: size_of::<proto::State>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&FIELDS) },
    ],
};

impl Guarded for proto::State {
    const SHAPE: &'static Shape = &STATE;
}

static STATUS_REPLY: Shape = Shape {
    name: "StatusReply",
    size: size_of::<proto::StatusReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&OWN_STATUS) },
        Rule { tag: 2, slot: 1, most: Some(20000), kind: Kind::Message(&OFFICE_STATUS) },
    ],
};

impl Guarded for proto::StatusReply {
    const SHAPE: &'static Shape = &STATUS_REPLY;
}

static STATUS_REQUEST: Shape = Shape {
    name: "StatusRequest",
    size: size_of::<proto::StatusRequest>(),
    rules: &[
    ],
};

impl Guarded for proto::StatusRequest {
    const SHAPE: &'static Shape = &STATUS_REQUEST;
}

static STEP: Shape = Shape {
    name: "Step",
    size: size_of::<proto::Step>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 32 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 6, slot: 5, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Step {
    const SHAPE: &'static Shape = &STEP;
}

static STREAM: Shape = Shape {
    name: "Stream",
    size: size_of::<proto::Stream>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&JOURNAL_ID) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::Stream {
    const SHAPE: &'static Shape = &STREAM;
}

static STREAM_HEAD: Shape = Shape {
    name: "StreamHead",
    size: size_of::<proto::StreamHead>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&STREAM) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&HEAD) },
    ],
};

impl Guarded for proto::StreamHead {
    const SHAPE: &'static Shape = &STREAM_HEAD;
}

static SUBMISSION: Shape = Shape {
    name: "Submission",
    size: size_of::<proto::Submission>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&PROPOSAL) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&FIELDS) },
        Rule { tag: 3, slot: 2, most: Some(1000), kind: Kind::Message(&STEP) },
        Rule { tag: 4, slot: 3, most: Some(1000), kind: Kind::Message(&POSITION) },
    ],
};

impl Guarded for proto::Submission {
    const SHAPE: &'static Shape = &SUBMISSION;
}

static SUBMISSION_ACT_REPLY: Shape = Shape {
    name: "SubmissionActReply",
    size: size_of::<proto::SubmissionActReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
    ],
};

impl Guarded for proto::SubmissionActReply {
    const SHAPE: &'static Shape = &SUBMISSION_ACT_REPLY;
}

static SUBMISSION_ACT_REQUEST: Shape = Shape {
    name: "SubmissionActRequest",
    size: size_of::<proto::SubmissionActRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 4096 } },
    ],
};

impl Guarded for proto::SubmissionActRequest {
    const SHAPE: &'static Shape = &SUBMISSION_ACT_REQUEST;
}

static SUBMISSION_LIST_REPLY: Shape = Shape {
    name: "SubmissionListReply",
    size: size_of::<proto::SubmissionListReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: Some(1000), kind: Kind::Message(&SUBMISSION_ROW) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::SubmissionListReply {
    const SHAPE: &'static Shape = &SUBMISSION_LIST_REPLY;
}

static SUBMISSION_LIST_REQUEST: Shape = Shape {
    name: "SubmissionListRequest",
    size: size_of::<proto::SubmissionListRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Fixed64 },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Varint { size: 4 } },
    ],
};

impl Guarded for proto::SubmissionListRequest {
    const SHAPE: &'static Shape = &SUBMISSION_LIST_REQUEST;
}

static SUBMISSION_NEW_REPLY: Shape = Shape {
    name: "SubmissionNewReply",
    size: size_of::<proto::SubmissionNewReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: Some(16), kind: Kind::Bytes { longest: 2000 } },
    ],
};

impl Guarded for proto::SubmissionNewReply {
    const SHAPE: &'static Shape = &SUBMISSION_NEW_REPLY;
}

static SUBMISSION_NEW_REQUEST: Shape = Shape {
    name: "SubmissionNewRequest",
    size: size_of::<proto::SubmissionNewRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 2, slot: 1, most: Some(128), kind: Kind::Message(&GIVEN) },
    ],
};

impl Guarded for proto::SubmissionNewRequest {
    const SHAPE: &'static Shape = &SUBMISSION_NEW_REQUEST;
}

static SUBMISSION_ROW: Shape = Shape {
    name: "SubmissionRow",
    size: size_of::<proto::SubmissionRow>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 5, slot: 4, most: Some(128), kind: Kind::Message(&SHOWN) },
        Rule { tag: 6, slot: 5, most: Some(32), kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 7, slot: 6, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 8, slot: 7, most: None, kind: Kind::Bytes { longest: 4096 } },
    ],
};

impl Guarded for proto::SubmissionRow {
    const SHAPE: &'static Shape = &SUBMISSION_ROW;
}

static SUBMISSION_SHOW_REPLY: Shape = Shape {
    name: "SubmissionShowReply",
    size: size_of::<proto::SubmissionShowReply>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&SUBMISSION_ROW) },
        Rule { tag: 2, slot: 1, most: Some(128), kind: Kind::Message(&SHOWN) },
        Rule { tag: 3, slot: 2, most: Some(1000), kind: Kind::Message(&SUBMISSION_STEP) },
    ],
};

impl Guarded for proto::SubmissionShowReply {
    const SHAPE: &'static Shape = &SUBMISSION_SHOW_REPLY;
}

static SUBMISSION_SHOW_REQUEST: Shape = Shape {
    name: "SubmissionShowRequest",
    size: size_of::<proto::SubmissionShowRequest>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Fixed64 },
    ],
};

impl Guarded for proto::SubmissionShowRequest {
    const SHAPE: &'static Shape = &SUBMISSION_SHOW_REQUEST;
}

static SUBMISSION_STEP: Shape = Shape {
    name: "SubmissionStep",
    size: size_of::<proto::SubmissionStep>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Bytes { longest: 12 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 100 } },
        Rule { tag: 3, slot: 2, most: None, kind: Kind::Bytes { longest: 200 } },
        Rule { tag: 4, slot: 3, most: None, kind: Kind::Bytes { longest: 4096 } },
        Rule { tag: 5, slot: 4, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::SubmissionStep {
    const SHAPE: &'static Shape = &SUBMISSION_STEP;
}

static SUBMIT: Shape = Shape {
    name: "Submit",
    size: size_of::<proto::Submit>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Message(&PROPOSAL) },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Message(&STEP) },
    ],
};

impl Guarded for proto::Submit {
    const SHAPE: &'static Shape = &SUBMIT;
}

static THROUGH: Shape = Shape {
    name: "Through",
    size: size_of::<proto::Through>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 4 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Bytes { longest: 32 } },
    ],
};

impl Guarded for proto::Through {
    const SHAPE: &'static Shape = &THROUGH;
}

static WINDOW: Shape = Shape {
    name: "Window",
    size: size_of::<proto::Window>(),
    rules: &[
        Rule { tag: 1, slot: 0, most: None, kind: Kind::Varint { size: 8 } },
        Rule { tag: 2, slot: 1, most: None, kind: Kind::Varint { size: 8 } },
    ],
};

impl Guarded for proto::Window {
    const SHAPE: &'static Shape = &WINDOW;
}
