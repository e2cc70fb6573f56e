//! The size of the future of a call.

use std::{future::pending, io, time::Duration};

use brama_tower::{CircuitBreakerLayer, http::Authority};
use http::{Request, Response};
use tower::{Layer, Service, service_fn};

use super::{breaker, get};

type Answer = io::Result<Response<http_body_util::Empty<&'static [u8]>>>;

/// By how many bytes the future with a layer is larger than the future of the service.
macro_rules! growth {
    ($layer:expr) => {{
        let silent = service_fn(|_: Request<()>| pending::<Answer>());
        let future = $layer.layer(silent).call(get("https://api.example.com/"));
        size_of_val(&future) - size_of_val(&pending::<Answer>())
    }};
}

#[test]
fn a_future_is_at_most_48_bytes_larger() {
    let (registry, _) = breaker();
    let layer = || CircuitBreakerLayer::in_registry(&registry, "api");
    let cap = Duration::from_secs(240);
    let growths = [
        growth!(layer()),
        growth!(layer().key_by(Authority)),
        growth!(layer().gate_readiness()),
        growth!(layer().box_errors()),
        growth!(layer().server_errors()),
        growth!(layer().server_errors().rate_limits_trip().honor_retry_after(cap)),
        growth!(layer().server_errors().until_end_of_body().slow_until_first_frame()),
        growth!(layer().grpc_errors().honor_pushback(cap)),
    ];
    assert!(growths.iter().all(|growth| *growth <= 48), "{growths:?}");
}
