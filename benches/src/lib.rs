//! Measurements that explain the figures the documents quote.
