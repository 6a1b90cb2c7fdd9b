//! The same from Rust.

use rebuttal_mock::{
    Clock, Config, Mock,
    control::{Declared, Filter, NewAccount, NewDispute, NewDocument, NewOrder, OrderedAnswer},
};
use rebuttal_model::DisputeStatus;

use crate::client::{api, start};

#[tokio::test]
async fn a_test_steers_a_mock() {
    let mock = start().await;
    mock.set_clock(Clock::Fixed("2020-01-01T00:00:00Z".parse().unwrap()));
    let new = NewDispute {
        documents: 1,
        ..NewDispute::default()
    };
    let dispute = mock.add_dispute(&new).unwrap();
    mock.snapshot("before").unwrap();
    mock.add_document(&dispute.id, &NewDocument::default()).unwrap();
    mock.advance(60);
    let moved = mock.move_dispute(&dispute.id, DisputeStatus::Lost).unwrap();
    assert_eq!(moved.closed_at.unwrap().to_string(), "2020-01-01T00:01:00Z");
    assert_eq!(mock.dispute(&dispute.id).unwrap().documents.len(), 2);
    mock.order(NewOrder {
        times: Some(1),
        answer: Some(OrderedAnswer::default()),
        ..NewOrder::default()
    })
    .unwrap();
    assert_eq!(api(&mock, "GET", "/disputes").await.status(), 503);
    assert_eq!(mock.journal(&Filter::default()).entries[0].orders, [1]);
    mock.restore("before").unwrap();
    assert_eq!(mock.dispute(&dispute.id).unwrap().documents.len(), 1);
    assert_eq!(mock.now().to_string(), "2020-01-01T00:00:00Z");
    assert!(mock.orders().is_empty());
    mock.reset();
    assert!(mock.dispute(&dispute.id).is_err());
    assert!(mock.restore("nothing").is_err());
}

#[tokio::test]
async fn what_is_declared_is_there_and_comes_back() {
    let config = Config {
        declared: Declared {
            bare: true,
            accounts: vec![NewAccount {
                secret: Some("skey_test_mine".parse().unwrap()),
                public: None,
            }],
            disputes: vec![NewDispute {
                id: Some("dspt_test_mine".parse().unwrap()),
                ..NewDispute::default()
            }],
            orders: vec![NewOrder {
                delay_ms: Some(1),
                ..NewOrder::default()
            }],
            ..Declared::default()
        },
        ..Config::default()
    };
    let mock = Mock::start(config.clone()).await.unwrap();
    assert_eq!(mock.target().secret.expose(), "skey_test_mine");
    assert_eq!(api(&mock, "GET", "/disputes").await.json()["total"], 1);
    mock.clear_orders();
    mock.add_dispute(&NewDispute::default()).unwrap();
    mock.reset();
    assert_eq!((mock.state().disputes.len(), mock.orders().len()), (1, 1));

    let twice = Declared {
        disputes: [config.declared.disputes.clone(), config.declared.disputes.clone()].concat(),
        ..config.declared
    };
    let error = Mock::start(Config {
        declared: twice,
        ..Config::default()
    })
    .await
    .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "expected an id that is new, found dspt_test_mine, which is there already at /disputes/1/id"
    );
}
