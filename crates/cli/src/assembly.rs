//! One office put together: the running office, what listens for its children
//! and for programs, and what dials its parent.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use terrace_grpc::{
    Carrier, Enrolment, Listener, ListenerLimits, Parent, ProgramSocket, Trust, dial, program,
};
use terrace_node::bringup::{Home, LinkAddress};
use terrace_node::lifecycle::{Stage, Stop, SystemClock};
use terrace_node::office::{End, Ended};
use terrace_node::{Door, Office, Randomness, Running, StoreReader};
use tokio::task::JoinSet;
use tonic::service::Routes;

/// How long the doors of an office that could not go on stay to say so.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How an office ended that was not asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broke {
    /// Its machine failed: what is durable is there at the next start.
    #[error(transparent)]
    Office(#[from] Ended),
    /// What listens or dials for it ended.
    #[error("the office does not serve any more: {0:#}")]
    Served(anyhow::Error),
}

/// Why the port for offices below could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("port {address} cannot be opened")]
pub(crate) struct NoPort {
    address: LinkAddress,
    source: io::Error,
}

impl NoPort {
    /// What to do about it, by the office's file of settings.
    pub(crate) fn todo(&self, settings: &Path) -> String {
        let (port, settings) = (self.address.port(), settings.display());
        let under = format!("under [link] in {settings}");
        let kind = self.source.kind();
        if kind == io::ErrorKind::AddrInUse {
            format!(
                "another program has the port: `ss -ltnp 'sport = :{port}'` names it; stop it, \
                 or write another port as `listen` {under}, and tell the offices below"
            )
        } else if kind == io::ErrorKind::PermissionDenied {
            format!(
                "the system does not give this account a port below 1024: write a higher one as \
                 `listen` {under}, and tell the offices below"
            )
        } else {
            format!("write an address of this machine as `listen` {under}")
        }
    }
}

/// An office that answers.
pub(crate) struct Assembled {
    pub(crate) door: Door<StoreReader>,
    office: Office,
    end: End,
    tasks: JoinSet<anyhow::Result<()>>,
}

/// Starts an office with all its ways in and out. When this returns, whoever
/// comes is answered.
pub(crate) async fn assemble(
    home: Home,
    clock: &Arc<SystemClock>,
    randomness: &Randomness,
    stop: &Stop,
) -> anyhow::Result<Assembled> {
    let listener = match &home.config.link.listen {
        Some(address) => Some(listen(address, home.config.limits.connections).await?),
        None => None,
    };
    let socket = ProgramSocket::bind(&home.folder)?;
    let Running {
        office,
        door,
        end,
        identity,
        name,
        parent,
        jobs,
    } = Running::start(home, clock, Arc::clone(randomness))?;
    let clock: Arc<SystemClock> = Arc::clone(clock);
    let trust = Trust {
        tree: name.tree,
        identity,
        anchors: Arc::new(office.clone()),
        clock,
    };
    let mut tasks = JoinSet::new();
    if let Some(listener) = listener {
        let routes = Routes::new(Carrier::service(office.clone()))
            .add_service(Enrolment::service(door.clone()));
        let (trust, stop) = (trust.clone(), stop.reached(Stage::Soft));
        tasks.spawn(async move {
            let served = listener.serve(routes, &trust, stop).await;
            served.context("the listener for offices below ended")
        });
    }
    let (programs, stopped) = (program::service(door.clone()), stop.reached(Stage::Soft));
    tasks.spawn(async move {
        let served = socket.serve(Routes::new(programs), stopped).await;
        served.context("the socket for programs ended")
    });
    if let Some((name, address)) = parent {
        let (links, stop) = (office.clone(), stop.reached(Stage::Soft));
        let randomness = Arc::clone(randomness);
        let random = move || {
            let mut number = [0; 8];
            randomness(&mut number);
            u64::from_le_bytes(number)
        };
        tasks.spawn(async move {
            dial(Parent { name, address }, trust, links, random, stop).await;
            Ok(())
        });
    }
    let stop = stop.reached(Stage::Soft);
    tasks.spawn(async move {
        tokio::select! {
            () = jobs.run() => {}
            () = stop => {}
        }
        Ok(())
    });
    Ok(Assembled {
        door,
        office,
        end,
        tasks,
    })
}

/// Opens the port for offices below.
async fn listen(address: &LinkAddress, connections: u32) -> anyhow::Result<Listener> {
    let limits = ListenerLimits {
        connections: usize::try_from(connections).unwrap_or(usize::MAX),
        ..ListenerLimits::default()
    };
    let found = resolve(address).await?;
    let listener = Listener::bind(found, limits).await;
    listener.map_err(|source| {
        let address = address.clone();
        NoPort { address, source }.into()
    })
}

async fn resolve(address: &LinkAddress) -> anyhow::Result<SocketAddr> {
    let text = address.to_string();
    let found = tokio::task::spawn_blocking(move || text.to_socket_addrs()).await?;
    let found = found.with_context(|| format!("{address} has no address on this machine"))?;
    let mut found = found;
    found
        .next()
        .with_context(|| format!("{address} has no address on this machine"))
}

impl Assembled {
    /// Runs until the stop is asked for, and then until everything has ended in
    /// good order.
    pub(crate) async fn run(self, stop: &Stop) -> Result<(), Broke> {
        let Self {
            door: _,
            office,
            end,
            mut tasks,
        } = self;
        let mut end = std::pin::pin!(end.wait());
        // The stop is looked at first: once it is asked for, tasks that end do so
        // because of it.
        let asked = tokio::select! {
            biased;
            () = stop.reached(Stage::Soft) => Ok(()),
            ended = &mut end => {
                if ended.is_err() {
                    answer_the_last(&mut tasks, stop).await;
                }
                return Ok(ended?);
            }
            broke = broken(&mut tasks) => Err(Broke::Served(broke)),
        };
        office.stop().await;
        let ended = end.await;
        if asked.is_ok() {
            while tasks.join_next().await.is_some() {}
        }
        ended?;
        asked
    }
}

/// Whoever waits for an answer of an office that could not go on hears why.
async fn answer_the_last(tasks: &mut JoinSet<anyhow::Result<()>>, stop: &Stop) {
    if stop.stage() == Stage::Running {
        stop.ask();
    }
    let all = async { while tasks.join_next().await.is_some() {} };
    let _answered_or_late = tokio::time::timeout(LAST_ANSWERS, all).await;
}

/// Waits for a task that ends before its time.
async fn broken(tasks: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Error {
    loop {
        match tasks.join_next().await {
            Some(Ok(Err(error))) => return error,
            Some(Err(error)) => return error.into(),
            Some(Ok(Ok(()))) => {}
            None => return anyhow::anyhow!("nothing listens"),
        }
    }
}

#[cfg(test)]
mod tests;
