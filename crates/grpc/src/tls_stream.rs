//! A connection whose handshake is done and whose other end is known.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use terrace_model::PublicKey;
use terrace_pki::Peer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tonic::transport::server::Connected;

use crate::live::{Cut, Entered};

/// Who is at the other end of a connection: each call on it carries this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// By the tree as it stood at the handshake.
    pub peer: Peer,
    /// The signing key that its certificate was issued by.
    pub key: PublicKey,
    /// Where it called from.
    pub from: SocketAddr,
}

/// An accepted connection, which this office can end at any time.
pub(crate) struct TlsStream {
    stream: tokio_rustls::server::TlsStream<TcpStream>,
    caller: Caller,
    /// None once it has to end.
    cut: Option<oneshot::Receiver<Cut>>,
    _entered: Entered,
}

impl TlsStream {
    pub(crate) fn new(
        stream: tokio_rustls::server::TlsStream<TcpStream>,
        caller: Caller,
        entered: Entered,
        cut: oneshot::Receiver<Cut>,
    ) -> Self {
        Self {
            stream,
            caller,
            cut: Some(cut),
            _entered: entered,
        }
    }

    /// Fails once the connection has to end. Whoever reads or writes is woken.
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let ended = match &mut self.cut {
            None => true,
            Some(cut) => Pin::new(cut).poll(cx).is_ready(),
        };
        if ended {
            self.cut = None;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

impl Connected for TlsStream {
    type ConnectInfo = Caller;

    fn connect_info(&self) -> Caller {
        self.caller
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_cut(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut(cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_cut(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
