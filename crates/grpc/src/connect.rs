//! The dialling end of a connection between offices.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::sync::{Arc, OnceLock};

use hyper_util::rt::TokioIo;
use rustls::{AlertDescription, ClientConfig};
use terrace_pki::{LinkAddress, NameError, OfficeName, Refused};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use crate::limits::{self, CONNECT};

/// Why another office could not be spoken with.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Nobody answers there, or the name does not resolve.
    #[error("{address} cannot be reached")]
    Unreachable {
        /// Where.
        address: LinkAddress,
        /// The system's reason.
        source: io::Error,
    },
    /// The connection, or the handshake on it, took too long.
    #[error("{address} did not answer within {} seconds", after.as_secs())]
    Slow {
        /// Where.
        address: LinkAddress,
        /// The limit.
        after: Duration,
    },
    /// Somebody answers, but does not speak TLS as offices do, or closed the
    /// connection before it was secured.
    #[error("what answers at {address} is no office, or something in between cuts the connection")]
    NoOffice {
        /// Where.
        address: LinkAddress,
        /// What went wrong.
        source: io::Error,
    },
    /// Somebody answers who is not the office that was dialled.
    #[error("what answers is not the office that was dialled")]
    Refused(#[from] Refused),
    /// The other office does not let this one in: its key is another than the
    /// tree names, its certificate is out of date by the other's clock, or it
    /// is closed.
    #[error("the office dialled does not let this one in ({0:?})")]
    TurnedAway(AlertDescription),
    /// The connection broke while it was set up.
    #[error("the connection broke")]
    Broken(#[from] tonic::transport::Error),
    /// The configuration was refused.
    #[error("the TLS library refused the configuration")]
    Tls(#[from] rustls::Error),
    /// The office's name is none.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl ConnectError {
    /// Whether the other office may well answer later, without anything being
    /// changed on either side: nobody was there, rather than somebody said no.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Slow { .. }
            | Self::NoOffice { .. }
            | Self::Broken(_) => true,
            Self::Refused(_) | Self::TurnedAway(_) | Self::Tls(_) | Self::Name(_) => false,
        }
    }

    /// Whether the other office lets this one in by no clock but its own: a
    /// certificate that is not valid today is the one reason that it gives.
    #[must_use]
    pub const fn is_of_clocks(&self) -> bool {
        matches!(self, Self::TurnedAway(AlertDescription::CertificateExpired))
    }
}

/// A connection to another office, and what that office said about it in TLS.
#[derive(Debug)]
pub(crate) struct Dialled {
    pub(crate) channel: Channel,
    alert: Arc<OnceLock<AlertDescription>>,
}

impl Dialled {
    /// Whether the other end turned this office away. In TLS 1.3 it does so
    /// after the dialling end has finished its handshake, so that a call fails
    /// and only this tells why.
    pub(crate) fn turned_away(&self) -> Option<ConnectError> {
        self.alert.get().copied().map(ConnectError::TurnedAway)
    }
}

/// Dials an office by its name.
pub(crate) async fn connect(
    address: &LinkAddress,
    office: OfficeName,
    config: Arc<ClientConfig>,
) -> Result<Dialled, ConnectError> {
    let tcp = within(address, tcp(address)).await?;
    let name = office.server_name()?;
    let shaking = TlsConnector::from(config).connect(name, tcp);
    let shaken = async { shaking.await.map_err(|error| tls_error(address, error)) };
    let stream = within(address, shaken).await?;
    let alert = Arc::new(OnceLock::new());
    let stream = Listening {
        stream,
        alert: Arc::clone(&alert),
    };
    let endpoint = limits::dialled(Endpoint::try_from(format!("https://{office}"))?);
    let channel = within(address, async { Ok(over(endpoint, stream).await?) }).await?;
    Ok(Dialled { channel, alert })
}

/// A channel over a connection that is there already. It never dials: when the
/// connection breaks, the channel fails.
pub(crate) async fn over<S>(
    endpoint: Endpoint,
    stream: S,
) -> Result<Channel, tonic::transport::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let once = Arc::new(Mutex::new(Some(stream)));
    let connector = service_fn(move |_| {
        let once = Arc::clone(&once);
        async move {
            let stream = once.lock().await.take();
            let stream = stream.ok_or(io::ErrorKind::NotConnected)?;
            Ok::<_, io::Error>(TokioIo::new(stream))
        }
    });
    endpoint.connect_with_connector(connector).await
}

async fn within<T>(
    address: &LinkAddress,
    doing: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let slow = |_| ConnectError::Slow {
        address: address.clone(),
        after: CONNECT,
    };
    timeout(CONNECT, doing).await.map_err(slow)?
}

async fn tcp(address: &LinkAddress) -> Result<TcpStream, ConnectError> {
    let connected = async {
        let stream = TcpStream::connect(address.to_string()).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    connected.await.map_err(|source| ConnectError::Unreachable {
        address: address.clone(),
        source,
    })
}

fn tls_error(address: &LinkAddress, error: io::Error) -> ConnectError {
    if let Some(alert) = alert_of(&error) {
        return ConnectError::TurnedAway(alert);
    }
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    match inside.and_then(Refused::of) {
        Some(refused) => ConnectError::Refused(refused),
        None => ConnectError::NoOffice {
            address: address.clone(),
            source: error,
        },
    }
}

/// The alert that made reading fail, if it is one by which the other end turns
/// away a certificate.
fn alert_of(error: &io::Error) -> Option<AlertDescription> {
    let error: &rustls::Error = error.get_ref()?.downcast_ref()?;
    if let rustls::Error::AlertReceived(alert) = error {
        Some(*alert)
    } else {
        None
    }
}

/// Hears alerts, which get lost in the HTTP library.
struct Listening<S> {
    stream: S,
    alert: Arc<OnceLock<AlertDescription>>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Listening<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if let Poll::Ready(Err(error)) = &polled
            && let Some(alert) = alert_of(error)
        {
            // Only the first one counts.
            let _again = self.alert.set(alert);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Listening<S> {
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
        slices: &[io::IoSlice<'_>],
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
