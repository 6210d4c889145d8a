use core::net::IpAddr;

use terrace_pki::LinkAddress;

use super::reading::Section;
use super::writing::Writing;

/// `[link]`: how this office is connected with the offices above and below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it listens for its children; none: it takes no children.
    pub listen: Option<LinkAddress>,
    /// What its invitations name where that differs from `listen`, as behind a
    /// gateway.
    pub public: Option<LinkAddress>,
    /// Where it dials its parent; none for the top office.
    pub parent: Option<LinkAddress>,
}

impl Link {
    /// The address that invitations name; none if this office takes no
    /// children.
    #[must_use]
    pub fn invited_to(&self) -> Option<&LinkAddress> {
        self.listen
            .as_ref()
            .map(|listen| self.public.as_ref().unwrap_or(listen))
    }

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let listen = section.text("listen", str::parse::<LinkAddress>);
        let public = section.text("public", str::parse::<LinkAddress>);
        let parent = section.text("parent", str::parse::<LinkAddress>);
        match (&listen, &public) {
            (None, Some(public)) => section.fault(
                public.span().start,
                "public",
                "names this office for its children, and there is no link.listen",
            ),
            (Some(listen), None) if is_everywhere(listen.get_ref().host()) => section.fault(
                listen.span().start,
                "listen",
                "stands for every address of this machine, so that link.public has to say \
                 which one invitations name",
            ),
            (None, None) | (Some(_), _) => {}
        }
        if let Some(public) = public
            .as_ref()
            .filter(|public| is_everywhere(public.get_ref().host()))
        {
            let at = public.span().start;
            section.fault(
                at,
                "public",
                "children cannot dial an address that stands for all",
            );
        }
        Self {
            listen: listen.map(toml::Spanned::into_inner),
            public: public.map(toml::Spanned::into_inner),
            parent: parent.map(toml::Spanned::into_inner),
        }
    }

    pub(super) fn write(&self, out: &mut Writing) {
        out.section(
            "link",
            "How this office is connected. Children dial their parent; nothing dials down.",
        );
        let address = |address: &Option<LinkAddress>| address.as_ref().map(ToString::to_string);
        out.text(
            "Where this office listens for its children, as HOST:PORT. Without it the office\n\
             takes no children.",
            "listen",
            address(&self.listen).as_deref(),
            "0.0.0.0:7443",
        );
        out.text(
            "What invitations name, where children reach this office under another address.",
            "public",
            address(&self.public).as_deref(),
            "terrace.example:7443",
        );
        out.text(
            "Where this office dials its parent. The top office has none.",
            "parent",
            address(&self.parent).as_deref(),
            "parent.example:7443",
        );
    }
}

/// Whether a host stands for every address of the machine.
pub(crate) fn is_everywhere(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>()
        .is_ok_and(|address| address.is_unspecified())
}
