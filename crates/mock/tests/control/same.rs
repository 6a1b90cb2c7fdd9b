//! The same seed, the same clock and the same requests give the same answers, byte for byte.

use rebuttal_mock::{Clock, Config, Mock, Target};

use crate::client::{api, upload};

/// Everything that is answered, and all keys and ids.
async fn run(seed: u64) -> (Vec<Vec<u8>>, Target) {
    let config = Config {
        seed,
        clock: Clock::Fixed("2020-01-01T00:00:00Z".parse().unwrap()),
        ..Config::default()
    };
    let mock = Mock::start(config).await.unwrap();
    let target = mock.target();
    let dispute = target.disputes.open[2].clone();
    let mut answers = Vec::new();
    let mut keep = |bytes| answers.push(bytes);
    keep(api(&mock, "GET", "/disputes").await.bytes);
    keep(upload(&mock, "one.png").await.bytes);
    mock.advance(3600);
    keep(upload(&mock, "two.png").await.bytes);
    keep(api(&mock, "GET", "/nowhere").await.bytes);
    keep(
        api(
            &mock,
            "GET",
            &format!("/disputes/{dispute}/documents?order=reverse_chronological"),
        )
        .await
        .bytes,
    );
    keep(
        api(&mock, "POST", &format!("/charges/{}/disputes", target.charges[0]))
            .await
            .bytes,
    );
    keep(
        api(&mock, "PATCH", &format!("/disputes/{dispute}/accept"))
            .await
            .bytes,
    );
    keep(api(&mock, "GET", "/disputes/closed").await.bytes);
    (answers, target)
}

#[tokio::test]
async fn byte_for_byte() {
    let (first, target) = run(11).await;
    let (again, same) = run(11).await;
    for (place, (one, other)) in first.iter().zip(&again).enumerate() {
        assert_eq!(
            String::from_utf8_lossy(one),
            String::from_utf8_lossy(other),
            "answer {place}"
        );
    }
    assert_eq!(target.secret, same.secret);
    let (other, another) = run(12).await;
    assert_ne!(first, other);
    assert_ne!(target.secret, another.secret);
    let text = String::from_utf8_lossy(&first[2]).into_owned();
    assert!(text.contains("Date: Wed, 01 Jan 2020 01:00:00 GMT"), "{text}");
}
