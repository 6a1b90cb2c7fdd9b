//! A plain reading by multer, in one piece: `cargo xtask fuzz speed` measures the targets against this. It gets the
//! seeds of `multipart_raw`, whose bodies have the boundary `b` behind two bytes of settings.
#![no_main]

use std::{
    convert::Infallible,
    future::{Future, ready},
    pin::pin,
    task::{Context, Poll, Waker},
};

use futures_util::stream;
use multer::{Multipart, bytes::Bytes};

fn read(input: &[u8]) {
    let input = input.get(2..).unwrap_or_default();
    let body = stream::once(ready(Ok::<_, Infallible>(Bytes::copy_from_slice(input))));
    let mut reading = pin!(async {
        let mut form = Multipart::new(body, "b");
        while let Ok(Some(mut field)) = form.next_field().await {
            std::hint::black_box((field.name(), field.file_name()));
            while let Ok(Some(chunk)) = field.chunk().await {
                std::hint::black_box(chunk);
            }
        }
    });
    // The whole body is there, so nothing is ever waited for; what would wait forever is given up.
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..=input.len() {
        if let Poll::Ready(()) = reading.as_mut().poll(&mut context) {
            return;
        }
    }
}

rebuttal_fuzz::program!(read);
