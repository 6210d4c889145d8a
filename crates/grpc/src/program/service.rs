//! The service that the socket offers: each call is parsed, asked of the door,
//! and the answer put into messages.

use core::fmt;

use terrace_model::{NoticeId, SubmissionId};
use terrace_node::Door;
use terrace_node::door::{Asked, NewNotice, NewOffice, NewRecord, Rows};
use terrace_store::Read;
use terrace_wire::proto::office_server::{Office as Service, OfficeServer};
use terrace_wire::{Refusal, RefusalCode, level_number, proto};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::{importing, read, said};
use crate::language;
use crate::limits::{ANSWER_BYTES, MESSAGE_BYTES};
use crate::unix_stream::Account;

/// Portions of rows that wait to be sent.
const PORTIONS: usize = 1;

/// An office's door for programs.
pub struct Programs<R>(Door<R>);

/// The service of an office, to be served on its socket.
pub fn service<R: Read>(door: Door<R>) -> OfficeServer<Programs<R>> {
    OfficeServer::new(Programs(door))
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(ANSWER_BYTES)
}

impl<R> fmt::Debug for Programs<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Programs")
    }
}

impl<R: Read> Programs<R> {
    /// The door, in the language of who calls.
    fn door<T>(&self, request: &Request<T>) -> Door<R> {
        self.0.speaking(language::of(request))
    }
}

/// Who calls, as the system says.
fn actor<T>(request: &Request<T>) -> Result<String, Status> {
    let account = request.extensions().get::<Account>();
    account
        .map(|Account(name)| name.to_string())
        .ok_or_else(|| {
            let text = "the system does not say who calls";
            Refusal::new(RefusalCode::Fault, text).to_status()
        })
}

