use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::num::NonZeroU16;
use core::str::FromStr;

use thiserror::Error;

/// Longest DNS name, in bytes.
const HOST_BYTES_MAX: usize = 253;

/// Longest label of a DNS name, in bytes.
const LABEL_BYTES_MAX: usize = 63;

/// Text that is no link address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// No port at the end.
    #[error("an address is written HOST:PORT, with a port from 1 to 65535")]
    Port,
    /// No host that can be dialled.
    #[error("the host is a DNS name, an IPv4 address, or an IPv6 address in brackets")]
    Host,
}

/// Where an office is dialled: `HOST:PORT`. The host is a DNS name, an IPv4
/// address, or an IPv6 address in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkAddress {
    host: String,
    port: NonZeroU16,
}

impl LinkAddress {
    /// The host, brackets included.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, 1 to 65535.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port.get()
    }
}

impl FromStr for LinkAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (host, port) = text.rsplit_once(':').ok_or(AddressError::Port)?;
        // No sign, no leading zero: one spelling for each port.
        if !port.bytes().all(|byte| byte.is_ascii_digit()) || port.starts_with('0') {
            return Err(AddressError::Port);
        }
        let port = port.parse().map_err(|_| AddressError::Port)?;
        if !is_host(host) {
            return Err(AddressError::Host);
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    // A last label of digits alone makes it an IPv4 address, or nothing.
    let numeric = host
        .rsplit('.')
        .next()
        .is_some_and(|label| label.parse::<u64>().is_ok());
    if numeric {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= HOST_BYTES_MAX && host.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let right = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(right)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for LinkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_read_strictly() {
        for right in [
            "a:1",
            "office-1.example:65535",
            "10.0.0.1:443",
            "[::1]:7000",
            "a-b.c:80",
            "parent_1:80",
        ] {
            assert_eq!(right.parse::<LinkAddress>().unwrap().to_string(), right);
        }
        for wrong in [
            "",
            "host",
            "host:",
            "host:0",
            "host:65536",
            "host:+1",
            "host:01",
            "host:1 ",
        ] {
            assert_eq!(
                wrong.parse::<LinkAddress>(),
                Err(AddressError::Port),
                "{wrong}"
            );
        }
        for wrong in [
            ":1", "a b:1", "::1:1", "[::1:1", "[x]:1", "-a:1", "a-:1", "a..b:1", "a.:1", "1.2.3:1",
            "市:1", "a/b:1",
        ] {
            assert_eq!(
                wrong.parse::<LinkAddress>(),
                Err(AddressError::Host),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_host_of_253_bytes_passes_and_one_more_does_not() {
        let label = "a".repeat(LABEL_BYTES_MAX);
        let host = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(host.len(), HOST_BYTES_MAX);
        assert!(format!("{host}:1").parse::<LinkAddress>().is_ok());
        assert!(format!("{host}a:1").parse::<LinkAddress>().is_err());
        assert!(format!("{label}:1").parse::<LinkAddress>().is_ok());
        assert!(format!("{label}a:1").parse::<LinkAddress>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z0-9.:\\[\\]-]{0,20}:[0-9]{1,5}") {
            if let Ok(address) = text.parse::<LinkAddress>() {
                prop_assert_eq!(address.to_string(), text);
            }
        }
    }
}
