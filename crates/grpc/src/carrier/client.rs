use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use terrace_model::OfficeId;
use terrace_node::{Port, Stopped};
use terrace_pki::{LinkAddress, OfficeName};
use terrace_sync::backoff::Backoff;
use terrace_wire::proto::link_client::LinkClient;
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout};
use tonic::Status;

use super::{Links, pump};
use crate::Trust;
use crate::causes::with_causes;
use crate::connect::{ConnectError, Dialled, connect};
use crate::limits::{CONNECT, MESSAGE_BYTES};

/// A session that lasted this long shows that the link is sound.
const SOUND: Duration = Duration::from_secs(10);

/// What a session is given to end by itself when the office stops.
const DRAIN: Duration = Duration::from_secs(5);

/// Whom an office dials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Its name.
    pub name: OfficeName,
    /// Where it listens.
    pub address: LinkAddress,
}

/// Why there was no session, or it did not begin.
#[derive(Debug, Error)]
enum NoSession {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the parent refuses the link: {}: {}", .0.code(), .0.message())]
    Refused(Status),
    #[error("the parent did not open the link in time")]
    Slow,
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Keeps the link to the parent open until `stop` completes or the office ends:
/// dials, moves frames, and dials again, first after tens of milliseconds and
/// later after up to a minute. `random` gives any number, each as likely as
/// another, so that children do not all come back at one moment.
pub async fn dial<L: Links>(
    parent: Parent,
    trust: Trust,
    links: L,
    mut random: impl FnMut() -> u64 + Send,
    stop: impl Future<Output = ()> + Send,
) {
    let mut stop = pin!(stop);
    let mut backoff = Backoff::default();
    let peer = parent.name.office;
    let mut told = None;
    loop {
        let connected = tokio::select! {
            connected = connected(&parent, &trust, &links) => connected,
            () = &mut stop => return,
        };
        let begin = Instant::now();
        let ended = match connected {
            Ok((dialled, port)) => {
                let mut session = pin!(session(peer, dialled, port));
                tokio::select! {
                    ended = &mut session => ended,
                    () = &mut stop => {
                        // The office ends the session, and its last frame
                        // still goes out.
                        let _late = timeout(DRAIN, session).await;
                        return;
                    }
                }
            }
            Err(NoSession::Stopped(_)) => return,
            Err(why) => Err(why),
        };
        match ended {
            Ok(end) => {
                told = None;
                tracing::info!(%peer, %end, "the link to the parent is closed");
            }
            Err(why) => {
                // Said once for a row of the same reason, which may last.
                let why = with_causes(&why);
                if told.as_ref() != Some(&why) {
                    tracing::warn!(%peer, %why, "no link to the parent");
                }
                told = Some(why);
            }
        }
        let wait = wait_after(begin.elapsed(), &mut backoff, random());
        tokio::select! {
            () = sleep(wait) => {}
            () = &mut stop => return,
        }
    }
}

/// How long to wait after a session, or after an attempt at one.
fn wait_after(lasted: Duration, backoff: &mut Backoff, random: u64) -> Duration {
    if lasted >= SOUND {
        backoff.reset();
    }
    Duration::from_millis(backoff.next_millis(random).into())
}

/// A connection to the parent, and the office's port for it.
async fn connected<L: Links>(
    parent: &Parent,
    trust: &Trust,
    links: &L,
) -> Result<(Dialled, Port), NoSession> {
    let config = trust.as_child().map_err(ConnectError::Tls)?;
    let dialled = connect(&parent.address, parent.name, config).await?;
    let port = links.open_link(parent.name.office).await?;
    Ok((dialled, port))
}

/// One session, to its end.
async fn session(peer: OfficeId, dialled: Dialled, port: Port) -> Result<pump::End, NoSession> {
    let (outgoing, incoming) = pump::directions(port.inbox, port.outbox);
    let mut client = LinkClient::new(dialled.channel.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let frames = match timeout(CONNECT, client.session(outgoing)).await {
        Ok(Ok(answer)) => answer.into_inner(),
        Ok(Err(status)) => {
            return Err(match dialled.turned_away() {
                Some(turned_away) => turned_away.into(),
                None => NoSession::Refused(status),
            });
        }
        Err(_elapsed) => return Err(NoSession::Slow),
    };
    tracing::info!(%peer, "the link to the parent is open");
    Ok(incoming.run(frames).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_a_sound_session_is_back_within_milliseconds_and_who_had_none_waits_longer() {
        let mut backoff = Backoff::default();
        let mut waits = |seconds: &[u64]| -> Vec<u128> {
            let lasted = seconds.iter().copied().map(Duration::from_secs);
            lasted
                .map(|lasted| wait_after(lasted, &mut backoff, u64::MAX).as_millis())
                .collect()
        };
        assert_eq!(waits(&[0, 9, 9, 0]), [50, 100, 200, 400]);
        assert_eq!(waits(&[10, 0]), [50, 100]);
        let shortest = wait_after(SOUND, &mut Backoff::default(), 0);
        assert_eq!(shortest, Duration::from_millis(10));
    }
}