fn status(refusal: Refusal) -> Status {
    refusal.to_status()
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl<R: Read> Service for Programs<R> {
    async fn status(&self, request: Request<proto::StatusRequest>) -> Answer<proto::StatusReply> {
        let door = self.door(&request);
        let found = door.status().await.map_err(status)?;
        let own = found.office;
        Ok(Response::new(proto::StatusReply {
            office: Some(proto::OwnStatus {
                code: own.code.to_string(),
                name: own.name,
                level: level_number(own.level),
                version: own.version,
                catalog: own.catalog,
            }),
            offices: found.offices.into_iter().map(said::office_status).collect(),
        }))
    }

    async fn put_record(
        &self,
        request: Request<proto::PutRecordRequest>,
    ) -> Answer<proto::PutRecordReply> {
        let door = self.door(&request);
        let actor = actor(&request)?;
        let asked = request.into_inner();
        let new = NewRecord {
            kind: asked.r#type,
            fields: read::given(asked.fields),
            from: read::day_if_given(asked.from).map_err(status)?,
            correct: asked.correct,
        };
        let kept = door.put_record(&actor, new).await.map_err(status)?;
        Ok(Response::new(proto::PutRecordReply {
            id: kept.id,
            warnings: kept.warnings,
        }))
    }

    async fn get_record(
        &self,
        request: Request<proto::GetRecordRequest>,
    ) -> Answer<proto::GetRecordReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let row = door
            .record(&asked.r#type, &asked.id)
            .await
            .map_err(status)?;
        let row = Some(said::record_row(row));
        Ok(Response::new(proto::GetRecordReply { row }))
    }

    async fn list_records(
        &self,
        request: Request<proto::ListRecordsRequest>,
    ) -> Answer<proto::ListRecordsReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let page = door.records(&asked.r#type, asked.after, asked.limit);
        let page = page.await.map_err(status)?;
        Ok(Response::new(proto::ListRecordsReply {
            rows: page.rows.into_iter().map(said::record_row).collect(),
            next: page.next,
        }))
    }

    async fn delete_record(
        &self,
        request: Request<proto::DeleteRecordRequest>,
    ) -> Answer<proto::DeleteRecordReply> {
        let door = self.door(&request);
        let actor = actor(&request)?;
        let asked = request.into_inner();
        let deleted = door.delete_record(&actor, &asked.r#type, &asked.id);
        deleted.await.map_err(status)?;
        Ok(Response::new(proto::DeleteRecordReply {}))
    }

    async fn import_records(
        &self,
        request: Request<Streaming<proto::ImportRecordsRequest>>,
    ) -> Answer<proto::ImportRecordsReply> {
        let door = self.door(&request);
        let actor = actor(&request)?;
        let imported = importing::import(&door, &actor, request.into_inner()).await?;
        Ok(Response::new(proto::ImportRecordsReply {
            kept: imported.kept,
            unchanged: imported.unchanged,
            more: imported.more,
            faults: imported
                .faults
                .iter()
                .map(|fault| fault.to_proto())
                .collect(),
        }))
    }

    type RollupStream = ReceiverStream<Result<proto::RollupReply, Status>>;

    async fn rollup(&self, request: Request<proto::RollupRequest>) -> Answer<Self::RollupStream> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let asked = Asked {
            indicators: asked.indicators,
            office: asked.office,
            span: read::span(asked.span),
            by: asked.by,
            level: read::level(asked.level).map_err(status)?,
        };
        let rows = door.figures(asked).await.map_err(status)?;
        let (portions, sent) = mpsc::channel(PORTIONS);
        tokio::spawn(send_rows(door, rows, portions));
        Ok(Response::new(ReceiverStream::new(sent)))
    }

    async fn consent(
        &self,
        request: Request<proto::ConsentRequest>,
    ) -> Answer<proto::ConsentReply> {
        let door = self.door(&request);
        let actor = actor(&request)?;
        let asked = request.into_inner();
        let on = read::day(asked.on).map_err(status)?;
        let (person, kind) = (&asked.person, &asked.r#type);
        let kept = door.consent(&actor, person, kind, on, &asked.document);
        kept.await.map_err(status)?;
        Ok(Response::new(proto::ConsentReply {}))
    }

    async fn submission_new(
        &self,
        request: Request<proto::SubmissionNewRequest>,
    ) -> Answer<proto::SubmissionNewReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let fields = read::given(asked.fields);
        let made = door.submit(&asked.r#type, &fields).await.map_err(status)?;
        Ok(Response::new(proto::SubmissionNewReply {
            id: made.id.0,
            warnings: made.warnings,
        }))
    }

    async fn submission_list(
        &self,
        request: Request<proto::SubmissionListRequest>,
    ) -> Answer<proto::SubmissionListReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let after = asked.after.map(SubmissionId);
        let page = door.submissions(asked.state.as_deref(), after, asked.limit);
        let page = page.await.map_err(status)?;
        let tree = door.tree();
        let rows = page.rows.into_iter();
        Ok(Response::new(proto::SubmissionListReply {
            rows: rows.map(|row| said::submission_row(row, &tree)).collect(),
            next: page.next.map(|next| next.0),
        }))
    }

    async fn submission_show(
        &self,
        request: Request<proto::SubmissionShowRequest>,
    ) -> Answer<proto::SubmissionShowReply> {
        let door = self.door(&request);
        let id = SubmissionId(request.into_inner().id);
        let whole = door.submission(id).await.map_err(status)?;
        let tree = door.tree();
        let steps = whole.steps.into_iter();
        Ok(Response::new(proto::SubmissionShowReply {
            row: Some(said::submission_row(whole.row, &tree)),
            subject: said::fields(whole.subject),
            steps: steps
                .map(|step| said::submission_step(step, &tree))
                .collect(),
        }))
    }

    async fn submission_act(
        &self,
        request: Request<proto::SubmissionActRequest>,
    ) -> Answer<proto::SubmissionActReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let id = SubmissionId(asked.id);
        let state = door.act(id, &asked.action, asked.reason, asked.note);
        let state = state.await.map_err(status)?.as_str().to_owned();
        Ok(Response::new(proto::SubmissionActReply { state }))
    }

    async fn notice_publish(
        &self,
        request: Request<proto::NoticePublishRequest>,
    ) -> Answer<proto::NoticePublishReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let level = read::level(asked.level).map_err(status)?;
        let new = NewNotice {
            title: asked.title,
            body: asked.body,
            to: read::to(asked.to, level).map_err(status)?,
            acknowledge_by: read::day_if_given(asked.acknowledge_by).map_err(status)?,
        };
        let id = door.publish(new).await.map_err(status)?;
        Ok(Response::new(proto::NoticePublishReply { id: id.0 }))
    }

    async fn notice_list(
        &self,
        request: Request<proto::NoticeListRequest>,
    ) -> Answer<proto::NoticeListReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let page = door.notices(asked.after.map(NoticeId), asked.limit);
        let page = page.await.map_err(status)?;
        let tree = door.tree();
        let rows = page.rows.into_iter();
        Ok(Response::new(proto::NoticeListReply {
            rows: rows.map(|row| said::notice_row(row, &tree)).collect(),
            next: page.next.map(|next| next.0),
        }))
    }

    async fn notice_show(
        &self,
        request: Request<proto::NoticeShowRequest>,
    ) -> Answer<proto::NoticeShowReply> {
        let door = self.door(&request);
        let id = NoticeId(request.into_inner().id);
        let (row, body) = door.notice(id).await.map_err(status)?;
        let row = Some(said::notice_row(row, &door.tree()));
        Ok(Response::new(proto::NoticeShowReply { row, body }))
    }

    async fn notice_mark(
        &self,
        request: Request<proto::NoticeMarkRequest>,
    ) -> Answer<proto::NoticeMarkReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let mark = read::mark(asked.mark).map_err(status)?;
        door.mark(NoticeId(asked.id), mark).await.map_err(status)?;
        Ok(Response::new(proto::NoticeMarkReply {}))
    }

    async fn notice_receipts(
        &self,
        request: Request<proto::NoticeReceiptsRequest>,
    ) -> Answer<proto::NoticeReceiptsReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let id = NoticeId(asked.id);
        let page = door.receipts(id, asked.after.as_deref(), asked.limit);
        let page = page.await.map_err(status)?;
        Ok(Response::new(proto::NoticeReceiptsReply {
            rows: page.rows.into_iter().map(said::receipt_row).collect(),
            next: page.next.map(|next| next.to_string()),
        }))
    }

    async fn invite(&self, request: Request<proto::InviteRequest>) -> Answer<proto::InviteReply> {
        let door = self.door(&request);
        let asked = request.into_inner();
        let new = NewOffice {
            code: asked.code,
            name: asked.name,
            level: read::level(asked.level).map_err(status)?,
            valid_for_millis: asked.valid_for_millis,
        };
        let invited = door.invite(new).await.map_err(status)?;
        Ok(Response::new(proto::InviteReply {
            invitation: invited.word,
            warnings: invited.warnings,
        }))
    }

    async fn catalog(
        &self,
        request: Request<proto::CatalogRequest>,
    ) -> Answer<proto::CatalogReply> {
        let door = self.door(&request);
        let in_force = door.catalog();
        Ok(Response::new(proto::CatalogReply {
            name: in_force.name,
            hash: in_force.hash.0.to_vec(),
            text: in_force.text,
        }))
    }
}

/// Sends rows as they are read, until there are no more or nobody takes them.
async fn send_rows<R: Read>(
    door: Door<R>,
    mut rows: Rows,
    portions: mpsc::Sender<Result<proto::RollupReply, Status>>,
) {
    loop {
        let portion = match rows.next().await {
            Ok(None) => return,
            Ok(Some(portion)) => {
                let tree = door.tree();
                let rows = portion.into_iter();
                let said: Result<Vec<_>, _> = rows.map(|row| said::figure(row, &tree)).collect();
                said.map(|rows| proto::RollupReply { rows })
            }
            Err(refusal) => Err(refusal),
        };
        let is_last = portion.is_err();
        if portions.send(portion.map_err(status)).await.is_err() || is_last {
            return;
        }
    }
}
