//! Every no in words, in the language of the person who asked. Codes, ids and
//! commands are the same in both.

mod figures;

use terrace_catalog::{FieldFault, Lang, Reason};
use terrace_desk::Class;
use terrace_model::{Code, DecimalError};
use terrace_store::StoreError;
use terrace_wire::{Refusal, RefusalCode, RowFault};

use crate::office::Stopped;

pub(super) use figures::unanswered;

/// The text in the language that is asked for.
pub(super) fn either<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The request itself cannot be read.
pub(super) fn usage(text: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Usage, text)
}

/// Nothing here has this name.
pub(super) fn unknown(text: impl Into<String>, todo: impl Into<String>) -> Refusal {
    with_todo(Refusal::new(RefusalCode::Unknown, text), todo)
}

/// The content is refused.
pub(super) fn content(text: impl Into<String>, todo: impl Into<String>) -> Refusal {
    with_todo(Refusal::new(RefusalCode::Content, text), todo)
}

fn with_todo(refusal: Refusal, todo: impl Into<String>) -> Refusal {
    Refusal {
        todo: Some(todo.into()),
        ..refusal
    }
}

pub(super) fn no_office(code: &Code, lang: Lang) -> Refusal {
    let text = match lang {
        Lang::Zh => format!("这里没有代码为 {code} 的单位"),
        Lang::En => format!("no office with code {code} is known here"),
    };
    unknown(text, list_offices(lang))
}

fn list_offices(lang: Lang) -> &'static str {
    either(
        lang,
        "`terrace status` 列出所有单位",
        "`terrace status` lists the offices",
    )
}

pub(super) fn no_type(kind: &str, lang: Lang) -> Refusal {
    desk(&terrace_desk::Refusal::NoSuchType(kind.to_owned()), lang)
}

pub(super) fn no_workflow(kind: &str, lang: Lang) -> Refusal {
    desk(
        &terrace_desk::Refusal::NoSuchWorkflow(kind.to_owned()),
        lang,
    )
}

/// The office is stopping, or has stopped.
pub(super) fn stopped(why: Stopped, lang: Lang) -> Refusal {
    match why {
        Stopped::InOrder => with_todo(
            Refusal::new(
                RefusalCode::Unreachable,
                either(lang, "守护进程已停止", "the office has stopped"),
            ),
            either(
                lang,
                "重新启动：terrace serve --data DIR",
                "start it again: terrace serve --data DIR",
            ),
        ),
        Stopped::Failed => with_todo(
            Refusal::new(
                RefusalCode::Store,
                either(
                    lang,
                    "存储出错，守护进程已停止；不知道这件事是否办成",
                    "the store failed and the office stopped; it is not known whether this was \
                     done",
                ),
            ),
            either(
                lang,
                "查看日志和磁盘，然后重新启动：terrace serve --data DIR",
                "see its log, look at the disk, and start it again: terrace serve --data DIR",
            ),
        ),
    }
}

/// The store could not be read. What it holds stays out of the words.
pub(super) fn failed(error: &StoreError, lang: Lang) -> Refusal {
    tracing::error!(%error, "the store cannot be read");
    with_todo(
        Refusal::new(
            RefusalCode::Store,
            either(
                lang,
                "本单位的存储读不出来",
                "the office's store cannot be read",
            ),
        ),
        either(
            lang,
            "查看日志，并检查单位文件夹所在的磁盘",
            "see its log, and look at the disk that holds its folder",
        ),
    )
}

/// The program failed.
pub(super) fn broken(what: &'static str, lang: Lang) -> Refusal {
    tracing::error!(what, "a door failed");
    with_todo(
        Refusal::new(
            RefusalCode::Fault,
            either(lang, "守护进程没有答上来", "the office failed to answer"),
        ),
        either(
            lang,
            "再试一次；若仍如此，请告诉负责 terrace 的人",
            "ask again; if it happens again, tell who looks after terrace",
        ),
    )
}

/// What a desk says.
pub(super) fn desk(refusal: &terrace_desk::Refusal, lang: Lang) -> Refusal {
    let code = match refusal.class() {
        Class::Content => RefusalCode::Content,
        Class::NoSuch => RefusalCode::Unknown,
    };
    let faults = if let terrace_desk::Refusal::Fields(faults) = refusal {
        let told = |fault| desk_fault(0, fault, lang);
        faults.iter().map(told).collect()
    } else {
        Vec::new()
    };
    Refusal {
        code,
        text: refusal.text(lang),
        todo: todo(refusal, lang),
        faults,
    }
}

/// What to do, where the text does not say it.
fn todo(refusal: &terrace_desk::Refusal, lang: Lang) -> Option<String> {
    use terrace_desk::Refusal as Desk;
    let lists = |command: &str, zh: &str, en: &str| match lang {
        Lang::Zh => format!("`{command}` {zh}"),
        Lang::En => format!("`{command}` {en}"),
    };
    let (listed, them) = ("列出现有的", "lists them");
    let todo = if let Desk::NoSuchType(_) | Desk::NoSuchWorkflow(_) = refusal {
        lists("terrace catalog show", listed, "lists what there is")
    } else if let Desk::NoSuchRecord { kind, .. } = refusal {
        lists(&format!("terrace record list {kind}"), listed, them)
    } else if let Desk::NoSuchSubmission = refusal {
        lists("terrace submission list", listed, them)
    } else if let Desk::NotNow { .. } = refusal {
        let en = "says what this office may do";
        lists("terrace submission show ID", "写明本单位可以怎样办理", en)
    } else if let Desk::NoSuchNotice = refusal {
        lists("terrace notice list", listed, them)
    } else if let Desk::NoSuchOffice | Desk::NotBelow = refusal {
        list_offices(lang).to_owned()
    } else if let Desk::Invitation = refusal {
        either(
            lang,
            "请上级运行 `terrace invite CODE --name NAME --level LEVEL`，再在同一文件夹用新邀请 \
             `terrace join`",
            "ask the office above for a new invitation: `terrace invite CODE --name NAME --level \
             LEVEL`; then `terrace join` with it in the same folder",
        )
        .to_owned()
    } else {
        return None;
    };
    Some(todo)
}

/// A fault in the words of a door.
pub(super) fn desk_fault(line: u64, fault: &terrace_desk::Fault, lang: Lang) -> RowFault {
    RowFault {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(lang),
    }
}

/// A fault of a sheet in the words of a door.
pub(super) fn sheet_fault(fault: &terrace_sheets::RowFault, lang: Lang) -> RowFault {
    RowFault {
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(lang),
    }
}

/// Fields that were typed one by one: a date, number or id that is none is a
/// fault of the request, anything else one of its content.
pub(super) fn fields(faults: &[FieldFault], lang: Lang) -> Refusal {
    let malformed = faults.iter().any(|fault| is_malformed(&fault.reason));
    let told = faults.iter().map(|fault| RowFault {
        line: 0,
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(lang),
    });
    let count = faults.len();
    Refusal {
        code: if malformed {
            RefusalCode::Usage
        } else {
            RefusalCode::Content
        },
        text: match lang {
            Lang::Zh => format!("有 {count} 个字段不能保存"),
            Lang::En => format!("{count} of the fields given cannot be kept"),
        },
        todo: None,
        faults: told.collect(),
    }
}

fn is_malformed(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NoDate
            | Reason::NoYear
            | Reason::NoCount
            | Reason::NoAmount(DecimalError::Form)
            | Reason::NoId
    )
}
