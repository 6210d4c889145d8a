//! Record types, indicators and workflows as data, and the check of what is never recorded.
