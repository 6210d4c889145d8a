use terrace_sync::Limits as LinkLimits;
use toml::Spanned;

use super::reading::Section;
use super::units::{read_size, show_size};
use super::writing::Writing;

/// Bounds of [`Limits::connections`].
const CONNECTIONS: core::ops::RangeInclusive<u32> = 1..=65_536;

/// Bounds of [`Limits::link_bytes`]: a frame at least.
const LINK_BYTES_LEAST: u32 = 256 << 10;
const LINK_BYTES_MOST: u32 = 64 << 20;

/// `[limits]`: what others may make this office hold at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Live connections on the link listener, 1 to 65,536. More are dropped.
    pub connections: u32,
    /// Bytes of pages that one neighbour may have sent and this office has not
    /// acknowledged, 256 KiB to 64 MiB.
    pub link_bytes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            link_bytes: LinkLimits::default().credit_bytes,
        }
    }
}

impl Limits {
    /// The limits of each link.
    #[must_use]
    pub fn link(&self) -> LinkLimits {
        LinkLimits {
            credit_bytes: self.link_bytes,
            ..LinkLimits::default()
        }
    }

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let connections = section.whole("connections", CONNECTIONS);
        let link_bytes = section.text("link_bytes", read_link_bytes);
        Self {
            connections: connections.map_or(default.connections, Spanned::into_inner),
            link_bytes: link_bytes.map_or(default.link_bytes, Spanned::into_inner),
        }
    }

    pub(super) fn write(&self, out: &mut Writing) {
        let default = Self::default();
        out.section("limits", "What others may make this office hold at once.");
        out.setting(
            "Connections of offices below. More are dropped.",
            "connections",
            self.connections,
            self.connections == default.connections,
        );
        out.setting(
            "What one neighbour may have sent before it is acknowledged.",
            "link_bytes",
            format!("\"{}\"", show_size(u64::from(self.link_bytes))),
            self.link_bytes == default.link_bytes,
        );
    }
}

fn read_link_bytes(text: &str) -> Result<u32, String> {
    let bytes = read_size(text).map_err(|error| error.to_string())?;
    let bounds = LINK_BYTES_LEAST..=LINK_BYTES_MOST;
    let bytes = u32::try_from(bytes)
        .ok()
        .filter(|bytes| bounds.contains(bytes));
    bytes.ok_or_else(|| {
        let least = show_size(u64::from(LINK_BYTES_LEAST));
        let most = show_size(u64::from(LINK_BYTES_MOST));
        format!("a size from {least} to {most} belongs here")
    })
}
