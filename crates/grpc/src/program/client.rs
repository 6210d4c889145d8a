use std::io;
use std::path::{Path, PathBuf};

use terrace_wire::proto::office_client::OfficeClient;
use thiserror::Error;
use tokio::net::UnixStream;
use tokio::time::{Duration, timeout};
use tonic::transport::{Channel, Endpoint};

use crate::connect::over;
use crate::limits::{self, ANSWER_BYTES, MESSAGE_BYTES};
use crate::socket::{self, SocketError};

/// A daemon that does not take a connection in this time is not there.
const CONNECT: Duration = Duration::from_secs(1);

/// No daemon answers for an office's folder.
#[derive(Debug, Error)]
#[error("no daemon answers for the office in {}", folder.display())]
pub struct Unreachable {
    /// The office's folder.
    pub folder: PathBuf,
    /// What was tried in vain.
    pub source: Vain,
}

/// Why a daemon cannot be reached.
#[derive(Debug, Error)]
pub enum Vain {
    /// There is no such folder, or the way to its socket cannot be read.
    #[error(transparent)]
    Folder(#[from] SocketError),
    /// There is no socket, or nobody listens at it.
    #[error("its socket cannot be connected")]
    Socket(#[from] io::Error),
    /// It does not take the connection.
    #[error("it did not answer within {} seconds", CONNECT.as_secs())]
    Slow,
    /// It took the connection and broke it.
    #[error("the connection broke")]
    Broken(#[from] tonic::transport::Error),
}

/// Connects to the running office in a folder. Calls on the connection are made
/// in the name of this process's account.
///
/// # Errors
/// [`Unreachable`], within a second.
pub async fn connect(folder: &Path) -> Result<OfficeClient<Channel>, Unreachable> {
    let channel = match timeout(CONNECT, channel(folder)).await {
        Ok(connected) => connected,
        Err(_elapsed) => Err(Vain::Slow),
    };
    let channel = channel.map_err(|source| Unreachable {
        folder: folder.to_owned(),
        source,
    })?;
    Ok(OfficeClient::new(channel)
        .max_decoding_message_size(ANSWER_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES))
}

async fn channel(folder: &Path) -> Result<Channel, Vain> {
    let stream = UnixStream::connect(socket::find(folder)?).await?;
    // The name is said in each call and used by nobody.
    let endpoint = limits::dialled(Endpoint::from_static("http://terrace.internal"));
    Ok(over(endpoint, stream).await?)
}
