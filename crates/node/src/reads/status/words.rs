//! What is wrong with an office and what to do, for people. Commands, codes of
//! offices and names of files are the same in both languages.

use terrace_catalog::Label;
use terrace_model::{Code, Finding, FindingKind, Health, Level, Office, Tree};

/// Disk space below which an office is badly short of it.
const DISK_SHORT_BYTES: u64 = 256 << 20;

/// Days of a certificate from which on an operator should look: it is renewed
/// long before.
const CERTIFICATE_SHORT_DAYS: i32 = 7;

/// Clock difference from which certificates and dates are in doubt.
const SKEW_MILLIS: u64 = 5 * 60 * 1_000;

const MINUTE_MILLIS: u64 = 60 * 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) why: Label,
    pub(super) todo: Option<Label>,
}

fn reason(why: Label, todo: Label) -> Reason {
    Reason {
        why,
        todo: Some(todo),
    }
}

/// Nothing needs to be done yet.
fn passing(why: Label) -> Reason {
    Reason { why, todo: None }
}

/// One text in both languages.
fn both(zh: impl AsRef<str>, en: impl AsRef<str>) -> Label {
    Label::new(zh.as_ref(), en.as_ref())
}

/// Code of the office above, or what it is called where it is not known.
fn parent_code(office: &Office, tree: &Tree) -> Label {
    let parent = office.parent.and_then(|parent| tree.get(parent));
    parent.map_or_else(
        || both("上级", "its parent"),
        |parent| both(parent.code.as_str(), parent.code.as_str()),
    )
}

fn its_link_down(office: &Office, tree: &Tree) -> Label {
    let above = parent_code(office, tree);
    both(
        format!("与 {} 的连接中断", above.zh),
        format!("its link to {} is down", above.en),
    )
}

pub(super) fn silent(office: &Office, tree: &Tree, was_linked: bool) -> Reason {
    let code = &office.code;
    if was_linked {
        return reason(
            its_link_down(office, tree),
            both(
                format!(
                    "查看 {code} 的机器是否开机、联网，并运行着 `terrace serve`；连不上的原因见其日志"
                ),
                format!(
                    "see that the machine of {code} is on and connected and that `terrace serve` \
                     runs there; its log says why it does not connect"
                ),
            ),
        );
    }
    let above = parent_code(office, tree);
    reason(
        both(
            format!("已加入，还没有连接 {}", above.zh),
            format!("it has joined and has not connected to {} yet", above.en),
        ),
        both(
            format!("在 {code} 启动 `terrace serve`"),
            format!("start `terrace serve` at {code}"),
        ),
    )
}

pub(super) fn lost(office: &Office, tree: &Tree) -> Reason {
    passing(its_link_down(office, tree))
}

pub(super) fn cut_off(parent: &Code) -> Reason {
    reason(
        both(
            format!("与 {parent} 的连接中断"),
            format!("the link to {parent} is down"),
        ),
        both(
            "工作照常，内容稍后发出；失败的原因见 `terrace serve` 的日志",
            "work goes on and is sent later; the log of `terrace serve` says what fails",
        ),
    )
}

pub(super) fn stopped_above(stopped: &Code) -> Reason {
    reason(
        both(
            format!("其上的 {stopped} 已停止"),
            format!("{stopped} above it has stopped"),
        ),
        both(
            format!("先查看 {stopped}"),
            format!("look at {stopped} first"),
        ),
    )
}

pub(super) fn lost_above(lost: &Code) -> Reason {
    passing(both(
        format!("其上的 {lost} 连接中断"),
        format!("the link of {lost} above it is down"),
    ))
}

pub(super) fn behind(entries: u64) -> Reason {
    let en = if entries == 1 {
        "1 entry is not acknowledged".to_owned()
    } else {
        format!("{entries} entries are not acknowledged")
    };
    reason(
        both(format!("有 {entries} 条未确认"), en),
        both(
            "会自行补上；若没有，请看当地 `terrace serve` 的日志",
            "it catches up by itself; if it does not, look at the log of `terrace serve` there",
        ),
    )
}

pub(super) fn never_joined(office: &Office, tree: &Tree, is_ours: bool, is_open: bool) -> Reason {
    let code = &office.code;
    if !is_ours {
        let above = parent_code(office, tree);
        return reason(
            both("尚未加入", "it has not joined yet"),
            both(
                format!("由 {} 交给它邀请", above.zh),
                format!("{} hands it an invitation", above.en),
            ),
        );
    }
    if is_open {
        return reason(
            both("已邀请，尚未加入", "it is invited and has not joined yet"),
            both(
                format!("在 {code} 用邀请运行 `terrace join`"),
                format!("run `terrace join` at {code} with the invitation"),
            ),
        );
    }
    let invite = invite(code, office.level);
    reason(
        both(
            "尚未加入，邀请已失效",
            "it has not joined, and its invitation has ended",
        ),
        both(
            format!("重新邀请：{invite}"),
            format!("make a new one: {invite}"),
        ),
    )
}

