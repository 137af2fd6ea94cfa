//! One suite that every store must pass, and random histories over which Redis must do exactly what memory does.

mod differential;
mod making;
mod picture;
mod shelf;
mod suite;

use std::sync::Arc;

use domain::CentreId;
use redis_store::scratch::Scratch;
use store::{Lineage, Memory, Retention, SharedStore};
use uuid::Uuid;

/// Runs each named test of the suite on memory and on Redis.
macro_rules! on_every_store {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                crate::suite::$name(crate::in_memory()).await;
            })*
        }

        mod redis {
            $(#[tokio::test]
            async fn $name() {
                let scratch = redis_store::scratch::Scratch::start().await.expect("a server");
                crate::suite::$name(crate::in_redis(&scratch).await).await;
            })*
        }
    };
}

/// The same for tests that need several stores of one kind.
macro_rules! on_every_shelf {
    ($($name:ident),* $(,)?) => {
        mod memories {
            $(#[tokio::test]
            async fn $name() {
                crate::suite::$name(crate::shelf::Shelf::Memory).await;
            })*
        }

        mod centres {
            $(#[tokio::test]
            async fn $name() {
                let scratch = redis_store::scratch::Scratch::start().await.expect("a server");
                crate::suite::$name(crate::shelf::Shelf::Redis { scratch, taken: 0 }).await;
            })*
        }
    };
}

on_every_shelf!(
    nothing_commits_while_a_store_is_restored,
    what_was_lost_comes_back_and_every_cursor_goes_on,
    an_offer_is_answered_by_what_the_store_is,
    what_is_put_back_follows_on_or_writes_nothing,
    nodes_with_different_ends_restore_a_store_together,
    a_gap_that_nobody_can_fill_ends_under_a_new_lineage,
    nothing_is_put_back_on_top_of_another_history,
    a_node_that_died_keeps_nobody_waiting,
    a_restore_that_nobody_renews_can_be_given_up_or_begins_anew,
    an_emptied_store_begins_where_the_journals_do,
    a_restore_lasts_as_long_as_others_need_to_offer,
    as_much_as_one_call_may_put_back_is_put_back,
);

on_every_store!(
    a_commit_writes_everything_at_one_version,
    a_repeated_request_gets_its_first_answer_and_writes_nothing,
    a_reused_request_id_with_other_content_is_told_so,
    a_read_or_a_write_that_has_moved_on_is_a_conflict_and_writes_nothing,
    the_checks_run_in_their_order,
    a_store_behind_or_of_another_lineage_takes_nothing,
    a_store_without_a_lineage_takes_nothing,
    limits_are_refused_with_nothing_written,
    indexes_follow_the_last_write,
    what_is_closed_is_listed_page_by_page_whatever_goes_in_between,
    what_is_closed_is_listed_the_latest_first,
    the_queue_is_by_priority_then_age_then_key,
    changes_come_in_order_whole_and_after_the_cursor,
    a_reader_waits_for_a_change_and_only_so_long,
    a_dropped_wait_disturbs_nobody,
    only_closed_unchanged_records_are_forgotten_all_or_none,
    positions_keep_what_was_measured_last,
    a_desk_is_heard_when_the_store_says,
    the_lease_has_one_holder_until_it_ends,
    texts_of_every_kind_come_back_unchanged,
    racing_commits_lose_nothing_and_double_nothing,
    more_records_than_one_read_takes_are_all_read,
    what_is_old_goes_a_few_at_a_time,
);

fn in_memory() -> SharedStore {
    Arc::new(Memory::new(Lineage::from_uuid(Uuid::from_u128(1))))
}

async fn in_redis(scratch: &Scratch) -> SharedStore {
    let centre = CentreId::new("bishkek").expect("a slug");
    scratch.store(&centre, Retention::default()).await.expect("a store")
}
