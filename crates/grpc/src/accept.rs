//! The loop that takes connections from a socket and never ends by an error.

use core::future::Future;
use std::io;

use tokio::time::Duration;

/// How long the loop rests when the system has no room for one more connection.
const REST: Duration = Duration::from_millis(100);

/// A socket that connections come from.
pub(crate) trait Accept: Send {
    /// A connection and where it is from.
    type Accepted: Send;

    /// The next connection. Nothing is lost when this is dropped.
    fn accept(&mut self) -> impl Future<Output = io::Result<Self::Accepted>> + Send;
}

/// The next connection. Errors are told to `count` and waited out: the socket
/// itself does not break, but the system may be short of files or memory, or the
/// other end may be gone before it is taken.
pub(crate) async fn next<A: Accept>(socket: &mut A, count: impl Fn()) -> A::Accepted {
    let mut told = None;
    loop {
        match socket.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                count();
                // Said once for a row of the same error, which may last.
                if told.replace(error.kind()) != Some(error.kind()) {
                    tracing::warn!(%error, "a connection could not be accepted");
                }
                if !is_its_own(error.kind()) {
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }
}

/// Whether the error is that of one connection, so that the next may be sound.
fn is_its_own(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::collections::VecDeque;
    use tokio::time::Instant;

    /// Fails so, then gives numbers.
    struct Failing(VecDeque<io::ErrorKind>);

    impl Accept for Failing {
        type Accepted = u8;

        async fn accept(&mut self) -> io::Result<u8> {
            self.0.pop_front().map_or(Ok(7), |kind| Err(kind.into()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn errors_are_counted_and_waited_out_and_never_end_the_loop() {
        let own = [
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::ConnectionReset,
        ];
        let begin = Instant::now();
        let counted = Cell::new(0);
        let count = || counted.set(counted.get() + 1);
        let mut socket = Failing(own.into());
        assert_eq!(next(&mut socket, count).await, 7);
        assert_eq!((counted.get(), begin.elapsed()), (2, Duration::ZERO));

        let short = [io::ErrorKind::OutOfMemory, io::ErrorKind::Other];
        let mut socket = Failing(short.into());
        assert_eq!(next(&mut socket, count).await, 7);
        assert_eq!((counted.get(), begin.elapsed()), (4, 2 * REST));
    }
}