fn invite(code: &Code, level: Level) -> String {
    format!("`terrace invite {code} --name NAME --level {level}`")
}

pub(super) fn diverged(finding: &Finding) -> Reason {
    if finding.kind == FindingKind::OlderCopy {
        return reason(
            both(
                "运行的是旧副本，另一副本说过的更多",
                "it runs from an older copy of its own journals: another copy has said more",
            ),
            both(
                "停止它，找到较新的文件夹副本再运行",
                "stop it, find the newer copy of its folder and run that one",
            ),
        );
    }
    reason(
        both(
            "同一位置有两页不同的内容：它同时运行了两份，或被复制过",
            "two different pages stand at one place of its journals: it runs twice, or was copied",
        ),
        both(
            "查看是否有两台机器以此单位运行，停止其中一台",
            "see whether two machines run as this office, and stop one of them",
        ),
    )
}

/// What an office says of itself that an operator should look at.
pub(super) fn of_health(health: Option<&Health>) -> Vec<Reason> {
    let Some(health) = health else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    if health.disk_free_bytes < DISK_SHORT_BYTES {
        let free = health.disk_free_bytes >> 20;
        reasons.push(reason(
            both(
                format!("磁盘只剩 {free} MiB"),
                format!("its disk has {free} MiB free"),
            ),
            both(
                "在其文件夹所在的磁盘上腾出空间",
                "make room on the disk that holds its folder",
            ),
        ));
    }
    if health.certificate_days < CERTIFICATE_SHORT_DAYS {
        reasons.push(certificate_ends(health.certificate_days));
    }
    let skew = health.clock_skew_ms.unsigned_abs();
    if skew >= SKEW_MILLIS {
        let minutes = skew / MINUTE_MILLIS;
        reasons.push(reason(
            both(
                format!("时钟与上级相差 {minutes} 分钟"),
                format!("its clock is {minutes} minutes from that of the office above"),
            ),
            both("校准其机器的时钟", "set the clock of its machine"),
        ));
    }
    reasons
}

fn certificate_ends(days: i32) -> Reason {
    let ends = if days < 0 {
        both("证书已到期", "its certificate has ended")
    } else {
        both(
            format!("证书还有 {days} 天到期"),
            format!("its certificate ends in {days} days"),
        )
    };
    reason(
        ends,
        both(
            "证书会自行更新：没有更新的原因见当地 `terrace serve` 的日志",
            "it renews its certificate itself: the log of `terrace serve` there says why not",
        ),
    )
}

/// What was found wrong with what the office sent here.
pub(super) fn of_findings(findings: Option<&Vec<Finding>>) -> Vec<Reason> {
    let count = |kinds: &[FindingKind]| -> u64 {
        let found = findings.into_iter().flatten();
        let of_kinds = found.filter(|finding| kinds.contains(&finding.kind));
        of_kinds.map(|finding| finding.count).sum()
    };
    let mut reasons = Vec::new();
    if count(&[FindingKind::SecondKey]) > 0 {
        reasons.push(reason(
            both(
                "它，或有人以它的名义，出示了第二把密钥",
                "it, or somebody in its name, showed a second key",
            ),
            both(
                "以第一把密钥为准；查明是谁在以此单位运行",
                "the first key holds; find out who runs as this office",
            ),
        ));
    }
    let without_effect = count(&[FindingKind::NoEffect, FindingKind::NoAuthority]);
    if without_effect > 0 {
        let entries = if without_effect == 1 {
            "entry"
        } else {
            "entries"
        };
        reasons.push(reason(
            both(
                format!("它有 {without_effect} 条内容在此未生效"),
                format!("{without_effect} {entries} of it had no effect here"),
            ),
            both(
                "核对两边显示的内容，缺少的重新录入",
                "compare what both offices show, and enter again what is missing",
            ),
        ));
    }
    if count(&[FindingKind::UnknownKind]) > 0 {
        reasons.push(reason(
            both(
                "它说的有些内容本版本不认识",
                "it says things that this version does not know",
            ),
            both("更新此处的 terrace", "update terrace here"),
        ));
    }
    reasons
}
