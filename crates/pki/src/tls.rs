use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{cipher_suite, default_provider, kx_group};
use rustls::server::NoServerSessionStorage;
use rustls::version::TLS13;
use rustls::{ClientConfig, ServerConfig};

use crate::clock::TlsClock;
use crate::{ChildVerifier, Clock, CurrentIdentity, ParentVerifier};

/// The one protocol spoken on a link.
pub const ALPN_HTTP2: &[u8] = b"h2";

/// What an office answers its children with: TLS 1.3 alone, a certificate asked
/// of everybody, and no resumption, which would let a closed office back in
/// without a look at its certificate.
///
/// # Errors
/// [`rustls::Error`] if the library has no suite for TLS 1.3; none is expected.
pub fn server_config(
    identity: Arc<CurrentIdentity>,
    children: ChildVerifier,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::builder_with_details(provider(), Arc::new(TlsClock(clock)))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(children))
        .with_cert_resolver(identity);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![ALPN_HTTP2.to_vec()];
    Ok(Arc::new(config))
}

/// What an office dials its parent with: TLS 1.3 alone, its own certificate
/// shown, no resumption, and the name it dials not said in clear.
///
/// # Errors
/// [`rustls::Error`] if the library has no suite for TLS 1.3; none is expected.
pub fn client_config(
    identity: Arc<CurrentIdentity>,
    parent: ParentVerifier,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(TlsClock(clock)))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(parent))
        .with_client_cert_resolver(identity);
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    config.alpn_protocols = vec![ALPN_HTTP2.to_vec()];
    Ok(Arc::new(config))
}

/// AWS-LC, given to each configuration and never made the process's default.
///
/// What is recorded today must stay closed for twenty years: the hybrid key
/// exchange is the only one offered, so that nobody in between can talk both
/// ends down to a weaker one, and ciphers have 256-bit keys.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![kx_group::X25519MLKEM768],
        ..default_provider()
    })
}
