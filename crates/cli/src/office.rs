//! The running daemon, as commands ask it.

use std::path::PathBuf;

use terrace_catalog::Lang;
use terrace_grpc::{in_language, program};
use terrace_wire::proto::office_client::OfficeClient;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::failure::Failure;
use crate::shell::Shell;

/// The office whose daemon runs in the folder.
pub(crate) struct Office {
    /// To make calls with; their messages go through [`Office::ask`].
    pub(crate) client: OfficeClient<Channel>,
    folder: PathBuf,
    lang: Lang,
}

impl Office {
    /// A message on its way, with the language that the answer should have.
    pub(crate) fn ask<T>(&self, message: T) -> Request<T> {
        in_language(message, self.lang)
    }

    /// Why a call was not answered.
    pub(crate) fn failure(&self, status: &Status) -> Failure {
        Failure::call(status, &self.folder, self.lang)
    }
}

/// Calls one method of the office with one message, and gives the answer.
macro_rules! ask {
    ($office:expr, $method:ident, $message:expr) => {{
        let request = $office.ask($message);
        match $office.client.$method(request).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err($office.failure(&status)),
        }
    }};
}
pub(crate) use ask;

/// Connects to the running office and does something with it.
///
/// # Errors
/// No folder is given, no daemon answers within a second, or what is done fails.
pub(crate) fn with_office<'a>(
    shell: &mut Shell<'a>,
    act: impl AsyncFnOnce(&mut Office, &mut Shell<'a>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = shell.folder()?.to_owned();
    let lang = shell.lang;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| anyhow::Error::new(error).context("no runtime can be made"))?;
    let done = runtime.block_on(async {
        let client = program::connect(&folder).await;
        let client = client.map_err(|error| Failure::unreachable(&error, lang))?;
        let mut office = Office {
            client,
            folder,
            lang,
        };
        act(&mut office, shell).await
    });
    // A thread that still waits for standard input is not waited for.
    runtime.shutdown_background();
    done
}

/// Where the next page of a list begins; none: it has ended.
///
/// # Errors
/// A fault: the page leads to itself, and would for ever.
pub(crate) fn onward<T: PartialEq>(
    after: Option<&T>,
    next: Option<T>,
) -> Result<Option<T>, Failure> {
    if next.is_some() && next.as_ref() == after {
        return Err(Failure::answer("a page that leads to itself"));
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_leads_to_itself_is_a_fault() {
        assert_eq!(onward::<u64>(None, None).unwrap(), None);
        assert_eq!(onward(None, Some(1)).unwrap(), Some(1));
        assert_eq!(onward(Some(&1), Some(2)).unwrap(), Some(2));
        assert_eq!(onward(Some(&1), None).unwrap(), None);
        assert!(onward(Some(&1), Some(1)).is_err());
    }
}
