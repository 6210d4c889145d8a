//! A connection over the Unix socket, whose other end is an account of this
//! machine.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Duration, Sleep, sleep};
use tonic::transport::server::Connected;

use crate::account::account;

/// Who connects says something within this time, or makes room for others.
const FIRST_WORD: Duration = Duration::from_secs(10);

/// The account that calls; each call on the connection carries this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account(pub(crate) Arc<str>);

/// An accepted connection.
pub(crate) struct AccountStream {
    stream: UnixStream,
    account: Account,
    /// Until the other end has said something.
    silence: Option<Pin<Box<Sleep>>>,
    /// Given back when the connection ends.
    _slot: OwnedSemaphorePermit,
}

impl AccountStream {
    /// Asks the system whose the other end is.
    pub(crate) fn new(stream: UnixStream, slot: OwnedSemaphorePermit) -> io::Result<Self> {
        let uid = stream.peer_cred()?.uid();
        Ok(Self {
            stream,
            account: Account(account(uid).into()),
            silence: Some(Box::pin(sleep(FIRST_WORD))),
            _slot: slot,
        })
    }
}

impl Connected for AccountStream {
    type ConnectInfo = Account;

    fn connect_info(&self) -> Account {
        self.account.clone()
    }
}

impl AsyncRead for AccountStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_ready() {
            self.silence = None;
        } else if let Some(silence) = &mut self.silence
            && silence.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for AccountStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Semaphore;
    use tokio::time::{Instant, timeout};

    #[tokio::test(start_paused = true)]
    async fn who_connects_and_says_nothing_is_let_go_and_who_spoke_once_is_not() {
        let slots = Arc::new(Semaphore::new(1));
        let accepted = |stream| {
            let slot = Arc::clone(&slots).try_acquire_owned().unwrap();
            AccountStream::new(stream, slot).unwrap()
        };
        let (begin, mut said) = (Instant::now(), [0; 1]);
        let (_mute, here) = UnixStream::pair().unwrap();
        let mut mute = accepted(here);
        let error = mute.read(&mut said).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begin.elapsed() >= FIRST_WORD);
        drop(mute);

        let (mut there, here) = UnixStream::pair().unwrap();
        let mut heard = accepted(here);
        there.write_all(b"P").await.unwrap();
        assert_eq!(heard.read(&mut said).await.unwrap(), 1);
        let more = timeout(FIRST_WORD * 10, heard.read(&mut said)).await;
        assert!(more.is_err(), "{more:?}");
    }
}
