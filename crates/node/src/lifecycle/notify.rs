use sd_notify::NotifyState;

/// Tells the service manager that this process answers, in a line for those who
/// ask `systemctl status`. Nothing is told where there is none.
pub fn tell_ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Tells the service manager that this process is about to end by itself.
pub fn tell_stopping() {
    tell(&[NotifyState::Stopping]);
}

/// A manager that cannot be told is no reason not to serve: it will say so
/// itself, and end what never became ready.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
