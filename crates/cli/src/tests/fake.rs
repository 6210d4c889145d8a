//! An office that says what a test tells it to, at a real socket.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;
use terrace_grpc::ProgramSocket;
use terrace_wire::proto::import_records_request::Kind;
use terrace_wire::proto::office_server::{Office, OfficeServer};
use terrace_wire::{Refusal, RefusalCode, proto};
use tokio::sync::oneshot;
use tokio_stream::iter;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming, async_trait};

/// What it says.
#[derive(Default)]
pub(super) struct Says {
    /// Instead of every answer.
    pub(super) refusal: Option<Refusal>,
    /// One after the other; the last for ever.
    pub(super) status: VecDeque<proto::StatusReply>,
    /// In pages of two.
    pub(super) records: Vec<proto::RecordRow>,
    /// One reply each.
    pub(super) rollup: Vec<proto::RollupReply>,
    pub(super) import: proto::ImportRecordsReply,
    /// In pages of two, and so on.
    pub(super) submissions: Vec<proto::SubmissionRow>,
    pub(super) subject: Vec<proto::Shown>,
    pub(super) steps: Vec<proto::SubmissionStep>,
    pub(super) notices: Vec<proto::NoticeRow>,
    pub(super) receipts: Vec<proto::ReceiptRow>,
    /// Codes that are not invited any more.
    pub(super) joined: Vec<String>,
    /// With every invitation.
    pub(super) warnings: Vec<String>,
}

