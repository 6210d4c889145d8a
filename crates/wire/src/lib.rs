//! Protobuf and bytes, both ways: the only home of compatibility rules.
