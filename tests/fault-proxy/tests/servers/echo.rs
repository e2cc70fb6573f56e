//! A service of gRPC, without a compiler of protocols: a message is a number, or bytes.

use std::{
    convert::Infallible,
    future::{Future, ready},
    pin::Pin,
    task::{Context, Poll},
};

use axum::http;
use bytes::{Buf, BufMut, Bytes};
use tonic::{
    Code, Request, Response, Status,
    body::Body,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    server::{Grpc, NamedService, UnaryService},
};
use tower::Service;

use crate::upstream::{BODY, Seen};

/// Messages are bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

pub(crate) const PATH: &str = "/test.Echo/Call";

/// A message with the number of a call.
pub(crate) fn message(call: u64) -> Bytes {
    Bytes::copy_from_slice(&call.to_be_bytes())
}

/// What a handler does with the number of a call.
pub(crate) trait Handler: Clone + Send + Sync + 'static {
    fn handle(&self, call: u64) -> impl Future<Output = Result<(), Status>> + Send;
}

/// Answers with a status below 17, and with a large message from then on.
impl Handler for Seen {
    fn handle(&self, call: u64) -> impl Future<Output = Result<(), Status>> + Send {
        self.add(call);
        let code = u8::try_from(call).ok().filter(|code| (1..=16).contains(code));
        let status = code.map(|code| Status::new(Code::from_i32(code.into()), "as asked for"));
        ready(status.map_or(Ok(()), Err))
    }
}

/// The service, as generated code would be.
#[derive(Debug, Clone)]
pub(crate) struct Echo<H>(pub(crate) H);

impl<H> NamedService for Echo<H> {
    const NAME: &'static str = "test.Echo";
}

type Answer<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl<H: Handler> UnaryService<Bytes> for Echo<H> {
    type Response = Bytes;
    type Future = Answer<Response<Bytes>, Status>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let handler = self.0.clone();
        Box::pin(async move {
            handler.handle(request.into_inner().get_u64()).await?;
            Ok(Response::new(vec![0; BODY].into()))
        })
    }
}

impl<H: Handler> Service<http::Request<Body>> for Echo<H> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(Grpc::new(RawCodec).unary(this, request).await) })
    }
}