/// A running office.
pub(super) struct Running {
    folder: TempDir,
    heard: Arc<Heard>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What it was asked.
#[derive(Default)]
struct Heard {
    calls: Mutex<Vec<String>>,
    languages: Mutex<Vec<String>>,
    file: Mutex<Vec<u8>>,
    chunks: Mutex<Vec<usize>>,
}

impl Running {
    /// Starts it and waits until it listens.
    pub(super) fn start(says: Says) -> Self {
        let folder = TempDir::with_prefix_in("t", "/tmp").unwrap();
        let heard = Arc::<Heard>::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, listens) = mpsc::channel();
        let fake = Fake {
            says: Mutex::new(says),
            heard: Arc::clone(&heard),
        };
        let at = folder.path().to_owned();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let socket = ProgramSocket::bind(&at).unwrap();
                ready.send(()).unwrap();
                let routes = Routes::new(OfficeServer::new(fake));
                let stop = async { stopped.await.unwrap_or_default() };
                socket.serve(routes, stop).await.unwrap();
            });
        });
        listens.recv().unwrap();
        Self {
            folder,
            heard,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Refuses everything.
    pub(super) fn refusing(refusal: Refusal) -> Self {
        Self::start(Says {
            refusal: Some(refusal),
            ..Says::default()
        })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The messages, as they print.
    pub(super) fn calls(&self) -> Vec<String> {
        self.heard.calls.lock().unwrap().clone()
    }

    /// The language of each call.
    pub(super) fn languages(&self) -> Vec<String> {
        self.heard.languages.lock().unwrap().clone()
    }

    /// The imported files that came to their end, one after the other.
    pub(super) fn file(&self) -> Vec<u8> {
        self.heard.file.lock().unwrap().clone()
    }

    /// Bytes of each message of a file.
    pub(super) fn chunks(&self) -> Vec<usize> {
        self.heard.chunks.lock().unwrap().clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(matches!(ended, Some(Ok(()))) || thread::panicking());
    }
}

struct Fake {
    says: Mutex<Says>,
    heard: Arc<Heard>,
}

impl Fake {
    fn hear(&self, request: &Request<impl Debug>) -> Result<(), Status> {
        let call = format!("{:?}", request.get_ref());
        self.heard.calls.lock().unwrap().push(call);
        self.language(request);
        self.refuse()
    }

    fn language<T>(&self, request: &Request<T>) {
        let language = request.metadata().get("accept-language").unwrap();
        let language = language.to_str().unwrap().to_owned();
        self.heard.languages.lock().unwrap().push(language);
    }

    fn refuse(&self) -> Result<(), Status> {
        let says = self.says.lock().unwrap();
        says.refusal
            .as_ref()
            .map_or(Ok(()), |refusal| Err(refusal.to_status()))
    }
}

fn no_such(what: &str) -> Status {
    Refusal::new(RefusalCode::Unknown, format!("there is no {what}")).to_status()
}

/// The two rows after one.
fn page<R: Clone, K: PartialEq>(
    all: &[R],
    after: Option<K>,
    key: impl Fn(&R) -> K,
) -> (Vec<R>, Option<K>) {
    let begin = after.map_or(0, |after| {
        all.iter().position(|row| key(row) == after).unwrap() + 1
    });
    let rows: Vec<R> = all[begin..].iter().take(2).cloned().collect();
    let is_last = begin + rows.len() == all.len();
    let next = rows.last().filter(|_| !is_last).map(key);
    (rows, next)
}

type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl Office for Fake {
    async fn status(&self, asked: Request<proto::StatusRequest>) -> Answer<proto::StatusReply> {
        self.hear(&asked)?;
        let mut says = self.says.lock().unwrap();
        let reply = match says.status.len() {
            0 | 1 => says.status.front().cloned(),
            _ => says.status.pop_front(),
        };
        reply
            .map(Response::new)
            .ok_or_else(|| Status::unavailable("stopping"))
    }

    async fn put_record(
        &self,
        asked: Request<proto::PutRecordRequest>,
    ) -> Answer<proto::PutRecordReply> {
        self.hear(&asked)?;
        let given = &asked.get_ref().fields;
        let id = given.iter().find(|given| given.key == "id");
        let id = id.map_or("made", |given| given.value.as_str()).to_owned();
        let warnings = self.says.lock().unwrap().warnings.clone();
        Ok(Response::new(proto::PutRecordReply { id, warnings }))
    }

    async fn get_record(
        &self,
        asked: Request<proto::GetRecordRequest>,
    ) -> Answer<proto::GetRecordReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let id = &asked.get_ref().id;
        let row = says.records.iter().find(|row| row.id == *id).cloned();
        let row = Some(row.ok_or_else(|| no_such("record"))?);
        Ok(Response::new(proto::GetRecordReply { row }))
    }

    async fn list_records(
        &self,
        asked: Request<proto::ListRecordsRequest>,
    ) -> Answer<proto::ListRecordsReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let after = asked.get_ref().after.clone();
        let (rows, next) = page(&says.records, after, |row| row.id.clone());
        Ok(Response::new(proto::ListRecordsReply { rows, next }))
    }

    async fn delete_record(
        &self,
        asked: Request<proto::DeleteRecordRequest>,
    ) -> Answer<proto::DeleteRecordReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::DeleteRecordReply {}))
    }

    async fn import_records(
        &self,
        asked: Request<Streaming<proto::ImportRecordsRequest>>,
    ) -> Answer<proto::ImportRecordsReply> {
        self.language(&asked);
        let mut stream = asked.into_inner();
        let mut file = Vec::new();
        while let Some(message) = stream.message().await? {
            match message.kind.unwrap() {
                Kind::Start(start) => {
                    let call = format!("{start:?}");
                    self.heard.calls.lock().unwrap().push(call);
                    self.refuse()?;
                }
                Kind::Content(content) => {
                    self.heard.chunks.lock().unwrap().push(content.len());
                    file.extend(content);
                }
            }
        }
        self.heard.file.lock().unwrap().extend(file);
        Ok(Response::new(self.says.lock().unwrap().import.clone()))
    }

    type RollupStream = tokio_stream::Iter<std::vec::IntoIter<Result<proto::RollupReply, Status>>>;

    async fn rollup(&self, asked: Request<proto::RollupRequest>) -> Answer<Self::RollupStream> {
        self.hear(&asked)?;
        let replies = self.says.lock().unwrap().rollup.clone();
        let replies: Vec<_> = replies.into_iter().map(Ok).collect();
        Ok(Response::new(iter(replies)))
    }

    async fn consent(&self, asked: Request<proto::ConsentRequest>) -> Answer<proto::ConsentReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::ConsentReply {}))
    }

    async fn submission_new(
        &self,
        asked: Request<proto::SubmissionNewRequest>,
    ) -> Answer<proto::SubmissionNewReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::SubmissionNewReply {
            id: 0xab,
            warnings: vec!["another proposes the same".to_owned()],
        }))
    }

    async fn submission_list(
        &self,
        asked: Request<proto::SubmissionListRequest>,
    ) -> Answer<proto::SubmissionListReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let (rows, next) = page(&says.submissions, asked.get_ref().after, |row| row.id);
        Ok(Response::new(proto::SubmissionListReply { rows, next }))
    }

    async fn submission_show(
        &self,
        asked: Request<proto::SubmissionShowRequest>,
    ) -> Answer<proto::SubmissionShowReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let id = asked.get_ref().id;
        let row = says.submissions.iter().find(|row| row.id == id).cloned();
        Ok(Response::new(proto::SubmissionShowReply {
            row: Some(row.ok_or_else(|| no_such("submission"))?),
            subject: says.subject.clone(),
            steps: says.steps.clone(),
        }))
    }

    async fn submission_act(
        &self,
        asked: Request<proto::SubmissionActRequest>,
    ) -> Answer<proto::SubmissionActReply> {
        self.hear(&asked)?;
        let state = "returned".to_owned();
        Ok(Response::new(proto::SubmissionActReply { state }))
    }

    async fn notice_publish(
        &self,
        asked: Request<proto::NoticePublishRequest>,
    ) -> Answer<proto::NoticePublishReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::NoticePublishReply { id: 0xcd }))
    }

    async fn notice_list(
        &self,
        asked: Request<proto::NoticeListRequest>,
    ) -> Answer<proto::NoticeListReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let (rows, next) = page(&says.notices, asked.get_ref().after, |row| row.id);
        Ok(Response::new(proto::NoticeListReply { rows, next }))
    }

    async fn notice_show(
        &self,
        asked: Request<proto::NoticeShowRequest>,
    ) -> Answer<proto::NoticeShowReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let id = asked.get_ref().id;
        let row = says.notices.iter().find(|row| row.id == id).cloned();
        Ok(Response::new(proto::NoticeShowReply {
            row: Some(row.ok_or_else(|| no_such("notice"))?),
            body: "第一条\n\u{1b}[2J第二条\n".to_owned(),
        }))
    }

    async fn notice_mark(
        &self,
        asked: Request<proto::NoticeMarkRequest>,
    ) -> Answer<proto::NoticeMarkReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::NoticeMarkReply {}))
    }

    async fn notice_receipts(
        &self,
        asked: Request<proto::NoticeReceiptsRequest>,
    ) -> Answer<proto::NoticeReceiptsReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let after = asked.get_ref().after.clone();
        let (rows, next) = page(&says.receipts, after, |row| row.office.clone());
        Ok(Response::new(proto::NoticeReceiptsReply { rows, next }))
    }

    async fn invite(&self, asked: Request<proto::InviteRequest>) -> Answer<proto::InviteReply> {
        self.hear(&asked)?;
        let says = self.says.lock().unwrap();
        let code = &asked.get_ref().code;
        match says.joined.iter().find(|joined| *joined == code) {
            Some(joined) => {
                let text = format!("office {joined} has joined already");
                Err(Refusal::new(RefusalCode::Content, text).to_status())
            }
            None => Ok(Response::new(proto::InviteReply {
                invitation: format!("terrace1.{code}"),
                warnings: says.warnings.clone(),
            })),
        }
    }

    async fn catalog(&self, asked: Request<proto::CatalogRequest>) -> Answer<proto::CatalogReply> {
        self.hear(&asked)?;
        Ok(Response::new(proto::CatalogReply {
            name: "new-strata@1".to_owned(),
            hash: vec![0xab, 1],
            text: "terrace-catalog-1\nrest\n".to_owned(),
        }))
    }
}
