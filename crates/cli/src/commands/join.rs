use std::io::Read;
use std::sync::Arc;

use anyhow::Context;
use terrace_catalog::Lang;
use terrace_grpc::{ConnectError, EnrolError, enrol, with_causes};
use terrace_model::Time;
use terrace_node::bringup::{self, Invitation, Join, Joining, LinkAddress};
use terrace_node::lifecycle::SystemClock;
use terrace_wire::{EnrolReply, Refusal, RefusalCode};

use super::new_office::{self, Surroundings, not_brought_up};
use crate::failure::Failure;
use crate::shell::Shell;
use crate::words;

/// No invitation is longer, in bytes; nor is what stands around it in a file.
const WORD_BYTES: u64 = 4096;

/// Clocks that differ by more than this are worth a word, in milliseconds.
const SKEW_MILLIS: i64 = 60_000;

/// Enrol this office with its parent, by the parent's invitation
///
/// Makes the folder, the keys and the settings of this office, and asks its
/// parent once. It starts nothing: that is `terrace serve`. If the parent cannot
/// be reached the invitation stays good: join again, and it goes on with the
/// keys it has made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace join --data ./360827 terrace1.AQEDAAAA
  terrace join --data ./360827 - --link 10.0.1.1:7443 < 360827.txt
  terrace join --data ./360827 terrace1.AQEDAAAA --parent 10.0.0.1:7443")]
pub(crate) struct Args {
    /// The invitation, one word that begins with terrace1.; - reads standard input
    invitation: String,
    /// Where the parent is dialled, where that is not what the invitation says
    #[arg(long, value_name = "HOST:PORT")]
    parent: Option<LinkAddress>,
    #[command(flatten)]
    surroundings: Surroundings,
}

pub(crate) fn run(args: Args, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let Args {
        invitation,
        parent,
        surroundings,
    } = args;
    let (listening, profile) = surroundings.read(shell.lang)?;
    let invitation = read(invitation, shell)?;
    let clock = Arc::new(SystemClock::start());
    let join = Join {
        invitation,
        parent,
        listening,
        profile,
    };
    let (folder, randomness) = new_office::begin(shell)?;
    let joining = bringup::begin(folder, join, &*clock, &mut |bytes| randomness(bytes));
    let joining = joining.map_err(not_brought_up)?;
    if joining.is_resumed() {
        shell.tell(words::GOES_ON.get(shell.lang));
    }
    let reply = ask(&joining, &clock, shell)?;
    warn_of_skew(clock.moment().wall, reply.now, shell);
    let made = joining.finish(&reply).map_err(anyhow::Error::new)?;
    new_office::tell(&made, shell)
}

/// The invitation, out of the word or from standard input. What was pasted is
/// never shown again: whoever has it can use it.
fn read(word: String, shell: &mut Shell<'_>) -> Result<Invitation, Failure> {
    let mut text = word;
    if text == "-" {
        let mut given = shell.take_stdin().take(WORD_BYTES);
        let mut bytes = Vec::new();
        let read = given.read_to_end(&mut bytes);
        read.context("standard input cannot be read")?;
        text = String::from_utf8(bytes).map_err(|_| {
            let why = Failure::usage(words::INVITATION_NOT_UTF8.get(shell.lang));
            why.hint(words::SAVE_AS_UTF8.get(shell.lang))
        })?;
    }
    // Some editors begin a file with a mark that does not show.
    let invitation = text
        .trim_start_matches('\u{feff}')
        .trim()
        .parse::<Invitation>();
    invitation.map_err(|error| Failure::usage(error.to_string()))
}

