//! How a store over another one passes questions on: the one place, beside the trait itself, that knows all of them.

/// Within an `impl Store for …`: has the store in the field `beneath` answer these questions, as in
/// `store::forward!(beneath: tip open)`. In `store::forward!(beneath through method: tip open)` each answer goes through that
/// method of `self`, which is given an [`Answer`](crate::Answer) and gives one.
#[macro_export]
macro_rules! forward {
    ($beneath:tt: $($question:ident)+) => {
        $($crate::forward!(@ $question $beneath [plain]);)+
    };
    ($beneath:tt through $method:ident: $($question:ident)+) => {
        $($crate::forward!(@ $question $beneath [$method]);)+
    };
    (@by $self:ident [plain] $answer:expr) => { $answer };
    (@by $self:ident [$method:ident] $answer:expr) => { $self.$method($answer) };
    (@ commit $beneath:tt $by:tt) => {
        fn commit(&self, commit: $crate::Commit) -> $crate::Answer<'_, $crate::Outcome> {
            $crate::forward!(@by self $by self.$beneath.commit(commit))
        }
    };
    (@ get $beneath:tt $by:tt) => {
        fn get<'a>(
            &'a self,
            keys: &'a [::domain::RecordKey],
        ) -> $crate::Answer<'a, Vec<Option<$crate::Versioned>>> {
            $crate::forward!(@by self $by self.$beneath.get(keys))
        }
    };
    (@ remembered $beneath:tt $by:tt) => {
        fn remembered(
            &self,
            operation: ::domain::OperationId,
        ) -> $crate::Answer<'_, Option<$crate::Remembered>> {
            $crate::forward!(@by self $by self.$beneath.remembered(operation))
        }
    };
    (@ tip $beneath:tt $by:tt) => {
        fn tip(&self) -> $crate::Answer<'_, $crate::Cursor> {
            $crate::forward!(@by self $by self.$beneath.tip())
        }
    };
    (@ open $beneath:tt $by:tt) => {
        fn open(&self) -> $crate::Answer<'_, Vec<::domain::RecordKey>> {
            $crate::forward!(@by self $by self.$beneath.open())
        }
    };
    (@ queue $beneath:tt $by:tt) => {
        fn queue(
            &self,
            skip: usize,
            limit: usize,
        ) -> $crate::Answer<'_, Vec<(::domain::RecordKey, $crate::QueueScore)>> {
            $crate::forward!(@by self $by self.$beneath.queue(skip, limit))
        }
    };
    (@ changes_after $beneath:tt $by:tt) => {
        fn changes_after(
            &self,
            after: $crate::Cursor,
            limit: usize,
            wait: ::std::time::Duration,
        ) -> $crate::Answer<'_, $crate::Changes> {
            $crate::forward!(@by self $by self.$beneath.changes_after(after, limit, wait))
        }
    };
    (@ closed_before $beneath:tt $by:tt) => {
        fn closed_before(
            &self,
            before: ::jiff::Timestamp,
            after: Option<$crate::Closed>,
            limit: usize,
        ) -> $crate::Answer<'_, Vec<$crate::Closed>> {
            $crate::forward!(@by self $by self.$beneath.closed_before(before, after, limit))
        }
    };
    (@ latest_closed $beneath:tt $by:tt) => {
        fn latest_closed(
            &self,
            skipped: usize,
            limit: usize,
        ) -> $crate::Answer<'_, Vec<::domain::RecordKey>> {
            $crate::forward!(@by self $by self.$beneath.latest_closed(skipped, limit))
        }
    };
    (@ forget $beneath:tt $by:tt) => {
        fn forget(&self, records: Vec<$crate::Read>) -> $crate::Answer<'_, $crate::Forgotten> {
            $crate::forward!(@by self $by self.$beneath.forget(records))
        }
    };
    (@ begin_lineage $beneath:tt $by:tt) => {
        fn begin_lineage(
            &self,
            expected: $crate::Lineage,
            new: $crate::Lineage,
        ) -> $crate::Answer<'_, $crate::Cursor> {
            $crate::forward!(@by self $by self.$beneath.begin_lineage(expected, new))
        }
    };
    (@ offer $beneath:tt $by:tt) => {
        fn offer(&self, offer: $crate::Offer) -> $crate::Answer<'_, $crate::Restoring> {
            $crate::forward!(@by self $by self.$beneath.offer(offer))
        }
    };
    (@ restoring $beneath:tt $by:tt) => {
        fn restoring(&self) -> $crate::Answer<'_, Option<$crate::Progress>> {
            $crate::forward!(@by self $by self.$beneath.restoring())
        }
    };
    (@ put_back $beneath:tt $by:tt) => {
        fn put_back(
            &self,
            lineage: $crate::Lineage,
            after: Option<::domain::OperationId>,
            changes: Vec<$crate::Change>,
        ) -> $crate::Answer<'_, $crate::PutBack> {
            $crate::forward!(@by self $by self.$beneath.put_back(lineage, after, changes))
        }
    };
    (@ end_restore $beneath:tt $by:tt) => {
        fn end_restore(
            &self,
            lineage: $crate::Lineage,
            ending: $crate::Ending,
            grace: ::std::time::Duration,
        ) -> $crate::Answer<'_, $crate::Ended> {
            $crate::forward!(@by self $by self.$beneath.end_restore(lineage, ending, grace))
        }
    };
    (@ positions $beneath:tt $by:tt) => {
        fn positions(
            &self,
            batch: Vec<$crate::PositionReport>,
        ) -> $crate::Answer<'_, Vec<$crate::PositionReport>> {
            $crate::forward!(@by self $by self.$beneath.positions(batch))
        }
    };
    (@ presence $beneath:tt $by:tt) => {
        fn presence(&self, heard: Vec<::domain::StationId>) -> $crate::Answer<'_, $crate::Presence> {
            $crate::forward!(@by self $by self.$beneath.presence(heard))
        }
    };
    (@ lease $beneath:tt $by:tt) => {
        fn lease(&self, holder: &str, ttl: ::std::time::Duration) -> $crate::Answer<'_, $crate::Lease> {
            $crate::forward!(@by self $by self.$beneath.lease(holder, ttl))
        }
    };
    (@ release $beneath:tt $by:tt) => {
        fn release(&self, holder: &str) -> $crate::Answer<'_, ()> {
            $crate::forward!(@by self $by self.$beneath.release(holder))
        }
    };
    (@ time $beneath:tt $by:tt) => {
        fn time(&self) -> $crate::Answer<'_, ::jiff::Timestamp> {
            $crate::forward!(@by self $by self.$beneath.time())
        }
    };
}
