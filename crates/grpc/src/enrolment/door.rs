use terrace_catalog::Lang;
use terrace_node::Door;
use terrace_store::Read;
use terrace_wire::{EnrolReply, EnrolRequest, Refusal};

use super::Enrols;

impl<R: Read> Enrols for Door<R> {
    async fn enrol(&self, request: EnrolRequest, lang: Lang) -> Result<EnrolReply, Refusal> {
        Self::enrol(&self.speaking(lang), request).await
    }
}
