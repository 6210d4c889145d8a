use alloc::string::String;

use terrace_catalog::{DimSource, Filter, Sum};
use terrace_model::{Date, Decimal, NOT_GIVEN, Record, Value};

/// What an indicator reads of a record that it counts.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) sum: &'a Sum,
    pub(super) filters: &'a [Filter],
}

impl Reading<'_> {
    pub(super) const EACH_ONCE: Reading<'static> = Reading {
        sum: &Sum::One,
        filters: &[],
    };

    /// How much a record counts for on a day; none: it is filtered out.
    pub(super) fn amount(self, record: &Record, day: Date) -> Option<Decimal> {
        let holds = |filter: &Filter| {
            let code = record.value_at(&filter.field, day).and_then(Value::as_key);
            code.is_some_and(|code| filter.codes.iter().any(|other| other == code))
        };
        if !self.filters.iter().all(holds) {
            return None;
        }
        Some(match self.sum {
            Sum::One => Decimal::ONE,
            Sum::Field(field) => {
                let number = record.value_at(field, day).and_then(Value::as_decimal);
                number.unwrap_or_default()
            }
        })
    }
}

/// The code under which a record stands on a day.
pub(super) fn code(record: &Record, source: &DimSource, day: Date) -> String {
    let code = match source {
        DimSource::Field(field) => record.value_at(field, day).and_then(Value::as_key),
        DimSource::FirstGiven(fields) => {
            let given = |field: &&String| record.value_at(field, day).is_some();
            fields.iter().find(given).map(String::as_str)
        }
        DimSource::Outcome => None,
    };
    code.unwrap_or(NOT_GIVEN).into()
}
