use alloc::vec::Vec;

use terrace_model::Level;

use crate::{DataSet, Label, Open, PeriodType};

fn data_set(id: &str, label: Label, indicators: &[&str]) -> DataSet {
    DataSet {
        id: id.into(),
        label,
        indicators: indicators.iter().map(|id| (*id).into()).collect(),
        levels: Vec::from([Level::Township]),
        also: Vec::new(),
        period: PeriodType::Quarter,
        open: Open::AtEnd,
        deadline_days: 10,
        return_days: 7,
        carry_months: 12,
        early: false,
    }
}

/// 人员与单位: the stocks.
pub(super) fn roster() -> DataSet {
    let indicators = [
        "persons",
        "stale_persons",
        "organisations",
        "employees",
        "capital",
        "seats_held",
        "assistance_open",
        "assigned",
        "pairings",
        "posts",
    ];
    data_set("roster", Label::new("人员与单位", "roster"), &indicators)
}

/// 工作情况: the flows.
pub(super) fn work() -> DataSet {
    let indicators = [
        "persons_joined",
        "persons_left",
        "assigned_reached",
        "visits",
        "surveys",
        "publicities",
        "activities",
        "activity_participants",
        "trainings",
        "training_participants",
        "meetings",
        "meeting_attendance",
        "meeting_suggestions",
        "assistance_opened",
        "assistance_closed",
        "assistance_amount",
        "contributions",
        "contributed",
        "appointments",
        "honours",
        "suggestions_raised",
        "suggestions_closed",
        "nominations_submitted",
        "nominations_approved",
        "nominations_rejected",
        "nominations_withdrawn",
    ];
    data_set("work", Label::new("工作情况", "work"), &indicators)
}
