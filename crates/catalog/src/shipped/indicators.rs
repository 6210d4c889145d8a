mod people;
mod submissions;
mod work;

use alloc::{sync::Arc, vec, vec::Vec};

use super::lists::Lists;
use crate::{
    CodeList, Cross, Dim, DimFilter, DimSource, Filter, FlowSource, Indicator, Label, Measure,
    Part, StockSource, Sum,
};

pub(super) fn all(lists: &Lists) -> Vec<Indicator> {
    let mut all = people::files(lists);
    all.extend(work::organisations(lists));
    all.extend(people::contact());
    all.extend(work::activities(lists));
    all.extend(work::meetings(lists));
    all.extend(work::assistance(lists));
    all.extend(work::giving(lists));
    all.extend(people::seats(lists));
    all.extend(submissions::suggestions(lists));
    all.extend(submissions::nominations());
    all
}

fn indicator(id: &str, zh: &str, en: &str, unit: (&str, &str), measure: Measure) -> Indicator {
    Indicator {
        id: id.into(),
        label: Label::new(zh, en),
        unit: Label::new(unit.0, unit.1),
        measure,
        dims: Vec::new(),
        cross: Cross::All,
        entered: false,
    }
}

impl Indicator {
    fn by(mut self, dims: Vec<Dim>) -> Self {
        self.dims = dims;
        self
    }

    fn in_pairs(mut self) -> Self {
        self.cross = Cross::Pairs;
        self
    }

    fn entered(mut self) -> Self {
        self.entered = true;
        self
    }
}

fn dim(id: &str, zh: &str, en: &str, field: &str, list: &Arc<CodeList>) -> Dim {
    Dim {
        id: id.into(),
        label: Label::new(zh, en),
        source: DimSource::Field(field.into()),
        list: Arc::clone(list),
    }
}

fn stock(of: &str, sum: Sum) -> Measure {
    Measure::Stock(StockSource::Span {
        of: of.into(),
        sum,
        filters: Vec::new(),
    })
}

fn flow(of: &str, date: &str, sum: Sum) -> Measure {
    flow_where(of, date, sum, Vec::new())
}

fn flow_where(of: &str, date: &str, sum: Sum, filters: Vec<Filter>) -> Measure {
    Measure::Flow(FlowSource::Event {
        of: of.into(),
        date: date.into(),
        sum,
        filters,
    })
}

fn is(field: &str, code: &str) -> Vec<Filter> {
    vec![Filter {
        field: field.into(),
        codes: vec![code.into()],
    }]
}

fn sum(field: &str) -> Sum {
    Sum::Field(field.into())
}

fn part(indicator: &str, filters: Vec<DimFilter>) -> Part {
    Part {
        indicator: indicator.into(),
        filters,
    }
}

fn ratio(num: Part, den: Part) -> Measure {
    Measure::Ratio { num, den }
}

const PERSONS: (&str, &str) = ("人", "persons");
const TIMES: (&str, &str) = ("次", "times");
const HEADS: (&str, &str) = ("人次", "attendances");
const CASES: (&str, &str) = ("件", "cases");
const MONEY: (&str, &str) = ("万元", "10,000 yuan");
const PAIRS: (&str, &str) = ("对", "pairs");
const POINTS: (&str, &str) = ("条", "suggestions");
const RATIO: (&str, &str) = ("比率", "ratio");
