//! The pages of the guide, whose examples run as tests of this package.

#[doc = include_str!("../../../src/guide/answers.md")]
mod answers {}

#[doc = include_str!("../../../src/guide/answers_actix.md")]
mod answers_actix {}

#[doc = include_str!("../../../src/guide/answers_hyper.md")]
mod answers_hyper {}

#[doc = include_str!("../../../src/guide/clients/consumers.md")]
mod consumers {}

#[doc = include_str!("../../../src/guide/clients/grpc.md")]
mod grpc {}

#[doc = include_str!("../../../src/guide/clients/hyper.md")]
mod hyper {}

#[doc = include_str!("../../../src/guide/clients/pools.md")]
mod pools {}

#[doc = include_str!("../../../src/guide/clients/redis.md")]
mod redis {}

#[doc = include_str!("../../../src/guide/clients/reqwest.md")]
mod reqwest {}

#[doc = include_str!("../../../src/guide/clients/reqwest_layers.md")]
mod reqwest_layers {}

#[doc = include_str!("../../../src/guide/clients/sqlx.md")]
mod sqlx {}
