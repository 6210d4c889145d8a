use std::path::Path;

use tempfile::TempDir;
use terrace_model::Date;
use terrace_node::door::NewRecord;
use terrace_node::lifecycle::system_randomness;

use super::*;

/// Two offices that keep their records.
struct Two {
    prefecture: Prefecture,
    today: Date,
    stop: Stop,
    records: usize,
}

impl Two {
    async fn in_folder(folder: &Path) -> Self {
        let table = "code,name,level,parent\n11,甲,prefecture,\n1101,乙,county,11\n";
        let divisions = Divisions::read(table.as_bytes()).unwrap();
        let clock = Arc::new(SystemClock::start());
        let (randomness, stop) = (system_randomness().unwrap(), Stop::default());
        let prefecture = Prefecture::bring_up(&divisions, folder, &clock, &randomness, &stop);
        let prefecture = prefecture.await.unwrap();
        let today = clock.moment().today;
        let records = prefecture.keep_records(today).await.unwrap();
        Self {
            prefecture,
            today,
            stop,
            records,
        }
    }

    /// What the demo says when the top is given so long to be as was counted.
    async fn says(&self, count: &agree::Count, patience: Duration) -> Summary {
        let live = Live {
            offices: self.prefecture.len(),
            records: self.records,
            began: Instant::now(),
            seconds_to_live: 0.0,
        };
        let top = self.prefecture.top().unwrap();
        let said = live.agreed(&top, count, Instant::now() + patience, &self.stop);
        said.await.unwrap()
    }

    async fn counted(&self) -> agree::Count {
        let counted = agree::Count::of(&self.prefecture, self.today);
        counted.await.unwrap()
    }

    /// One meeting more at the top, in the year before.
    async fn meets(&self) {
        let held_on = format!("{}-01-01", self.today.year() - 1);
        let fields = [
            ("topic", "征求意见"),
            ("held_on", &held_on),
            ("attendance", "1"),
        ];
        let new = NewRecord {
            kind: "meeting".to_owned(),
            fields: fields
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            ..NewRecord::default()
        };
        let top = self.prefecture.top().unwrap();
        top.put_record("clerk", new).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_agrees_when_the_figures_at_the_top_are_those_counted_and_only_then() {
    let home = TempDir::new().unwrap();
    let two = Two::in_folder(home.path()).await;
    let count = two.counted().await;
    let summary = two.says(&count, Duration::from_secs(60)).await;
    assert!(summary.agrees);
    assert_eq!((summary.offices, summary.links), (2, 1));
    assert_eq!(summary.records, two.records);
    assert!(summary.rss_bytes > 1 << 20);
    // One record that was not counted is enough.
    two.meets().await;
    assert!(!two.says(&count, Duration::ZERO).await.agrees);
    let count = two.counted().await;
    assert!(two.says(&count, Duration::from_secs(60)).await.agrees);
}

#[tokio::test(flavor = "multi_thread")]
async fn offices_that_do_not_come_are_waited_for_and_then_named() {
    let home = TempDir::new().unwrap();
    let two = Two::in_folder(home.path()).await;
    let top = two.prefecture.top().unwrap();
    let soon = || Instant::now() + Duration::from_secs(60);
    until_live(&top, 2, soon(), &two.stop).await.unwrap();
    let late = until_live(&top, 3, Instant::now(), &two.stop).await;
    let said = late.unwrap_err().to_string();
    assert_eq!(said, "only 2 of 3 offices were live in time");
}
