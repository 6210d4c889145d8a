//! A connection over the Unix socket, whose other end is an account of this
//! machine.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::OwnedSemaphorePermit;
use tonic::transport::server::Connected;

use crate::account::account;

/// The account that calls; each call on the connection carries this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account(pub(crate) Arc<str>);

/// An accepted connection.
pub(crate) struct AccountStream {
    stream: UnixStream,
    account: Account,
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
        Pin::new(&mut self.stream).poll_read(cx, buffer)
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
