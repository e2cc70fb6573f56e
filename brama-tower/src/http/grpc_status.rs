//! The statuses of gRPC, as texts of the header `grpc-status`.

pub(super) const OK: &str = "0";
pub(super) const CANCELLED: &str = "1";
pub(super) const INVALID_ARGUMENT: &str = "3";
pub(super) const DEADLINE_EXCEEDED: &str = "4";
pub(super) const NOT_FOUND: &str = "5";
pub(super) const ALREADY_EXISTS: &str = "6";
pub(super) const PERMISSION_DENIED: &str = "7";
pub(super) const RESOURCE_EXHAUSTED: &str = "8";
pub(super) const FAILED_PRECONDITION: &str = "9";
pub(super) const ABORTED: &str = "10";
pub(super) const OUT_OF_RANGE: &str = "11";
pub(super) const UNIMPLEMENTED: &str = "12";
pub(super) const INTERNAL: &str = "13";
pub(super) const UNAVAILABLE: &str = "14";
pub(super) const DATA_LOSS: &str = "15";
pub(super) const UNAUTHENTICATED: &str = "16";
