//! Record types, indicators, data sets and workflows as data, and the check of
//! what is never recorded.
//!
//! A catalog is issued by the top office and says what all offices below keep
//! and count. This crate checks what people give against it ([`parse_fields`],
//! [`apply_put`]), says what a figure is made of ([`Indicator`]), and refuses a
//! catalog that would record what is never recorded ([`never_recorded`]). It
//! evaluates no figure, and knows no record but the one it is given: whether a
//! reference exists, or two records overlap, is for the desk to rule.
#![no_std]

extern crate alloc;

mod canonical;
mod catalog;
mod codes;
mod data_set;
mod fault;
mod indicator;
mod label;
pub mod never_recorded;
mod parse;
mod put;
mod record_type;
mod shipped;
mod terms;
mod wellformed;
mod workflow;

#[cfg(test)]
mod sample;

pub use catalog::Catalog;
pub use codes::{CodeEntry, CodeList};
pub use data_set::{Also, DataSet, Open, PeriodType};
pub use fault::{FieldFault, Reason, SHOWN_CHARS};
pub use indicator::{
    Cross, Dim, DimFilter, DimSource, Filter, FlowSource, Indicator, Keep, Measure, Part,
    StockSource, SubmissionEvent, Sum,
};
pub use label::{Label, Lang};
pub use parse::{
    MAX_FAULTS, MAX_ID_CHARS, NOT_KEPT, clears, does_not_show, parse_cells, parse_fields, parse_id,
    text_of,
};
pub use put::{MAX_CONFIRMATIONS, MAX_STATES, Put, apply_put, refs_of};
pub use record_type::{Ends, Field, FieldKind, Kept, Presence, RecordType, Span, States, TypeRule};
pub use shipped::shipped;
pub use terms::{parse_terms, term_faults};
pub use wellformed::CatalogFault;
pub use workflow::{Action, Actor, By, Carried, Lies, Transition, Workflow, WorkflowState};
