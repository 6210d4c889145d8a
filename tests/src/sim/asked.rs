use terrace_desk::Request;
use terrace_node::machine::Sheet;

/// What a person or program asked of an office.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Request(Request),
    Sheet(Sheet),
}

impl Asked {
    /// What kind of thing it is.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Request(Request::Put { put, .. }) => match (put.correct, put.from) {
                (true, Some(_)) => "correct from".to_owned(),
                (true, None) => "correct".to_owned(),
                (false, Some(_)) => "put from".to_owned(),
                (false, None) => "put".to_owned(),
            },
            Self::Request(Request::Mark { mark, .. }) => format!("mark {mark:?}"),
            Self::Request(_) | Self::Sheet(_) => {
                let words = self.shown();
                words.split(' ').next().unwrap_or_default().to_owned()
            }
        }
    }

    /// In a few words, for the trace.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Sheet(sheet) => format!("import {} rows", sheet.rows.len()),
            Self::Request(request) => shown(request),
        }
    }
}

fn shown(request: &Request) -> String {
    match request {
        Request::Put { key, put, .. } => {
            let how = match (put.correct, put.from) {
                (true, _) => " correct".to_owned(),
                (false, Some(from)) => format!(" from {from}"),
                (false, None) => String::new(),
            };
            format!("put {} {}{how}", key.kind, key.id)
        }
        Request::Delete { key, .. } => format!("delete {} {}", key.kind, key.id),
        Request::Consent { consent, .. } => {
            format!("consent {} {}", consent.person, consent.kind)
        }
        Request::Submit { id, kind, .. } => format!("submit {kind} {id}"),
        Request::Act { id, action, .. } => format!("{action} {id}"),
        Request::Publish { id, to, .. } => format!("publish {id} to {} audiences", to.len()),
        Request::Mark { notice, mark } => format!("mark {} {mark:?}", notice.id),
        Request::Invite { office, .. } => format!("invite {}", office.code),
        Request::Enrol { office, .. } => format!("enrol {office}"),
        Request::OpenEpoch(_) => "open an epoch".to_owned(),
        Request::NewDay => "new day".to_owned(),
        Request::Health(_) => "health".to_owned(),
    }
}
