use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How far a stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nobody has asked for one.
    Running,
    /// What is under way is ended in good order, and nothing is begun.
    Soft,
    /// The process ends, whatever is under way. Nothing acknowledged is lost.
    Hard,
}

/// Asks for the stop of a process, and tells everybody in it. All clones are one.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<Stage>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Running))
    }
}

impl Stop {
    /// How far it has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        *self.0.borrow()
    }

    /// Asks for a soft stop; asked again, for a hard one.
    pub fn ask(&self) {
        self.0.send_modify(|stage| {
            *stage = match stage {
                Stage::Running => Stage::Soft,
                Stage::Soft | Stage::Hard => Stage::Hard,
            };
        });
    }

    /// Completes when this stage, or a later one, is reached.
    pub fn reached(&self, stage: Stage) -> impl Future<Output = ()> + Send + use<> {
        let mut stages = self.0.subscribe();
        // It keeps a sender, so that it cannot end for want of one.
        let stop = self.clone();
        async move {
            let _reached = stages.wait_for(|reached| *reached >= stage).await;
            drop(stop);
        }
    }

    /// Does this, unless a hard stop comes first.
    pub async fn unless_hard<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.reached(Stage::Hard) => None,
            done = work => Some(done),
        }
    }

    /// From now on SIGTERM and SIGINT ask for the stop. Call this within a tokio
    /// runtime.
    ///
    /// # Errors
    /// The system takes no handler.
    pub fn on_signals(&self) -> io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = self.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    Some(()) = terminate.recv() => "SIGTERM",
                    Some(()) = interrupt.recv() => "SIGINT",
                    else => return,
                };
                stop.ask();
                match stop.stage() {
                    Stage::Hard => tracing::warn!(signal = name, "stopping at once"),
                    Stage::Running | Stage::Soft => {
                        tracing::info!(signal = name, "stopping; a second signal stops at once")
                    }
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::future::{pending, ready};

    #[tokio::test]
    async fn a_stop_is_soft_first_and_hard_when_asked_again() {
        let stop = Stop::default();
        let (soft, hard) = (stop.reached(Stage::Soft), stop.reached(Stage::Hard));
        let mut hard = Box::pin(hard);
        assert_eq!(stop.stage(), Stage::Running);
        stop.clone().ask();
        soft.await;
        assert_eq!(stop.stage(), Stage::Soft);
        assert!(tokio::select! { biased; () = &mut hard => false, () = ready(()) => true });
        stop.ask();
        hard.await;
        stop.ask();
        assert_eq!(stop.stage(), Stage::Hard);
        stop.reached(Stage::Soft).await;
    }

    #[tokio::test]
    async fn what_is_under_way_ends_unless_the_stop_is_hard() {
        let stop = Stop::default();
        assert_eq!(stop.unless_hard(ready(7)).await, Some(7));
        stop.ask();
        assert_eq!(stop.unless_hard(ready(7)).await, Some(7));
        let endless = stop.unless_hard(pending::<()>());
        let asked = async { stop.ask() };
        assert_eq!(tokio::join!(endless, asked).0, None);
        assert_eq!(stop.unless_hard(ready(7)).await, None);
    }

    #[tokio::test]
    async fn whoever_waits_keeps_waiting_when_all_others_are_gone() {
        let stop = Stop::default();
        let mut soft = Box::pin(stop.reached(Stage::Soft));
        drop(stop);
        assert!(tokio::select! { biased; () = &mut soft => false, () = ready(()) => true });
    }
}
