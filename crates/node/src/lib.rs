//! One office, running.
