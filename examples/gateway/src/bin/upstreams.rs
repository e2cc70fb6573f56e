//! Three services for the demonstration, whose failure can be switched on:
//! `curl --request PUT http://…/payments/mode/fails`.

#![expect(clippy::print_stdout, reason = "the script waits for these lines")]

use std::{collections::HashMap, future::pending, io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{any, put},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::RwLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Service {
    Payments,
    Stock,
    Reviews,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Works,
    Fails,
    Hangs,
}

type Modes = Arc<RwLock<HashMap<Service, Mode>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    let routes = Router::new()
        .route("/{service}", any(answer))
        .route("/{service}/mode/{mode}", put(switch))
        .with_state(Modes::default());
    axum::serve(listener, routes).await
}

async fn switch(
    State(modes): State<Modes>,
    Path((service, mode)): Path<(Service, Mode)>,
) -> StatusCode {
    modes.write().await.insert(service, mode);
    StatusCode::NO_CONTENT
}

async fn answer(
    State(modes): State<Modes>,
    Path(service): Path<Service>,
) -> Result<Json<Value>, StatusCode> {
    let mode = modes.read().await.get(&service).copied().unwrap_or_default();
    println!("{service:?} {mode:?}");
    match mode {
        Mode::Works => Ok(Json(service.answer())),
        Mode::Fails => Err(StatusCode::SERVICE_UNAVAILABLE),
        Mode::Hangs => pending().await,
    }
}

impl Service {
    fn answer(self) -> Value {
        match self {
            Self::Payments => json!({ "number": 17 }),
            Self::Stock => json!(3),
            Self::Reviews => json!(["keeps its leaves together"]),
        }
    }
}
