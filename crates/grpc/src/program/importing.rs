//! A sheet that comes in pieces.

use core::time::Duration;

use terrace_node::Door;
use terrace_node::door::{Form, Imported, Start};
use terrace_store::Read;
use terrace_wire::proto::import_records_request::Kind;
use terrace_wire::proto::import_start::Format;
use terrace_wire::{Refusal, RefusalCode, proto};
use tokio::time::timeout;
use tonic::{Status, Streaming};

/// The next piece comes within this time, or the sheet is let go: while it is on
/// its way others wait.
const PIECE: Duration = Duration::from_secs(30);

fn usage(text: &str) -> Status {
    Refusal::new(RefusalCode::Usage, text).to_status()
}

/// Takes a sheet to its end.
pub(super) async fn import<R: Read>(
    door: &Door<R>,
    actor: &str,
    mut pieces: Streaming<proto::ImportRecordsRequest>,
) -> Result<Imported, Status> {
    let Some(Kind::Start(start)) = next(&mut pieces).await? else {
        return Err(usage("an import begins with what is imported"));
    };
    let begun = door.import(actor, parse(start)?).await;
    let mut import = begun.map_err(|refusal| refusal.to_status())?;
    while let Some(piece) = next(&mut pieces).await? {
        match piece {
            Kind::Content(bytes) => {
                if !import.push(&bytes) {
                    break;
                }
            }
            Kind::Start(_) => return Err(usage("an import begins once")),
        }
    }
    import.finish().await.map_err(|refusal| refusal.to_status())
}

async fn next(pieces: &mut Streaming<proto::ImportRecordsRequest>) -> Result<Option<Kind>, Status> {
    match timeout(PIECE, pieces.message()).await {
        Ok(Ok(Some(piece))) => match piece.kind {
            Some(kind) => Ok(Some(kind)),
            None => Err(usage("a piece of an import holds nothing")),
        },
        Ok(Ok(None)) => Ok(None),
        Ok(Err(status)) => Err(status),
        Err(_elapsed) => Err(usage("the rest of the sheet did not come")),
    }
}

fn parse(start: proto::ImportStart) -> Result<Start, Status> {
    let form = match Format::try_from(start.format) {
        Ok(Format::Csv) => Form::Csv,
        Ok(Format::Xlsx) => Form::Xlsx,
        Ok(Format::Unspecified) | Err(_) => return Err(usage("a sheet is csv or xlsx")),
    };
    Ok(Start {
        kind: start.r#type,
        form,
        keep_good: start.keep_good,
        dry_run: start.dry_run,
    })
}
