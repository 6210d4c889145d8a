use core::fmt;
use core::str::FromStr;
use std::fs;
use std::io;
use std::net::TcpListener;

use terrace_pki::{AddressError, LinkAddress};

use super::error::{BringUpError, Failed, Refusal};
use crate::config::{Link, is_everywhere};

/// The first port that is chosen for an office.
const FIRST_PORT: u16 = 10_240;

/// The port from which on the system takes ports for connections that it dials,
/// unless it says otherwise.
const DIALLING_FROM: u16 = 32_768;

/// Where the system says so.
const PORT_RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// Ports that are tried before the system chooses.
const TRIES: usize = 64;

/// Where to listen, as the command line says it: `HOST:PORT`, where port 0 asks
/// for a port to be chosen once and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAt {
    host: String,
    port: Option<LinkAddress>,
}

impl FromStr for ListenAt {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(host) = text.strip_suffix(":0") {
            let with_any_port: LinkAddress = format!("{host}:1").parse()?;
            return Ok(Self {
                host: with_any_port.host().to_owned(),
                port: None,
            });
        }
        let address: LinkAddress = text.parse()?;
        Ok(Self {
            host: address.host().to_owned(),
            port: Some(address),
        })
    }
}

impl fmt::Display for ListenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.port {
            Some(address) => write!(f, "{address}"),
            None => write!(f, "{}:0", self.host),
        }
    }
}

/// How a new office is to be reached by its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listening {
    /// Where it listens; none: it takes no children.
    pub listen: Option<ListenAt>,
    /// What its invitations name, where that differs.
    pub public: Option<LinkAddress>,
}

impl Listening {
    /// Whether invitations would have an address to name.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if let Some(public) = self
            .public
            .as_ref()
            .filter(|public| is_everywhere(public.host()))
        {
            return Err(Refusal::Public(public.clone()));
        }
        match (&self.listen, &self.public) {
            (None, Some(_)) => Err(Refusal::PublicAlone),
            (Some(listen), None) if is_everywhere(&listen.host) => {
                Err(Refusal::Everywhere(listen.clone()))
            }
            (None, None) | (Some(_), _) => Ok(()),
        }
    }

    /// Chooses the port where one has to be chosen.
    pub(super) fn settle(
        self,
        parent: Option<LinkAddress>,
        entropy: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(Link, Option<TcpListener>), BringUpError> {
        let Self { listen, public } = self;
        let (listen, held) = match listen {
            None => (None, None),
            Some(ListenAt {
                port: Some(address),
                ..
            }) => (Some(address), None),
            Some(at) => {
                let chosen = choose(&at.host, dialling_from(), entropy);
                let (address, held) = chosen.map_err(|source| Failed::Port { at, source })?;
                (Some(address), Some(held))
            }
        };
        let link = Link {
            listen,
            public,
            parent,
        };
        Ok((link, held))
    }
}

/// Chooses a free port below those that the system dials from: there another
/// program's connection could have it whenever the office is not running.
fn choose(
    host: &str,
    dialling_from: u16,
    entropy: &mut dyn FnMut(&mut [u8]),
) -> io::Result<(LinkAddress, TcpListener)> {
    let room = dialling_from.saturating_sub(FIRST_PORT);
    let mut free = None;
    for _ in 0..TRIES {
        let mut random = [0; 2];
        entropy(&mut random);
        let Some(offset) = u16::from_be_bytes(random).checked_rem(room) else {
            break;
        };
        match TcpListener::bind(format!("{host}:{}", FIRST_PORT + offset)) {
            Ok(listener) => {
                free = Some(listener);
                break;
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    let held = match free {
        Some(listener) => listener,
        None => TcpListener::bind(format!("{host}:0"))?,
    };
    let port = held.local_addr()?.port();
    let address = format!("{host}:{port}").parse();
    let address = address.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    Ok((address, held))
}

fn dialling_from() -> u16 {
    let said = fs::read_to_string(PORT_RANGE).ok();
    let first = said.and_then(|range| range.split_whitespace().next()?.parse().ok());
    first.unwrap_or(DIALLING_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives these bytes, then zeros.
    fn these(bytes: &[u8]) -> impl FnMut(&mut [u8]) + use<'_> {
        let mut left = bytes.iter().copied();
        move |to| to.fill_with(|| left.next().unwrap_or(0))
    }

    #[test]
    fn port_0_asks_for_a_port() {
        for text in ["127.0.0.1:0", "[::1]:0", "office.example:0", "a:7443"] {
            assert_eq!(text.parse::<ListenAt>().unwrap().to_string(), text);
        }
        for wrong in ["", "0", ":0", "a:00", "a b:0", "::1:0", "a:65536"] {
            assert!(wrong.parse::<ListenAt>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_port_is_chosen_below_those_that_are_dialled_from_and_is_free() {
        let (address, held) = choose("127.0.0.1", 32_768, &mut these(&[0x12, 0x34])).unwrap();
        let port = held.local_addr().unwrap().port();
        assert_eq!(address.to_string(), format!("127.0.0.1:{port}"));
        assert!((FIRST_PORT..32_768).contains(&port));
        // It is held as long as the listener is, so that no two offices choose
        // the same.
        let (other, _) = choose("127.0.0.1", 32_768, &mut these(&[0x12, 0x34])).unwrap();
        assert_ne!(other, address);
    }

    #[test]
    fn the_system_chooses_where_there_is_no_room() {
        let room_for_one = FIRST_PORT + 1;
        let first = choose("127.0.0.1", room_for_one, &mut these(&[])).unwrap();
        let second = choose("127.0.0.1", room_for_one, &mut these(&[])).unwrap();
        assert_ne!(first.0, second.0);
        let (_, held) = choose("127.0.0.1", 1024, &mut these(&[])).unwrap();
        assert_ne!(held.local_addr().unwrap().port(), 0);
    }

    #[test]
    fn an_address_that_is_not_this_machines_has_no_port() {
        let foreign = choose("192.0.2.1", 32_768, &mut these(&[])).unwrap_err();
        assert_eq!(foreign.kind(), io::ErrorKind::AddrNotAvailable);
    }
}
