//! The wire types, the rules and the clauses of the Dispute Documents API.
//!
//! Everything here is data and pure functions: no I/O, no clock, no randomness. Two readers of a response
//! body live side by side: [`decode`](decode::decode) is tolerant, for clients that want a value;
//! [`inspect`](inspect::inspect) is strict, for judges that want every departure from the contract.
//!
//! ```
//! use rebuttal_model::{ApiVersion, Document, decode, inspect};
//!
//! let body = br#"{"object":"document","livemode":false,"id":"docu_test_1","deleted":false,
//!     "filename":"slip.png","location":"/disputes/dspt_test_1/documents/docu_test_1",
//!     "kind":null,"download_uri":null,"created_at":"2019-12-31T12:59:59Z"}"#;
//! let document: Document = decode::decode(body, decode::Limits::default())?;
//! assert_eq!(document.filename, "slip.png");
//!
//! let wanted = inspect::Wanted::new(inspect::Subject::Document, ApiVersion::V2019_05_29);
//! assert!(inspect::inspect(&wanted, body).is_empty());
//! # Ok::<(), decode::DecodeError>(())
//! ```

pub mod clause;
pub mod decode;
pub mod dispute;
pub mod document;
pub mod error;
pub mod id;
pub mod inspect;
pub mod json;
pub mod key;
pub mod kind;
pub mod list;
pub mod openapi;
pub mod profile;
pub mod samples;
pub mod schema;
pub mod time;
pub mod version;

pub use clause::{Clause, Level};
pub use dispute::{Dispute, DisputeStatus, LegacyDispute};
pub use document::{DeletedDocument, Document, LegacyDocument};
pub use error::{ApiError, ErrorCode};
pub use id::{ChargeId, DisputeId, DocumentId};
pub use key::{PublicKey, SecretKey};
pub use kind::{Format, Kind, Open};
pub use list::{List, Order};
pub use profile::{Profile, Situation};
pub use time::Timestamp;
pub use version::ApiVersion;

/// The largest file that the API takes, in bytes of the file part's content (`upload.too-large`).
pub const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;

/// The largest file under every reading of "10MB", in bytes (`upload.size-limit-inclusive`).
pub const SAFE_FILE_BYTES: u64 = 10_000_000;

/// The page length of a list when the request names none (`list.shape`).
pub const DEFAULT_LIST_LIMIT: u32 = 20;

/// The longest page of a list that may be asked for (`list.bad-parameter`).
pub const MAX_LIST_LIMIT: u32 = 100;