/// Asks the parent.
fn ask(
    joining: &Joining,
    clock: &Arc<SystemClock>,
    shell: &mut Shell<'_>,
) -> Result<EnrolReply, Failure> {
    let (invitation, parent) = (joining.invitation(), joining.parent());
    let (code, name) = (&invitation.code, &invitation.name);
    shell.tell(&match shell.lang {
        Lang::Zh => format!("以 {code} {name} 的身份连接上级 {parent}"),
        Lang::En => format!("joining as {code} {name}, dialling {parent}"),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be made")?;
    let identity = joining.identity().clone();
    let asked = enrol(
        invitation,
        identity,
        Arc::<SystemClock>::clone(clock),
        Some(parent),
        shell.lang,
    );
    let answer = runtime.block_on(asked);
    let is_late = invitation.is_expired(clock.moment().wall);
    answer.map_err(|error| not_enrolled(error, invitation, is_late, shell.lang))
}

/// Why the parent did not take this office in. `is_late`: by this machine's
/// clock the invitation is not good any more.
fn not_enrolled(error: EnrolError, invitation: &Invitation, is_late: bool, lang: Lang) -> Failure {
    if error.is_unreachable() {
        let why = Refusal::new(RefusalCode::Unreachable, with_causes(&error));
        let todo = if is_late {
            words::UNREACHABLE_AND_LATE
        } else {
            words::STAYS_GOOD
        };
        return Failure::Refused(why).hint(todo.get(lang));
    }
    match error {
        EnrolError::Refused(refusal) => Failure::Refused(refusal),
        EnrolError::Connect(error) if error.is_of_clocks() => {
            Failure::content(words::OTHER_DAY.get(lang)).hint(words::SET_CLOCK.get(lang))
        }
        EnrolError::Connect(ConnectError::TurnedAway(_)) => turned_away(invitation, lang),
        EnrolError::Connect(ConnectError::Refused(_)) | EnrolError::OtherOffice => {
            Failure::content(with_causes(&error)).hint(words::OTHER_PARENT.get(lang))
        }
        EnrolError::Connect(
            ConnectError::Unreachable { .. }
            | ConnectError::Slow { .. }
            | ConnectError::NoOffice { .. }
            | ConnectError::Broken(_)
            | ConnectError::Tls(_)
            | ConnectError::Name(_),
        )
        | EnrolError::Unanswered(_)
        | EnrolError::Answer(_)
        | EnrolError::Own(_) => Failure::Fault(error.into()),
    }
}

/// The parent knows the office by another key, or as closed. It tells a caller
/// that it does not know no more than that it is turned away; what that means is
/// plain to whoever holds an invitation.
fn turned_away(invitation: &Invitation, lang: Lang) -> Failure {
    let Invitation {
        code, name, level, ..
    } = invitation;
    let invite = format!("terrace invite {code} --name {name} --level {level}");
    let (text, todo) = match lang {
        Lang::Zh => (
            format!("上级不让 {code} {name} 加入：此邀请已在别的文件夹或机器上用过，或单位已关闭"),
            format!(
                "若已在别处加入，在那里运行 `terrace serve`；否则请上级重新邀请：`{invite}`，\
                 再在同一文件夹用新邀请 `terrace join`"
            ),
        ),
        Lang::En => (
            format!(
                "the office above does not let {code} {name} in: this invitation was used \
                 already, from another folder or machine, or the office is closed"
            ),
            format!(
                "if it has joined elsewhere, run `terrace serve` there; else ask the office \
                 above for a new invitation: `{invite}`; then `terrace join` with it in the \
                 same folder"
            ),
        ),
    };
    Failure::content(text).hint(todo)
}

/// Certificates are judged by the clock, and one that is far off locks the
/// office out.
fn warn_of_skew(here: Time, parents: Time, shell: &mut Shell<'_>) {
    let skew = here.0.saturating_sub(parents.0);
    if skew.abs() <= SKEW_MILLIS {
        return;
    }
    let (seconds, warning) = (skew.abs() / 1000, words::WARNING.get(shell.lang));
    let told = match (shell.lang, skew > 0) {
        (Lang::Zh, true) => format!("本机时钟比上级快 {seconds} 秒"),
        (Lang::Zh, false) => format!("本机时钟比上级慢 {seconds} 秒"),
        (Lang::En, true) => format!("this machine's clock is {seconds} s ahead of the parent's"),
        (Lang::En, false) => format!("this machine's clock is {seconds} s behind the parent's"),
    };
    shell.tell(&format!("{warning}: {told}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up one, as its parent gave it.
    const INVITATION: &str = crate::tests::new_office::INVITATION;

    fn told(error: EnrolError, is_late: bool, lang: Lang) -> (u8, String) {
        let failure = not_enrolled(error, &INVITATION.parse().unwrap(), is_late, lang);
        let mut told = Vec::new();
        failure.tell(&mut told, lang);
        (failure.exit().code(), String::from_utf8(told).unwrap())
    }

    fn exit(error: EnrolError) -> u8 {
        told(error, false, Lang::En).0
    }

    #[test]
    fn who_says_no_decides_the_exit() {
        let address: LinkAddress = "a.example:1".parse().unwrap();
        let unreachable = ConnectError::Unreachable {
            address,
            source: std::io::ErrorKind::ConnectionRefused.into(),
        };
        assert_eq!(exit(unreachable.into()), 4);
        assert_eq!(exit(EnrolError::Unanswered(None)), 4);
        assert_eq!(exit(EnrolError::OtherOffice), 3);
        for code in RefusalCode::ALL {
            let refusal = Refusal::new(code, "no");
            assert_eq!(exit(EnrolError::Refused(refusal)), code.exit_code());
        }
        let answer = terrace_wire::WireError::Invalid { what: "parent" };
        assert_eq!(exit(answer.into()), 1);
    }

    #[test]
    fn an_invitation_stays_good_unless_its_hour_has_passed() {
        for (is_late, said) in [
            (false, words::STAYS_GOOD),
            (true, words::UNREACHABLE_AND_LATE),
        ] {
            let (_, told) = told(EnrolError::Unanswered(None), is_late, Lang::Zh);
            assert!(told.contains(said.get(Lang::Zh)), "{told}");
        }
    }
}
