use terrace_desk::Request;
use terrace_model::{Fact, Key, Office, OfficeId, Tree};
use terrace_pki::Token;
use terrace_store::Read;
use terrace_wire::{EnrolReply, EnrolRequest, Refusal};

use super::{Door, broken};

impl<R: Read> Door<R> {
    /// A child office comes with its token and its key. It may come again with
    /// the same ones: an answer can get lost.
    ///
    /// # Errors
    /// Why not, in words for the people of the child.
    pub async fn enrol(&self, asked: EnrolRequest) -> Result<EnrolReply, Refusal> {
        let request = Request::Enrol {
            office: asked.office,
            token: Token::new(asked.token).hash(),
            key: asked.key,
        };
        self.ask(request).await?;
        let now = self.inner.office.moment().wall;
        let child = asked.office;
        let found = self.look(move |reader, here| {
            let office = match reader.get(&Key::Office(child))? {
                Some(Fact::Office(office)) => Some(office),
                Some(_) | None => None,
            };
            Ok((office, line(here.tree, here.me)))
        });
        let (Some(office), Some((parent, ancestors))) = found.await? else {
            return Err(broken(
                "an office that has just enrolled is not there",
                self.lang,
            ));
        };
        Ok(EnrolReply {
            tree: self.inner.setup.tree,
            parent,
            ancestors,
            office,
            now,
        })
    }
}

/// An office and all above it, nearest first.
fn line(tree: &Tree, office: OfficeId) -> Option<(Office, Vec<Office>)> {
    let above = tree.above(office).filter_map(|id| tree.get(id).cloned());
    Some((tree.get(office)?.clone(), above.collect()))
}
