//! Content that is held in memory. Copies of it are shared, so that a plan can be written twice.

use std::ops::Deref;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) enum Memory {
    Owned(Arc<Vec<u8>>),
    #[cfg(feature = "stream")]
    Shared(bytes::Bytes),
}

impl From<Vec<u8>> for Memory {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(Arc::new(bytes))
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            #[cfg(feature = "stream")]
            Self::Shared(bytes) => bytes,
        }
    }
}

impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Memory {}

#[cfg(feature = "stream")]
impl Memory {
    /// The same memory as `Bytes`; nothing is copied.
    pub(crate) fn to_bytes(&self) -> bytes::Bytes {
        struct Owner(Arc<Vec<u8>>);

        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        match self {
            Self::Owned(bytes) => bytes::Bytes::from_owner(Owner(Arc::clone(bytes))),
            Self::Shared(bytes) => bytes.clone(),
        }
    }
}
