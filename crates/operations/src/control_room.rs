//! The control room: what every use case works with.

use std::sync::Arc;

use centre::{Centre, Clock};
use domain::{
    CentreId, RecordKey, Version,
    record::{Record, Versioned},
};
use store::{SharedStore, StoreError};

use crate::{Numbers, OperationError, holding::Holding};

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct ControlRoom {
    /// Which centre.
    pub centre_id: CentreId,
    /// Where it is kept.
    pub store: SharedStore,
    /// The live picture of it.
    pub centre: Centre,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The numbers people say aloud.
    pub numbers: Arc<dyn Numbers>,
    /// This node's name, for the dispatcher's lease.
    pub node: String,
    /// What keeps calls while the store may not have them; absent on a node without a journal.
    pub holding: Option<Arc<Holding>>,
}

impl ControlRoom {
    /// Reads records from the store, typed; absent ones are left out.
    ///
    /// # Errors
    /// [`OperationError::Store`] if it cannot be asked or holds something unreadable.
    pub async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Versioned<Record>>, OperationError> {
        let found = self.store.get(keys).await.map_err(OperationError::Store)?;
        let mut records = Vec::with_capacity(found.len());
        for (key, stored) in keys.iter().zip(found) {
            if let Some(stored) = stored {
                records.push(typed(key, stored.version, &stored.state)?);
            }
        }
        Ok(records)
    }

    /// The same, but what cannot be read is left out too: a list of many must not fail for one that is damaged.
    ///
    /// # Errors
    /// [`OperationError::Store`] if the store cannot be asked.
    pub async fn readable(&self, keys: &[RecordKey]) -> Result<Vec<Versioned<Record>>, OperationError> {
        let found = self.store.get(keys).await.map_err(OperationError::Store)?;
        let typed = |(key, stored): (&RecordKey, Option<store::Versioned>)| {
            let stored = stored?;
            typed(key, stored.version, &stored.state)
                .inspect_err(|_| tracing::warn!(%key, "a record cannot be read and is left out"))
                .ok()
        };
        Ok(keys.iter().zip(found).filter_map(typed).collect())
    }

    /// Reads one record from the store, typed. One that the store does not have while this node's journal holds it for the
    /// store is not unknown: nobody is refused for what was acknowledged.
    ///
    /// # Errors
    /// [`OperationError::Store`] if the store cannot be asked, holds something unreadable, or does not have yet what the
    /// journal holds for it.
    pub(crate) async fn find(&self, key: &RecordKey) -> Result<Option<Versioned<Record>>, OperationError> {
        let is_held = match &self.holding {
            Some(holding) => holding.holds(key).await,
            None => false,
        };
        let found = self.read(std::slice::from_ref(key)).await?.pop();
        if is_held && found.is_none() {
            let reason = format!("this node's journal holds {key} for the store, which does not have it yet");
            return Err(OperationError::Store(StoreError::Unavailable { reason, source: None }));
        }
        Ok(found)
    }
}

/// Reads one state as the record its key says it is.
pub(crate) fn typed(
    key: &RecordKey,
    version: Version,
    state: &str,
) -> Result<Versioned<Record>, OperationError> {
    let record = Record::from_json(key, state).map_err(|error| {
        OperationError::Store(StoreError::Damaged { place: key.to_string(), found: error.source.to_string() })
    })?;
    Ok(Versioned { version, record })
}
